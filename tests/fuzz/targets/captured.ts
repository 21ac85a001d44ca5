import { MailWorld, startSimulator, type Simulator } from '@local/testbed';
import { Transport, type Response, type Request } from '../../../src/microsoft/http/transport.js';
import { outbound } from '../../support/outbound.js';
import { account, application, domain, organization } from '../../support/sign-in-scenarios.js';
import type { Input, Part } from '../engine/target.js';
import { wireResponse } from './canned.js';

export const presentMs = Date.UTC(2026, 10, 23, 9);
export const HOUR_MS = 3_600_000;
export const RANGE = { start: presentMs - 2 * HOUR_MS, end: presentMs };

/** Faults in which no answer comes, or none in time: nothing that could be read. */
const SILENT = new Set(['reset-before-answer', 'reset-in-body', 'slow-answer', 'no-answer']);

/** A tenant with mail of the last hours, in small pages, so that there are links. Its clock stands still. */
export async function withTenant<Result>(action: (simulator: Simulator) => Promise<Result>): Promise<Result> {
  const world = new MailWorld({ seed: 1, organization, domain });
  world.add({ rows: 30, from: RANGE.start, to: RANGE.end, missingShare: 0.2 } as Parameters<MailWorld['add']>[0]);
  const simulator = await startSimulator({
    world,
    options: { ...account, now: () => presentMs, pageRows: 10 },
    graph: { pageRows: 10 },
    tokenService: {
      ...application,
      retryAfterSeconds: 17,
      managedIdentities: [{ kind: 'system-assigned', clientId: application.clientId }],
    },
  });
  try {
    return await action(simulator);
  } finally {
    await simulator.close();
  }
}

/** Keeps what the services answer, as parts, with their address replaced by another one. */
export class RecordingTransport extends Transport {
  readonly parts: Part[] = [];
  readonly #renamed: readonly [from: string, to: string];

  constructor(...renamed: readonly [from: string, to: string]) {
    super({ ...outbound, mark: () => () => 0 });
    this.#renamed = renamed;
  }

  override async send(request: Request, signal: AbortSignal): Promise<Response> {
    const response = await super.send(request, signal);
    const { status, dateMs, location, retryAfterMs } = response;
    const body = stable(response.body.replaceAll(...this.#renamed));
    this.parts.push(
      wireResponse(status, body, {
        'Content-Type': 'application/json',
        ...(dateMs !== undefined && { Date: new Date(dateMs).toUTCString() }),
        ...(location !== undefined && { Location: location }),
        ...(retryAfterMs !== undefined && { 'Retry-After': String(retryAfterMs / 1000) }),
      }),
    );
    return response;
  }
}

const GUID = /\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/gi;
const JWT = /\b(eyJ[\w-]+)\.([\w-]+)\.[\w-]+/g;
/** They mean something: the tenant, the application, Microsoft's own. */
const MEANINGFUL = new Set([application.tenantId, application.clientId, '8bd644d1-64a1-4d4b-ae52-2e0cbf64e373']);

/** The same in each process: ids that the services draw at random become others, and signatures a word. */
function stable(text: string): string {
  return text
    .replace(JWT, (_token, header: string, claims: string) => {
      const content = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, unknown>;
      const drawn = Object.fromEntries(
        ['jti', 'uti', 'nonce', 'iss'].filter((name) => name in content).map((name) => [name, 'x']),
      );
      return `${header}.${Buffer.from(JSON.stringify({ ...content, ...drawn })).toString('base64url')}.c2lnbmF0dXJl`;
    })
    .replace(GUID, (guid) =>
      MEANINGFUL.has(guid) || guid.startsWith('0000') ? guid : '5e55e55e-0000-4000-8000-000000000000',
    );
}

interface Faulty<Fault extends string> {
  readonly faults: {
    failNext(fault: Fault, times?: number, match?: { readonly page?: 'first' | 'later' }): void;
    clear(): void;
  };
}

/** What a reading gets to see, once with each fault and once without, an input for each. */
export async function capture<Fault extends string>(
  service: Faulty<Fault>,
  faults: readonly Fault[],
  read: () => Promise<Input>,
): Promise<Input[]> {
  const inputs = [await read()];
  for (const fault of faults) {
    if (SILENT.has(fault)) continue;
    service.faults.clear();
    service.faults.failNext(
      fault,
      Infinity,
      /link|token|dead/.test(fault) && !fault.startsWith('aadsts') ? { page: 'later' } : {},
    );
    inputs.push(await read());
  }
  service.faults.clear();
  return inputs.filter((input) => input.length > 0);
}
