import type { EventDetail, EventLine } from '../wire/live.js';

/** An event as it arrived. */
export interface StoredEvent {
  readonly number: number;
  readonly arrivedAtMs: number;
  readonly text: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** The roots under which the module writes normalised fields (Elastic Common Schema); all else is the raw row. */
const NORMALISED_ROOTS: ReadonlySet<string> = new Set([
  '@timestamp',
  'event',
  'office365',
  'email',
  'source',
  'destination',
  'related',
  'organization',
]);

/**
 * Reads the raw row's keys at the event's top level, in either dialect. An event that has none shows as empty texts.
 */
export function readEventLine({ number, arrivedAtMs, text }: StoredEvent): EventLine {
  return lineOf(number, arrivedAtMs, fieldsOf(text));
}

export function readEventDetail({ number, arrivedAtMs, text }: StoredEvent): EventDetail {
  const fields = fieldsOf(text);
  const entries = Object.entries(fields);
  return {
    ...lineOf(number, arrivedAtMs, fields),
    normalised: Object.fromEntries(entries.filter(([name]) => NORMALISED_ROOTS.has(name))),
    raw: Object.fromEntries(entries.filter(([name]) => !NORMALISED_ROOTS.has(name))),
    text,
  };
}

function lineOf(number: number, arrivedAtMs: number, fields: Fields): EventLine {
  const text = (...names: string[]): string =>
    names.map((name) => fields[name]).find((value) => typeof value === 'string') ?? '';
  return {
    number,
    arrivedAtMs,
    receivedMs: readTime(text('Received', 'receivedDateTime')),
    from: text('SenderAddress', 'senderAddress'),
    to: text('RecipientAddress', 'recipientAddress'),
    subject: text('Subject', 'subject'),
    status: text('Status', 'status'),
    outcome: outcomeOf(fields['event']),
  };
}

function outcomeOf(event: unknown): string {
  const outcome = typeof event === 'object' && event !== null && 'outcome' in event ? event.outcome : undefined;
  return typeof outcome === 'string' ? outcome : '';
}

/** `/Date(1658751973240)/` or ISO 8601, which is UTC where no zone is given. */
function readTime(text: string): number | null {
  const epoch = /^\/Date\((-?\d+)\)\/$/.exec(text)?.[1];
  const ms = epoch === undefined ? Date.parse(/[zZ]$|[+-]\d\d:\d\d$/.test(text) ? text : `${text}Z`) : Number(epoch);
  return Number.isFinite(ms) ? ms : null;
}

function fieldsOf(text: string): Fields {
  try {
    const event: unknown = JSON.parse(text);
    return typeof event === 'object' && event !== null ? (event as Fields) : {};
  } catch {
    return {};
  }
}
