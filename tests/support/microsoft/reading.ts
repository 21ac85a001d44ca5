import { MailWorld } from '@local/testbed';
import type { Source, TimeRange, TraceRecord } from '../../../src/model/ports.js';
import type { LinkMonitor, Remedy } from '../../../src/microsoft/paging/detours.js';
import type { Guidance } from '../../../src/microsoft/classify-response.js';

export const hour = 3_600_000;
/** Where the services' clock stands. */
export const presentMs = Date.UTC(2022, 6, 25, 13);
export const range: TimeRange = { start: presentMs - hour, end: presentMs };

/** What the sources of these tests tell the operator. */
export const guidance: Guidance = {
  refused: 'Look at who asks, in the setting x.',
  absent: 'Look at the address, in the setting y.',
};

export function emptyWorld(): MailWorld {
  return new MailWorld({ seed: 1, organization: 'examplecorp.onmicrosoft.com', domain: 'example.corp' });
}

export async function readAll(source: Source, within: TimeRange = range): Promise<TraceRecord[]> {
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

/** Each row by what must not be lost of it; the status without case, as the APIs disagree on it. */
export function names(rows: Iterable<Row>): string[] {
  return Array.from(rows, ({ traceId, recipient, status, receivedMs }) =>
    [traceId, recipient, status?.toLowerCase(), receivedMs].join(' '),
  );
}

/** Every row that the simulated tenant knows. */
export function booked(world: MailWorld): string[] {
  return names(world.visibleRows(presentMs));
}

/** Those of them that have not been read. */
export function unread(world: MailWorld, read: readonly TraceRecord[]): string[] {
  const known = new Set(names(read));
  return booked(world).filter((name) => !known.has(name));
}

/** What became of links that lead nowhere. */
export class RecordingLinks implements LinkMonitor {
  readonly remedies: Remedy[] = [];
  /** What was said of links to another host. */
  readonly foreign: string[] = [];

  readonly deadLink = (remedy: Remedy): void => void this.remedies.push(remedy);
  readonly foreignLink = ({ message }: Error): void => void this.foreign.push(message);
}
