import type { HttpAnswer } from '../http/http-client.js';
import { retryAfterMs } from '../http/retry-after.js';
import { parseObject } from '../json.js';

const MOST_READ = 3_000;

/** What an attempt to send a chunk came to. */
export type Verdict =
  | { readonly kind: 'acknowledged'; readonly namedEvents: number }
  /** Something in the batch is refused: with fewer events it may pass. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'gzip-refused' }
  /** A person must act, but the events are good: they are held. */
  | { readonly kind: 'settings'; readonly reason: string }
  | {
      readonly kind: 'later';
      readonly reason: string;
      readonly retryAfterMs: number | undefined;
      /** Whether the intake may have taken the events although it did not say so. */
      readonly perhapsDelivered: boolean;
    };

/**
 * Reads an answer of the intake. Its codes for a wrong key or too many requests are not documented, so they are taken
 * by their usual meaning; what is left over (redirects, other 4xx) points to a wrong address.
 */
export function judge(answer: HttpAnswer, request: { readonly compressed: boolean }, nowMs: number): Verdict {
  const { status } = answer;
  const reason = `it answered ${status}${excerpt(answer.text)}`;
  if (status >= 200 && status < 300) {
    const ids = parseObject(answer.text)?.['event_ids'];
    if (Array.isArray(ids)) return { kind: 'acknowledged', namedEvents: ids.length };
    const unclear = `it answered ${status} without the event_ids that acknowledge a batch`;
    return { kind: 'later', reason: unclear, retryAfterMs: undefined, perhapsDelivered: true };
  }
  if (status === 415 && request.compressed) return { kind: 'gzip-refused' };
  if (status === 400 || status === 413 || status === 422) return { kind: 'refused', reason };
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    const perhapsDelivered = status === 408 || status >= 500;
    const plain = `it answered ${status}`;
    return { kind: 'later', reason: plain, retryAfterMs: retryAfterMs(answer, nowMs), perhapsDelivered };
  }
  return { kind: 'settings', reason };
}

/** The beginning of an answer in one line, without control characters, by which it could pass itself off as a log line of its own. */
function excerpt(text: string): string {
  const line = text
    .slice(0, MOST_READ)
    .replace(/[\s\p{Cc}\p{Cf}\p{Cs}]+/gu, ' ')
    .trim();
  if (line === '') return '';
  const shown = /^.{0,300}/u.exec(line)?.[0] ?? '';
  return line.length > shown.length ? `: ${shown}…` : `: ${shown}`;
}
