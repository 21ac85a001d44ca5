import { type GraphOptions, type MailRow, type Simulator, startSimulator } from '@local/testbed';
import { requestToken } from '../../src/microsoft/sign-in/entra-id.js';
import { BearerAuthorization } from '../../src/microsoft/sign-in/authorization.js';
import type { TraceRecord } from '../../src/model/ports.js';
import { GraphSearch } from '../../src/search/graph-search.js';
import type { TraceSearch } from '../../src/search/search.js';
import { transportWith } from './outbound.js';
import { emptyWorld, guidance, presentMs, RecordingLinks } from './microsoft/reading.js';

export const hour = 3_600_000;
export const day = 24 * hour;
export { presentMs };

export interface Bench {
  readonly simulator: Simulator;
  readonly search: GraphSearch;
  readonly links: RecordingLinks;
  /** Addresses of the requests for rows and details, decoded, in order. */
  readonly asked: () => readonly string[];
}

/** Runs a test on a simulated tenant whose clock stands still, searched over real HTTP. */
export async function withTenant(graph: Partial<GraphOptions>, test: (bench: Bench) => Promise<void>): Promise<void> {
  const simulator = await startSimulator({
    world: emptyWorld(),
    options: { now: () => presentMs },
    graph: { quotaRequests: 1_000, ...graph },
    faultSeed: 3,
  });
  const asked: string[] = [];
  const transport = transportWith();
  const send = transport.send.bind(transport);
  transport.send = (request, signal) => {
    asked.push(decodeURIComponent(request.url.href));
    return send(request, signal);
  };
  const { tenantId: tenant, clientId, clientSecret } = simulator.tokenService.options;
  const authorization = new BearerAuthorization({
    requestToken: (signal) =>
      requestToken(
        {
          authorityUrl: simulator.authorityUrl,
          tenant,
          clientId,
          identity: { clientSecret },
          scope: 'https://graph.microsoft.com/.default',
        },
        transportWith(),
        signal,
      ),
    now: () => performance.now(),
    hide: () => () => undefined,
  });
  const links = new RecordingLinks();
  const search = new GraphSearch({
    apiUrl: simulator.graphUrl,
    transport,
    authorization,
    guidance,
    nowMs: () => presentMs,
    steadyMs: () => performance.now(),
    requestsInFiveMinutes: 1_000,
    links,
  });
  try {
    await test({ simulator, search, links, asked: () => asked });
  } finally {
    await simulator.close();
  }
}

export const signal = new AbortController().signal;
/** What tests allow, unless they are about the limits. */
export const plenty = { signal, maxRequests: 1_000, maxRows: 1_000_000 };

export async function collect(search: TraceSearch): Promise<TraceRecord[]> {
  const rows: TraceRecord[] = [];
  for await (const row of search) rows.push(row);
  return rows;
}

/** Every row of the tenant, newest first. */
export function allRows({ world }: Simulator): MailRow[] {
  const everything = { fromMs: -Infinity, toMs: Infinity, inclusive: true };
  return Array.from(world.select(everything, presentMs), (key) => world.row(key, presentMs));
}

export function nameOf({
  traceId,
  recipient,
}: {
  traceId?: string | undefined;
  recipient?: string | undefined;
}): string {
  return `${traceId ?? ''} ${recipient?.toLowerCase() ?? ''}`;
}

export function namesOf(rows: Iterable<Parameters<typeof nameOf>[0]>): string[] {
  return Array.from(rows, nameOf).sort();
}
