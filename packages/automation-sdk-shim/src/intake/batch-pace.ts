import { INTAKE_RESPONSE_MS, INTAKE_MAX_RESPONSE_MS } from '../budgets.js';

/** How much the intake is asked to take in one request, and in what time. */
export interface BatchPace {
  /** Most events in a request. */
  readonly events: number;
  /** How long the answer may take, in ms. */
  readonly responseMs: number;
}

export interface ResponseLimits {
  /** In ms, of the first request. */
  readonly firstMs: number;
  /** In ms, after time-outs. */
  readonly maxMs: number;
}

export interface PaceLimits extends ResponseLimits {
  /** Most events that a request ever has. */
  readonly maxEvents: number;
}

export const RESPONSE_LIMITS: ResponseLimits = { firstMs: INTAKE_RESPONSE_MS, maxMs: INTAKE_MAX_RESPONSE_MS };

/** An answer may take so many times as long as the last ones did. */
const ROOM = 4;
/** A larger batch must be expected to need less than this share of the limit: growing must not cause time-outs. */
const SHARE_FOR_GROWTH = 0.8;

export function startPace({ maxEvents, firstMs }: PaceLimits): BatchPace {
  return { events: maxEvents, responseMs: firstMs };
}

/**
 * After no answer in time: half the events, and twice the time. Both at once, since each time-out may repeat a batch.
 * The one helps an intake that needs time for each event, the other one that is always late.
 */
export function slowerPace({ events, responseMs }: BatchPace, sent: number, { maxMs }: PaceLimits): BatchPace {
  const fewer = Math.min(events, Math.max(1, Math.ceil(sent / 2)));
  return { events: fewer, responseMs: Math.min(2 * responseMs, maxMs) };
}

/**
 * After an answer: the limit follows the time that it took. Batches grow again where twice the events, at twice the
 * time, would still be in time. A small batch says little of a large one: it can raise the limit, but not lower it.
 */
export function pacedBy(
  { events, responseMs }: BatchPace,
  { sent, tookMs }: { readonly sent: number; readonly tookMs: number },
  { maxEvents, firstMs, maxMs }: PaceLimits,
): BatchPace {
  const fullMs = (tookMs * events) / sent;
  const followed = Math.min(Math.max(ROOM * (2 * sent >= events ? fullMs : tookMs), firstMs), maxMs);
  if (2 * sent < events) return { events, responseMs: Math.max(responseMs, followed) };
  const mayGrow = 2 * fullMs <= SHARE_FOR_GROWTH * followed;
  return { events: mayGrow ? Math.min(2 * events, maxEvents) : events, responseMs: followed };
}
