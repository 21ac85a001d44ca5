import { DateTime } from 'luxon';
import { FIRST_RETRY_AFTER_MS, MAX_RETRY_AFTER_MS } from '../budgets.js';
import type { HttpResponse } from './http-client.js';

/** A header of 16 KiB could hold 8,000. */
const MAX_VALUES = 16;

/**
 * How long in ms an answer asks to wait, at most `MAX_RETRY_AFTER_MS`; undefined where it does not ask, or not so that
 * it can be understood. Both forms of RFC 9110, and seconds with a fraction, as Microsoft Graph sends them. A date is
 * measured against the answer's own Date, so that a wrong clock here does not matter. Of several values, as proxies
 * join them, the longest counts.
 */
export function retryAfterMs(response: Pick<HttpResponse, 'header'>, nowMs: number): number | undefined {
  const value = response.header('retry-after')?.trim();
  if (value === undefined) return undefined;
  const sentMs = httpDateMs(response.header('date')) ?? nowMs;
  const untilMs = httpDateMs(value);
  const waits = untilMs === undefined ? secondsIn(value).map((seconds) => seconds * 1_000) : [untilMs - sentMs];
  return waits.length === 0 ? undefined : Math.min(Math.max(0, ...waits), MAX_RETRY_AFTER_MS);
}

/** Empty unless every value is a number of seconds: what cannot be understood in part is not understood. */
function secondsIn(text: string): number[] {
  const values = text.split(',', MAX_VALUES).map((value) => value.trim());
  return values.every((value) => /^\d+(\.\d+)?$/.test(value)) ? values.map(Number) : [];
}

function httpDateMs(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const date = DateTime.fromHTTP(text.trim());
  return date.isValid ? date.toMillis() : undefined;
}

/**
 * How much of what a service asks for is obeyed. One answer may be a mistake of something in between, so the first is
 * obeyed for minutes only. Each further one in a row that asks for as much is believed for twice as long.
 */
export class RequestedWaits {
  /** Answers in a row that asked for more than the first is believed. */
  #agreeing = 0;

  /** In ms, for what an answer asks; 0 for one that does not. */
  obey(askedMs: number): number {
    if (askedMs <= 0) return 0;
    const obeyedMs = obeyed(askedMs, this.#agreeing);
    this.#agreeing = askedMs > FIRST_RETRY_AFTER_MS ? this.#agreeing + 1 : 0;
    return obeyedMs;
  }

  /** The service did what it was asked for. */
  answered(): void {
    this.#agreeing = 0;
  }
}

/** @param agreeing how many answers in a row before it asked for more than the first is believed */
function obeyed(askedMs: number, agreeing: number): number {
  return Math.min(askedMs, FIRST_RETRY_AFTER_MS * 2 ** agreeing, MAX_RETRY_AFTER_MS);
}
