import { draw, pickWeighted, unit, type Weighted } from '../../random.js';
import type { MailStream } from './mail-stream.js';
import {
  addressOf,
  awkwardSubject,
  outsideDomain,
  outsideIp,
  population,
  traceIdOf,
  trait,
  usualSubject,
} from './row-values.js';

/** The statuses that Microsoft documents for the Reporting Web Service, in its spelling. */
export type Status =
  | 'Delivered'
  | 'Expanded'
  | 'Failed'
  | 'FilteredAsSpam'
  | 'GettingStatus'
  | 'None'
  | 'Pending'
  | 'Quarantined'
  | 'Resolved';

/** A status and the instant from which it is shown, in milliseconds since 1970. */
export interface StatusSpell {
  readonly status: Status;
  readonly fromMs: number;
}

const passing: Weighted<Status> = [
  ['GettingStatus', 0.5],
  ['Pending', 0.35],
  ['None', 1],
];
const final: Weighted<Status> = [
  ['FilteredAsSpam', 0.07],
  ['Quarantined', 0.04],
  ['Failed', 0.03],
  ['Expanded', 0.02],
  ['Resolved', 0.02],
  ['Delivered', 1],
];
/** Some rows never leave a status that one would expect to pass. */
const stuckShare = 0.02;

/** The instant from which a row can be seen: when its message was received, or some time later. */
export function visibleFromMs(stream: MailStream, row: number): number {
  const { lateShare, lateSeconds } = stream.behaviour;
  const receivedMs = stream.receivedMs(row);
  if (lateShare === 0 || unit(stream.key, row, trait.late) >= lateShare) return receivedMs;
  return receivedMs + between(lateSeconds, unit(stream.key, row, trait.lateness));
}

/** Every status that a row will ever show, the first from the instant at which the row becomes visible. */
export function statusesOf(stream: MailStream, row: number): readonly [StatusSpell, ...StatusSpell[]] {
  const { changingShare, changeSeconds } = stream.behaviour;
  const fromMs = visibleFromMs(stream, row);
  const first = pickWeighted(passing, unit(stream.key, row, trait.firstStatus));
  const last = pickWeighted(final, unit(stream.key, row, trait.finalStatus));
  const changing = unit(stream.key, row, trait.changing);
  if (changing < changingShare) {
    const changedMs = fromMs + between(changeSeconds, unit(stream.key, row, trait.change));
    return [
      { status: first, fromMs },
      { status: last, fromMs: changedMs },
    ];
  }
  return [{ status: changing >= 1 - stuckShare ? first : last, fromMs }];
}

/** The status that a row shows at an instant; the row must be visible then. */
function statusAt(stream: MailStream, row: number, atMs: number): Status {
  const [first, ...later] = statusesOf(stream, row);
  return later.findLast((spell) => spell.fromMs <= atMs)?.status ?? first.status;
}

/** At least a millisecond, so that a row that is late or changes really does. */
function between([shortestSeconds, maxSeconds]: readonly [number, number], at: number): number {
  return Math.max(1, Math.round((shortestSeconds + at * (maxSeconds - shortestSeconds)) * 1000));
}

/** One message to one recipient, as no API in particular tells it. */

export interface MailRow {
  /** A GUID, the same for all recipients of a message. */
  readonly traceId: string;
  /** The Message-ID header with its angle brackets. */
  readonly messageId: string | null;
  /** When Exchange received the message: whole milliseconds since 1970 … */
  readonly receivedMs: number;
  /** … and what came on top of them, in units of 100 nanoseconds, 0…9999. */
  readonly receivedTicks: number;
  /** `<>` for a bounce. */
  readonly sender: string;
  readonly recipient: string;
  readonly subject: string | null;
  readonly status: Status;
  readonly fromIp: string | null;
  readonly toIp: string | null;
  /** In bytes; may be 0, and may differ by recipient. */
  readonly size: number;
}

type Direction = 'inbound' | 'bounce' | 'internal' | 'outbound';

const directions: Weighted<Direction> = [
  ['bounce', 0.02],
  ['internal', 0.2],
  ['outbound', 0.15],
  ['inbound', 1],
];

/** The row with that number as it looks at an instant; it must be visible then. */
export function mailRow(stream: MailStream, row: number, domain: string, atMs: number): MailRow {
  const message = stream.messageOf(row);
  const direction = pickWeighted(directions, unit(stream.key, message, trait.direction));
  return {
    traceId: traceIdOf(stream, message),
    messageId: messageId(stream, message),
    receivedMs: stream.receivedMs(row),
    receivedTicks: draw(stream.key, message, trait.fraction) % 10_000,
    sender: sender(stream, message, direction, domain),
    recipient: recipientAddress(stream, row, domain),
    subject: subject(stream, message, direction),
    status: statusAt(stream, row, atMs),
    fromIp: fromIp(stream, message, direction),
    toIp: toIp(stream, row, direction),
    size: size(stream, message, row),
  };
}

/** Neighbours in a list of people, so that a message's recipients are all different. */
export function recipientAddress(stream: MailStream, row: number, domain: string): string {
  const message = stream.messageOf(row);
  const first = draw(stream.key, message, trait.recipient);
  const direction = pickWeighted(directions, unit(stream.key, message, trait.direction));
  const to = direction === 'outbound' ? outsideDomain(draw(stream.key, message, trait.recipientDomain)) : domain;
  return addressOf((first + stream.recipientOf(row)) % population, to);
}

function sender(stream: MailStream, message: number, direction: Direction, domain: string): string {
  if (direction === 'bounce') return '<>';
  const drawn = draw(stream.key, message, trait.sender);
  return addressOf(drawn % population, direction === 'inbound' ? outsideDomain(drawn >>> 16) : domain);
}

function messageId(stream: MailStream, message: number): string | null {
  const at = unit(stream.key, message, trait.messageId);
  if (at < 0.01) return null;
  const text = draw(stream.key, message, trait.messageIdText).toString(36);
  return at < 0.03 ? `<"${text} quoted"@[192.0.2.1]>` : `<${text}.${message.toString(36)}@mail.example>`;
}

function subject(stream: MailStream, message: number, direction: Direction): string | null {
  const at = unit(stream.key, message, trait.subject);
  if (at < 0.01) return null;
  if (at < 0.02) return '';
  const drawn = draw(stream.key, message, trait.subjectText);
  if (at < 0.1) return awkwardSubject(drawn);
  const text = usualSubject(drawn, draw(stream.key, message, trait.subjectNumber) % 100_000);
  return direction === 'bounce' ? `Undeliverable: ${text}` : text;
}

function fromIp(stream: MailStream, message: number, direction: Direction): string | null {
  if (direction === 'bounce') return null;
  return outsideIp(unit(stream.key, message, trait.fromIp), draw(stream.key, message, trait.ipNumber));
}

/** What stays inside the tenant is delivered to no address; what leaves it may go to another one for each recipient. */
function toIp(stream: MailStream, row: number, direction: Direction): string | null {
  if (direction !== 'outbound') return null;
  return outsideIp(unit(stream.key, row, trait.toIp), draw(stream.key, row, trait.ipNumber));
}

/** From 1 kB to some 20 MB, small ones more often; now and then a recipient's copy is a little larger. */
function size(stream: MailStream, message: number, row: number): number {
  const at = unit(stream.key, message, trait.size);
  if (at < 0.01) return 0;
  const difference = draw(stream.key, row, trait.sizeDifference);
  return Math.round(1024 * 20_000 ** at) + (difference % 4 === 0 ? difference % 2_000 : 0);
}
