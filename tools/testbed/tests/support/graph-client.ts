import type { GraphOptions, Simulator } from '../../src/index.js';
import { get, withSimulator } from './client.js';
import { bearer } from './token-client.js';

/** Runs a test on a simulator whose clock stands still, with the headers that Microsoft Graph wants. */
export function withGraph(
  graph: Partial<GraphOptions>,
  test: (simulator: Simulator, headers: { authorization: string }) => Promise<void>,
): Promise<void> {
  return withSimulator({}, async (simulator) => test(simulator, await bearer(simulator)), { graph });
}

export function graphFilter(startMs: number, endMs: number): string {
  const literal = (instantMs: number): string => new Date(instantMs).toISOString();
  return `receivedDateTime ge ${literal(startMs)} and receivedDateTime le ${literal(endMs)}`;
}

/** The URL of a query; `parameters` in the order in which they are given. */
export function messageTracesUrl(simulator: Simulator, parameters: Record<string, string>): string {
  const query = Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `${simulator.graphUrl}/admin/exchange/tracing/messageTraces?${query.join('&')}`;
}

export interface AnsweredTrace {
  readonly id: string;
  readonly senderAddress: string;
  readonly recipientAddress: string;
  readonly messageId: string | null;
  readonly receivedDateTime: string;
  readonly subject: string | null;
  readonly size: number;
  readonly fromIP: string;
  readonly toIP: string;
  readonly status: string;
}

export interface AnsweredTraces {
  readonly rows: readonly AnsweredTrace[];
  readonly link: string | undefined;
}

export async function readTraces(url: string, headers: Record<string, string>): Promise<AnsweredTraces> {
  const response = await get(url, headers);
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  const answered = (await response.json()) as { value: AnsweredTrace[]; '@odata.nextLink'?: string };
  return { rows: answered.value, link: answered['@odata.nextLink'] };
}

export async function readAllTraces(first: string, headers: Record<string, string>): Promise<AnsweredTrace[]> {
  const rows: AnsweredTrace[] = [];
  for (let url: string | undefined = first; url !== undefined;) {
    const page: AnsweredTraces = await readTraces(url, headers);
    rows.push(...page.rows);
    url = page.link;
  }
  return rows;
}

export interface GraphError {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly code: string;
  readonly message: string;
}

export async function graphError(url: string, headers: Record<string, string>): Promise<GraphError> {
  const response = await get(url, headers);
  const { error } = (await response.json()) as { error: { code: string; message: string } };
  const retryAfter = response.headers.get('retry-after');
  return { status: response.status, retryAfter, code: error.code, message: error.message };
}

/** What makes a row the row that it is, with its status in the spelling of the older service. */
export function traceIdentity(row: AnsweredTrace): string {
  return [row.id, row.recipientAddress, row.status.charAt(0).toUpperCase() + row.status.slice(1)].join(' ');
}
