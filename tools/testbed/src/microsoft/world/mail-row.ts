/** One message to one recipient, as no API in particular tells it. */
import { draw, pickWeighted, unit, type Weighted } from '../../random.js';
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
import type { MailStream } from './mail-stream.js';
import { type Status, statusAt } from './row-timeline.js';

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
