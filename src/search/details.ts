import type { DetailStep } from '../microsoft/graph/details.js';

/** What became of a message on its way to one recipient. */
export interface MessageDetails {
  /** Whether the service knows the message and the recipient. */
  readonly found: boolean;
  /** In the order of time. */
  readonly steps: readonly DetailStep[];
  /** As the trace spells statuses: `delivered`, `failed`, `pending`, `quarantined`, `filteredAsSpam`, `expanded`. */
  readonly finalStatus?: string;
  /** Why it was not delivered: the answer of the server that refused it, such as `550 5.1.1 User unknown`. */
  readonly failureReason?: string;
  /** The server that gave that answer: its name and address, as far as they are known. */
  readonly remoteServer?: string;
  /** Recipients that the sender addressed, each group counted once. */
  readonly recipientCount?: number;
}

/**
 * What a step says about the end, by the name of its event. Source: the events that administrators see in the trace of
 * a message, and collectors that read them. Of steps at the same time the later in this list decides, since the service
 * gives them in no order then.
 */
const DECISIVE: readonly { readonly event: RegExp; readonly status: string }[] = [
  { event: /^defer/i, status: 'pending' },
  { event: /^expand/i, status: 'expanded' },
  { event: /^send( external)?$/i, status: 'delivered' },
  { event: /^deliver/i, status: 'delivered' },
  { event: /^fail/i, status: 'failed' },
];
/** Where a message was put instead of the inbox, as the description names the folder or the action does. */
const QUARANTINED = /quarantin/i;
const JUNK = /junk/i;
/** Steps in which a filter or a rule says why. */
const BY_FILTER = /^(spam|malware|phish|transport rule|dlp rule|quarantine)/i;

/** What the steps of a message's way amount to. */
export function explainSteps(given: readonly DetailStep[]): MessageDetails {
  const steps = [...given].sort((one, other) => compareTexts(one.date ?? '', other.date ?? ''));
  const end = endOf(steps);
  const status = end?.status;
  const why = end === undefined ? undefined : reasonFor(end.step, end.status, steps);
  const count = recipientCountOf(steps);
  return {
    found: steps.length > 0,
    steps,
    ...(status !== undefined && { finalStatus: status }),
    ...(why?.reason !== undefined && { failureReason: why.reason }),
    ...(why?.server !== undefined && { remoteServer: why.server }),
    ...(count !== undefined && { recipientCount: count }),
  };
}

interface End {
  readonly step: DetailStep;
  readonly rank: number;
  readonly status: string;
}

function endOf(steps: readonly DetailStep[]): End | undefined {
  let end: End | undefined;
  for (const step of steps) {
    const next = decided(step);
    const isSameTime = next !== undefined && end?.step.date === step.date;
    if (next !== undefined && !(isSameTime && end !== undefined && end.rank > next.rank)) end = next;
  }
  // A message that was quarantined need not have been delivered to the quarantine's folder.
  const quarantine = steps.findLast(
    ({ event, action }) => BY_FILTER.test(event ?? '') && QUARANTINED.test(action ?? ''),
  );
  if (quarantine !== undefined && end === undefined) return { step: quarantine, rank: 0, status: 'quarantined' };
  return end;
}

function decided(step: DetailStep): End | undefined {
  const rank = DECISIVE.findIndex(({ event }) => event.test(step.event ?? ''));
  const status = DECISIVE[rank]?.status;
  if (status === undefined) return undefined;
  if (!/^deliver/i.test(step.event ?? '')) return { step, rank, status };
  const folder = step.data['RecipientStatus'];
  const place = `${step.description ?? ''} ${typeof folder === 'string' ? folder : ''}`;
  if (QUARANTINED.test(place)) return { step, rank, status: 'quarantined' };
  return { step, rank, status: JUNK.test(place) ? 'filteredAsSpam' : status };
}

interface Reason {
  readonly reason: string | undefined;
  readonly server?: string | undefined;
}

function reasonFor(step: DetailStep, status: string, steps: readonly DetailStep[]): Reason | undefined {
  if (status === 'failed' || status === 'pending') return serverReason(step);
  if (status !== 'quarantined' && status !== 'filteredAsSpam') return undefined;
  const filter = steps.findLast(({ event }) => BY_FILTER.test(event ?? ''));
  return { reason: (filter ?? step).description };
}

/**
 * `Reason: [{LED=550 5.1.1 User unknown};{MSG=};{FQDN=mx.example};{IP=203.0.113.5};{LRT=}]`: the last error as our
 * side words it, the server's own message, and the server. The texts may hold brackets themselves.
 */
function serverReason({ description = '', data }: DetailStep): Reason {
  const texts = [description, ...Object.values(data).filter((value) => typeof value === 'string')];
  const text = texts.find((one) => /\{LED=/i.test(one));
  if (text === undefined) return { reason: description.replace(/^Reason:\s*/i, '').trim() || undefined };
  const fields = fieldsOf(text);
  const server = [fields.get('FQDN'), fields.get('IP') && `[${fields.get('IP') ?? ''}]`].filter(Boolean).join(' ');
  return { reason: fields.get('LED') || fields.get('MSG') || undefined, server: server || undefined };
}

function fieldsOf(text: string): ReadonlyMap<string, string> {
  const inner = text.slice(text.search(/\{LED=/i) + 1).replace(/\}\]?\s*$/, '');
  const fields = inner.split(/\};\s*\{(?=[A-Z]+=)/i).map((field) => {
    const at = field.indexOf('=');
    return [field.slice(0, at).toUpperCase(), field.slice(at + 1).trim()] as const;
  });
  return new Map(fields);
}

/** `Submit` counts the recipients of a message from a mailbox, `Receive` those of one by SMTP. */
function recipientCountOf(steps: readonly DetailStep[]): number | undefined {
  const counts = ['submit', 'receive'].flatMap((event) =>
    steps.filter((step) => step.event?.toLowerCase() === event).map(({ data }) => data['RcptCount']),
  );
  return counts.map(Number).find((count) => Number.isSafeInteger(count) && count > 0);
}

function compareTexts(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
