/** Rows of either API, of PowerShell and of the admin centre's CSV, as records. */
import { isObject, type JsonObject, type JsonValue } from '../model/json.js';
import type { TraceRecord } from '../model/record.js';
import { toRecord as graphRecord } from '../microsoft/graph/row.js';
import { toRecord as reportingRecord } from '../microsoft/reporting-web-service.js';

/** What Graph names so, and no other. */
const GRAPH_NAMES = ['receivedDateTime', 'senderAddress', 'recipientAddress'];

/** The record of a row; undefined where it has nothing of one. */
export function recordOf(row: JsonObject): TraceRecord | undefined {
  const own = OWN_NAMES.some((name) => name in row) ? graphItem(row) : row;
  const record = GRAPH_NAMES.some((name) => name in own)
    ? graphRecord(own, { range: undefined, organization: undefined })
    : reportingRecord(withPlainDates(own));
  const { traceId, messageId, sender, recipient } = record;
  return [traceId, messageId, sender, recipient].every((value) => value === undefined) ? undefined : record;
}

/** What `message-trace search` writes, in Graph's words. */
const GRAPH_NAME_OF: Readonly<Record<string, string>> = {
  message_trace_id: 'id',
  message_id: 'messageId',
  received: 'receivedDateTime',
  sender: 'senderAddress',
  recipient: 'recipientAddress',
  from_ip: 'fromIP',
  to_ip: 'toIP',
};
const OWN_NAMES = Object.keys(GRAPH_NAME_OF);

function graphItem(row: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [GRAPH_NAME_OF[name] ?? name, value]));
}

/** Windows PowerShell writes some dates as `{"value": "/Date(…)/", "DateTime": "…"}`. */
function withPlainDates(row: JsonObject): JsonObject {
  if (!Object.values(row).some(isObject)) return row;
  const plain = (value: JsonValue) => (isObject(value) && typeof value['value'] === 'string' ? value['value'] : value);
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)]));
}

/** The names of CSV columns, as letters and digits in lower case, by the name of the Reporting Web Service. */
const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  Organization: ['organization'],
  MessageId: ['messageid'],
  MessageTraceId: ['messagetraceid', 'networkmessageid'],
  Received: ['received', 'receiveddatetime', 'origintimestamputc', 'dateutc', 'date', 'datetimeutc'],
  SenderAddress: ['senderaddress', 'sender'],
  RecipientAddress: ['recipientaddress', 'recipient'],
  Subject: ['subject', 'messagesubject'],
  Status: ['status', 'deliverystatus'],
  FromIP: ['fromip', 'originalclientip', 'clientip'],
  ToIP: ['toip'],
  Size: ['size', 'totalbytes', 'messagesize'],
  StartDate: ['startdate'],
  EndDate: ['enddate'],
};
/** Of the admin centre's reports: `bob@example.com##Receive, Deliver;eve@example.com##Receive, Fail`. */
const RECIPIENT_STATUS = 'recipientstatus';
const NUMBERS = new Set(['Size']);
/** What the last event of a recipient says of the end. */
const LAST_EVENTS: readonly (readonly [RegExp, string])[] = [
  [/quarantine/i, 'Quarantined'],
  [/spam|junk/i, 'FilteredAsSpam'],
  [/fail|drop/i, 'Failed'],
  [/expand/i, 'Expanded'],
  [/deliver|send/i, 'Delivered'],
  [/defer/i, 'Pending'],
];

/** How the lines of a CSV file become rows. */
export class CsvForm {
  readonly #names: readonly (string | undefined)[];
  readonly #recipients: number;

  /** @param header the names of its columns */
  constructor(header: readonly string[]) {
    const keys = header.map((name) => name.toLowerCase().replace(/[^a-z\d]/g, ''));
    this.#names = keys.map((key) => Object.entries(COLUMNS).find(([, names]) => names.includes(key))?.[0]);
    this.#recipients = keys.indexOf(RECIPIENT_STATUS);
  }

  /** Whether the header has a column that a row needs. */
  get isKnown(): boolean {
    const hasRecipient = this.#recipients >= 0 || this.#names.includes('RecipientAddress');
    return hasRecipient && this.#names.includes('Received');
  }

  /** A line has several recipients in some reports. */
  rows(cells: readonly string[]): readonly JsonObject[] {
    const row: JsonObject = {};
    for (const [index, name] of this.#names.entries()) {
      const cell = cells[index];
      if (name === undefined || cell === undefined || cell === '') continue;
      row[name] = NUMBERS.has(name) && /^\d+$/.test(cell) ? Number(cell) : name === 'Received' ? isoOf(cell) : cell;
    }
    const recipients = this.#recipients < 0 ? '' : (cells[this.#recipients] ?? '');
    if (recipients === '') return [row];
    return recipients.split(';').flatMap((each) => {
      const [address = '', events = ''] = each.split('##');
      if (address.trim() === '') return [];
      return [{ ...row, RecipientAddress: address.trim(), ...(events !== '' && { Status: statusOf(events) }) }];
    });
  }
}

function statusOf(events: string): string {
  return LAST_EVENTS.find(([event]) => event.test(events))?.[1] ?? 'GettingStatus';
}

/** Exchange writes `11/28/2026 9:05:00 AM` where a form asks for the American one. */
function isoOf(text: string): string {
  const [, month, day, year, hours, minutes, seconds = '00', half] =
    /^(\d{1,2})\/(\d{1,2})\/(\d{4}),? (\d{1,2}):(\d\d)(?::(\d\d))?(?: ?([AP])M)?$/i.exec(text.trim()) ?? [];
  if (month === undefined || day === undefined || year === undefined || minutes === undefined) return text.trim();
  const hour = (Number(hours) % (half === undefined ? 24 : 12)) + (half?.toUpperCase() === 'P' ? 12 : 0);
  const two = (value: string | number) => String(value).padStart(2, '0');
  return `${year}-${two(month)}-${two(day)}T${two(hour)}:${minutes}:${seconds}Z`;
}
