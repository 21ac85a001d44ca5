import { BlockList, isIP } from 'node:net';
import { isListed, isLoopback, plainHost } from './loopback.js';

/** Where a connection goes. */
export interface Destination {
  readonly scheme: 'http' | 'https';
  /** A name or an address; IPv6 with or without brackets. */
  readonly host: string;
  readonly port: number;
}

/** The variable that holds, in lower or upper case, where lower case wins; undefined where both are empty. */
export function variableOf(env: NodeJS.ProcessEnv, lower: string): { name: string; value: string } | undefined {
  for (const name of [lower, lower.toUpperCase()]) {
    // Quotes come along from files of settings such as Docker's --env-file.
    const value = env[name]
      ?.trim()
      .replace(/^(["'])(.*)\1$/, '$2')
      .trim();
    if (value !== undefined && value !== '') return { name, value };
  }
  return undefined;
}

/** The address of an HTTP proxy, http:// where it has no scheme; undefined where it is not one. */
export function proxyAddress(value: string): URL | undefined {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && ['http:', 'https:'].includes(url.protocol) ? url : undefined;
}

/**
 * The proxy that the environment names for a connection; undefined where it goes directly. To this machine it always
 * does: what is sent there, often credentials in the clear, is for no other one.
 */
export function proxyFor({ scheme, host, port }: Destination, env: NodeJS.ProcessEnv): URL | undefined {
  const plain = plainHost(host);
  if (isLoopback(plain) || isExempt(plain, port, variableOf(env, 'no_proxy')?.value ?? '')) return undefined;
  const named = variableOf(env, `${scheme}_proxy`) ?? variableOf(env, 'all_proxy');
  return named === undefined ? undefined : proxyAddress(named.value);
}

/**
 * Whether NO_PROXY names a plain host. Read as curl, Go and Python's requests read it; where they differ, more goes
 * directly: the README has the table.
 */
function isExempt(host: string, port: number, noProxy: string): boolean {
  return noProxy
    .toLowerCase()
    .split(/[\s,;]+/)
    .filter((entry) => entry !== '')
    .some((entry) => matches(entry, host, port));
}

function matches(entry: string, host: string, port: number): boolean {
  if (entry === '*') return true;
  const range = rangeIn(entry);
  if (range !== undefined) return isListed(range, host);
  const [, named = entry, onPort] = /^(\[.*\]|[^:]*):(\d+)$/.exec(entry) ?? [];
  if (onPort !== undefined && Number(onPort) !== port) return false;
  if (named.startsWith('*.')) return host.endsWith(plainHost(named.slice(1)));
  const name = plainHost(named).replace(/^\./, '');
  const address = rangeIn(name);
  if (address !== undefined) return isListed(address, host);
  return name !== '' && (host === name || host.endsWith(`.${name}`));
}

/** An address, or a range of them such as `10.0.0.0/8`. */
function rangeIn(entry: string): BlockList | undefined {
  const [, address = entry, bits] = /^([^/]*)\/(\d+)$/.exec(entry) ?? [];
  const plain = plainHost(address);
  const version = isIP(plain);
  if (version === 0) return undefined;
  const most = version === 4 ? 32 : 128;
  const length = bits === undefined ? most : Number(bits);
  if (length > most) return undefined;
  const list = new BlockList();
  list.addSubnet(plain, length, version === 4 ? 'ipv4' : 'ipv6');
  return list;
}
