import type { MailRow } from '../world/mail-row.js';
import type { Instant } from './date-time.js';
import type { GraphOptions } from './options.js';

/**
 * A place in a result, which is in the order of time, newest first, and at the same time in the order of recipients.
 */
export interface PageKey {
  readonly received: Instant;
  readonly recipient: string;
}

/** The key of a row, by the time that its answer shows. */
export function keyOf(row: MailRow, { sevenFractionDigits }: Pick<GraphOptions, 'sevenFractionDigits'>): PageKey {
  const { receivedMs: ms, receivedTicks, recipient } = row;
  return { received: { ms, ticks: sevenFractionDigits ? receivedTicks : 0 }, recipient };
}

/** Negative where the first key comes first; recipients are compared without case. */
export function compareKeys(one: PageKey, other: PageKey): number {
  const byTime = other.received.ms - one.received.ms || other.received.ticks - one.received.ticks;
  if (byTime !== 0) return byTime;
  const [left, right] = [one.recipient.toLowerCase(), other.recipient.toLowerCase()];
  return left < right ? -1 : left > right ? 1 : 0;
}
