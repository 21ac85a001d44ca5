import {
  MailWorld,
  startSimulator,
  type ReportingOptions,
  type Simulator,
  type SimulatorOptions,
} from '../../src/index.js';

/** The instant at which the tests' clock stands. */
export const nowMs = Date.UTC(2022, 6, 25, 13);
export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

export function newWorld(seed = 1): MailWorld {
  return new MailWorld({ seed, organization: 'examplecorp.onmicrosoft.com', domain: 'example.corp' });
}

/** Runs a test on a simulator whose clock stands still, and closes it whatever happens. */
export async function withSimulator(
  options: Partial<ReportingOptions>,
  test: (simulator: Simulator) => Promise<void>,
  others: SimulatorOptions = {},
): Promise<void> {
  const simulator = await startSimulator({ world: newWorld(), options: { now: () => nowMs, ...options }, ...others });
  try {
    await test(simulator);
  } finally {
    await simulator.close();
  }
}

export function basic(name: string, password: string): string {
  return `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
}

export const authorized = { authorization: basic('trace.reader@example.corp', 'demo-Passw0rd') };

export function rangeFilter(startMs: number, endMs: number): string {
  const literal = (instantMs: number): string => `datetime'${new Date(instantMs).toISOString()}'`;
  return `StartDate eq ${literal(startMs)} and EndDate eq ${literal(endMs)}`;
}

/** The URL of a query; `parameters` in the order in which they are given. */
export function traceUrl(simulator: Simulator, parameters: Record<string, string>): string {
  const query = Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `${simulator.apiUrl}/MessageTrace?${query.join('&')}`;
}

export function get(url: string, headers: Record<string, string> = authorized): Promise<Response> {
  return fetch(url, { headers, redirect: 'manual' });
}

export interface AnsweredRow {
  readonly Organization: string;
  readonly MessageId: string | null;
  readonly Received: string;
  readonly SenderAddress: string;
  readonly RecipientAddress: string;
  readonly Subject: string | null;
  readonly Status: string;
  readonly ToIP: string | null;
  readonly FromIP: string | null;
  readonly Size: number;
  readonly MessageTraceId: string;
  readonly StartDate: string;
  readonly EndDate: string;
  readonly Index: number;
  readonly __metadata?: { readonly id: string; readonly uri: string; readonly type: string };
}

export interface AnsweredPage {
  readonly rows: readonly AnsweredRow[];
  readonly link: string | undefined;
}

/** Reads a page in either dialect. */
export async function readPage(url: string, headers: Record<string, string> = authorized): Promise<AnsweredPage> {
  const response = await get(url, headers);
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  const answered = (await response.json()) as {
    d?: { results: AnsweredRow[]; __next?: string } | AnsweredRow[];
    value?: AnsweredRow[];
    'odata.nextLink'?: string;
  };
  if (answered.value) return { rows: answered.value, link: answered['odata.nextLink'] };
  if (Array.isArray(answered.d)) return { rows: answered.d, link: undefined };
  return { rows: answered.d?.results ?? [], link: answered.d?.__next };
}

/** What makes a row the row that it is. */
export function identity(row: AnsweredRow): string {
  return [row.MessageTraceId, row.RecipientAddress, row.Status].join(' ');
}

/** Every row that the world knows at an instant, as `identity` names it. */
export function booked(world: MailWorld, atMs: number): string[] {
  return Array.from(world.visibleRows(atMs), ({ traceId, recipient, status }) =>
    [traceId, recipient, status].join(' '),
  );
}
