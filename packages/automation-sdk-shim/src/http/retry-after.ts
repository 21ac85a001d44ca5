import { DateTime } from 'luxon';
import type { HttpAnswer } from './http-client.js';

const LONGEST_MS = 3_600_000;

/**
 * How long in ms an answer asks to wait, at most an hour; undefined where it does not ask. Both forms of RFC 9110 are
 * understood. A date is measured against the answer's own Date, so that a wrong clock here does not matter.
 */
export function retryAfterMs(answer: Pick<HttpAnswer, 'header'>, nowMs: number): number | undefined {
  const value = answer.header('retry-after')?.trim();
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value)) return Math.min(Number(value) * 1_000, LONGEST_MS);
  const until = httpDateMs(value);
  if (until === undefined) return undefined;
  const sent = httpDateMs(answer.header('date')) ?? nowMs;
  return Math.min(Math.max(0, until - sent), LONGEST_MS);
}

function httpDateMs(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const date = DateTime.fromHTTP(text.trim());
  return date.isValid ? date.toMillis() : undefined;
}
