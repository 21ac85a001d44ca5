import { type JsonObject, jsonText } from './json.js';

/** Which API a row came from, and so which keys its raw form has. */
type Dialect = 'reporting_web_service' | 'graph';

/**
 * A row of the message trace, the same whichever API it came from: one message to one recipient.
 * A field that the row did not hold, or held in a form that cannot be read, is undefined; `raw` has it as it came.
 * Times are UTC with six fraction digits: `2022-07-25T12:26:13.240000Z`.
 */
export interface TraceRecord {
  readonly dialect: Dialect;
  /** Names the message. Only together with the recipient does it name the row. */
  readonly traceId: string | undefined;
  readonly recipient: string | undefined;
  readonly sender: string | undefined;
  /** As Microsoft spelt it: `Delivered`, `filteredAsSpam` … */
  readonly status: string | undefined;
  readonly received: string | undefined;
  /** `received` in milliseconds since 1970. */
  readonly receivedMs: number | undefined;
  readonly messageId: string | undefined;
  readonly subject: string | undefined;
  /** Bytes. */
  readonly size: number | undefined;
  readonly fromIp: string | undefined;
  readonly toIp: string | undefined;
  readonly organization: string | undefined;
  /** The bounds of the query that the row answered. */
  readonly start: string | undefined;
  readonly end: string | undefined;
  /** The row as Microsoft answered it. */
  readonly raw: JsonObject;
  /** Undefined where record and row are as they came. */
  readonly protection?: Protection | undefined;
}

/** What of a record and its row is no longer as it came, for the sake of privacy. */
export interface Protection {
  /** Made of the row as it came. */
  readonly eventId: string;
  readonly subject: boolean;
  readonly addresses: boolean;
}

/** Keys that describe the answer and differ each time the row is read. */
const isNoPartOfTheRow = new Set(['__metadata', 'Index', 'StartDate', 'EndDate', '@odata.type']);

/** The keys that a raw row has for what is looked up in it by name. */
export const RAW_KEYS: Readonly<Record<Dialect, Readonly<Record<'status' | 'size' | 'fromIp' | 'toIp', string>>>> = {
  reporting_web_service: { status: 'Status', size: 'Size', fromIp: 'FromIP', toIp: 'ToIP' },
  graph: { status: 'status', size: 'size', fromIp: 'fromIP', toIp: 'toIP' },
};

/**
 * What makes a row the same row whenever it is read: trace id and recipient, without case.
 * A row that lacks one of them is identified by all that it holds but its status, which may change, so that two such
 * rows are never taken for one.
 */
export function rowIdentity(record: TraceRecord): string {
  const { traceId, recipient, status, dialect, raw } = record;
  if (traceId !== undefined && recipient !== undefined) {
    const [id, address] = [traceId.toLowerCase(), recipient.toLowerCase()];
    return isAmbiguous(id) || isAmbiguous(address) ? JSON.stringify([id, address]) : `${id}\n${address}`;
  }
  // A status that is no text is none, and so a part like any other.
  const isPart = (key: string) =>
    !isNoPartOfTheRow.has(key) && (key !== RAW_KEYS[dialect].status || status === undefined);
  return JSON.stringify(Object.entries(raw).filter(([key]) => isPart(key)));
}

/**
 * Like `rowIdentity`, but with the sender: a message that was rewritten on its way has several, each with a row of its
 * own. As JSON: a list of the two.
 */
export function deliveryIdentity(record: TraceRecord): string {
  const sender = record.sender?.toLowerCase();
  return `[${jsonText(rowIdentity(record))},${sender === undefined ? 'null' : jsonText(sender)}]`;
}

/**
 * Text by which two parts could not be told apart: it has line breaks, or halves of characters, all of which are the
 * same in UTF-8.
 */
function isAmbiguous(text: string): boolean {
  return text.includes('\n') || !text.isWellFormed();
}

/** The status without case, as the APIs and their samples disagree on it. */
export function statusIdentity(record: TraceRecord): string {
  return record.status?.toLowerCase() ?? '';
}
