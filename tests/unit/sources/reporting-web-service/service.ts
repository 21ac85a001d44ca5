import { outbound } from '../../../support/outbound.js';
import { MailWorld, startSimulator, type ReportingOptions, type Simulator } from '@local/microsoft365-simulator';
import type { TimeRange, TraceRecord } from '../../../../src/collector/contracts.js';
import { basicAuthorization } from '../../../../src/microsoft/basic-authorization.js';
import { MicrosoftClient } from '../../../../src/microsoft/http.js';
import { ReportingWebServiceSource } from '../../../../src/sources/reporting-web-service/source.js';

export const hour = 3_600_000;
/** Where the service's clock stands. */
export const presentMs = Date.UTC(2022, 6, 25, 13);
export const range: TimeRange = { start: presentMs - hour, end: presentMs };

const account = { accountName: 'trace.reader@example.corp', accountPassword: 'demo-Passw0rd' };

export function sourceAt(apiUrl: string): ReportingWebServiceSource {
  const authorization = basicAuthorization(account.accountName, account.accountPassword);
  const client = new MicrosoftClient(apiUrl, {
    ...outbound,
    authorization: () => Promise.resolve(authorization),
    mark: () => () => presentMs,
  });
  return new ReportingWebServiceSource(apiUrl, client);
}

/** Runs a test on a simulated service whose clock stands still. */
export async function withService(
  options: Partial<ReportingOptions>,
  test: (service: { simulator: Simulator; source: ReportingWebServiceSource }) => Promise<void>,
): Promise<void> {
  const world = new MailWorld({ seed: 1, organization: 'examplecorp.onmicrosoft.com', domain: 'example.corp' });
  const simulator = await startSimulator({ world, options: { ...account, now: () => presentMs, ...options } });
  try {
    await test({ simulator, source: sourceAt(simulator.apiUrl) });
  } finally {
    await simulator.close();
  }
}

export async function readAll(source: ReportingWebServiceSource, within: TimeRange = range): Promise<TraceRecord[]> {
  const read: TraceRecord[] = [];
  for await (const { records } of source.pages(within, new AbortController().signal)) read.push(...records);
  return read;
}

interface Row {
  readonly traceId: string | undefined;
  readonly recipient: string | undefined;
  readonly status: string | undefined;
  readonly receivedMs: number | undefined;
}

/** Each row by what must not be lost of it. */
export function names(rows: Iterable<Row>): string[] {
  return Array.from(rows, ({ traceId, recipient, status, receivedMs }) =>
    [traceId, recipient, status, receivedMs].join(' '),
  );
}

/** Every row that the books of the simulated tenant know. */
export function booked(world: MailWorld): string[] {
  return names(world.visibleRows(presentMs));
}

/** Those of them that have not been read. */
export function unread(world: MailWorld, read: readonly TraceRecord[]): string[] {
  const known = new Set(names(read));
  return booked(world).filter((name) => !known.has(name));
}
