/** Whether the servers can be reached at all: their names, TLS, and the clock of this machine. */
import { type HttpClient, NetworkError, proxyFor } from '@sekoia/automation-sdk-shim';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Check, Finding } from './check.js';

const NAMES = 'name resolution';
export const TLS = 'TLS';

const PROBE_MS = 15_000;
/** Entra ID refuses what is signed with a certificate beyond that, and rows seem to come from the future. */
const MAX_CLOCK_OFF_MS = 300_000;

/** A server that the module talks to, and the setting that names it. */
interface Server {
  readonly url: string;
  readonly setting: string;
}

interface Network {
  readonly servers: readonly Server[];
  readonly http: HttpClient;
  readonly env: NodeJS.ProcessEnv;
  /** By the system's resolver. @throws with a code such as ENOTFOUND */
  readonly resolve?: (host: string) => Promise<unknown>;
}

/** Both need nothing. A server behind a proxy is resolved there. */
export function networkChecks({ servers, http, env, resolve = (host) => lookup(host) }: Network): readonly Check[] {
  const unique = [...new Map(servers.map((server) => [new URL(server.url).origin, server])).entries()];
  return [
    {
      name: NAMES,
      run: async () => {
        const hosts = unique
          .map(([origin, { setting }]) => ({ url: new URL(origin), setting }))
          .filter(({ url }) => isIP(bare(url.hostname)) === 0 && !isBehindProxy(url, env));
        if (hosts.length === 0) return { outcome: 'good', sentence: 'No name has to be resolved here.' };
        const failures = await Promise.all(
          hosts.map(({ url, setting }) => resolveName(url.hostname, setting, resolve)),
        );
        const failed = failures.filter((failure) => failure !== undefined);
        if (failed.length === 0)
          return { outcome: 'good', sentence: `${listed(hosts.map(({ url }) => url.hostname))} can be resolved.` };
        const settings = listed(failed.map(({ setting }) => setting));
        return {
          outcome: 'bad',
          sentence: failed.map(({ sentence }) => sentence).join(' '),
          remedy: `Check ${settings}, and the DNS server of this machine or container.`,
        };
      },
    },
    {
      name: TLS,
      needs: [NAMES],
      run: async (signal) => {
        const failures = await Promise.all(unique.map(([origin, server]) => reach(origin, server, http, signal)));
        const failed = failures.filter((failure) => failure !== undefined);
        if (failed.length > 0)
          return {
            outcome: 'bad',
            sentence: failed.join(' '),
            remedy: 'Check that no firewall or proxy keeps the module from these servers.',
          };
        return { outcome: 'good', sentence: sentenceOnServers(unique.map(([origin]) => new URL(origin))) };
      },
    },
  ];
}

/** What the last answer says about the clock. It needs an answer. */
export function clockCheck(offMs: () => number | undefined): Check {
  return {
    name: 'clock',
    run: (): Finding => {
      const byMs = offMs();
      if (byMs === undefined) return { outcome: 'skipped', sentence: 'No answer has told the time.' };
      const seconds = Math.round(Math.abs(byMs) / 1_000);
      const how = byMs > 0 ? 'behind' : 'ahead of';
      if (seconds === 0) return { outcome: 'good', sentence: "The clock agrees with Microsoft's." };
      const sentence = `The clock of this machine is ${seconds} s ${how} Microsoft's.`;
      if (Math.abs(byMs) <= MAX_CLOCK_OFF_MS) return { outcome: 'good', sentence };
      return { outcome: 'bad', sentence, remedy: 'Let it be set by NTP: sign-in with a certificate fails otherwise.' };
    },
  };
}

interface Unresolved {
  readonly setting: string;
  readonly sentence: string;
}

async function resolveName(
  host: string,
  setting: string,
  resolve: (host: string) => Promise<unknown>,
): Promise<Unresolved | undefined> {
  try {
    await resolve(host);
    return undefined;
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    return { setting, sentence: `The name ${host} cannot be resolved (${code}).` };
  }
}

/** Whatever the server answers, it was reached. */
async function reach(
  origin: string,
  { setting }: Server,
  http: HttpClient,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    await http.send({ method: 'GET', url: `${origin}/`, headers: {}, responseMs: PROBE_MS, signal });
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    // An answer that is too large is an answer.
    if (error instanceof NetworkError && error.isTooLarge) return undefined;
    if (error instanceof NetworkError) return `${new URL(origin).host} (${setting}): ${error.message}.`;
    throw error;
  }
}

function sentenceOnServers(urls: readonly URL[]): string {
  const plain = urls.filter(({ protocol }) => protocol === 'http:').map(({ host }) => host);
  const secured = urls.filter(({ protocol }) => protocol === 'https:').map(({ host }) => host);
  return [
    ...(secured.length > 0 ? [`${listed(secured)} can be reached, and the certificates are trusted.`] : []),
    ...(plain.length > 0 ? [`${listed(plain)} can be reached, without TLS as it is on this machine.`] : []),
  ].join(' ');
}

function isBehindProxy({ protocol, hostname, port }: URL, env: NodeJS.ProcessEnv): boolean {
  const scheme = protocol === 'http:' ? 'http' : 'https';
  return proxyFor({ scheme, host: hostname, port: Number(port) || (scheme === 'http' ? 80 : 443) }, env) !== undefined;
}

function bare(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

function listed(names: readonly string[]): string {
  const [last, ...others] = names.toReversed();
  return others.length === 0 ? (last ?? '') : `${others.toReversed().join(', ')} and ${last ?? ''}`;
}
