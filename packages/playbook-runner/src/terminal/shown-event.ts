/** What is shown of an event; texts as they came, not yet printable. */
export interface ShownEvent {
  /** When Exchange received the message, in milliseconds since 1970; undefined where the event does not say. */
  readonly receivedMs: number | undefined;
  readonly sender: string;
  readonly recipient: string;
  readonly subject: string;
  readonly status: string;
}

/** Reads the raw row's keys at the event's top level, in either dialect. An event that has none shows as empty texts. */
export function readShownEvent(event: string): ShownEvent {
  const row = JSON.parse(event) as Readonly<Record<string, unknown>>;
  const text = (...names: string[]): string =>
    names.map((name) => row[name]).find((value) => typeof value === 'string') ?? '';
  return {
    receivedMs: readTime(text('Received', 'receivedDateTime')),
    sender: text('SenderAddress', 'senderAddress'),
    recipient: text('RecipientAddress', 'recipientAddress'),
    subject: text('Subject', 'subject'),
    status: text('Status', 'status'),
  };
}

/** `/Date(1658751973240)/` or ISO 8601, which is UTC where no zone is given. */
function readTime(text: string): number | undefined {
  const epoch = /^\/Date\((-?\d+)\)\/$/.exec(text)?.[1];
  const ms = epoch === undefined ? Date.parse(/[zZ]$|[+-]\d\d:\d\d$/.test(text) ? text : `${text}Z`) : Number(epoch);
  return Number.isFinite(ms) ? ms : undefined;
}
