import { DateTime } from 'luxon';
import type { TimeRange } from '../model/progress.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What Microsoft Graph keeps. */
const HISTORY_MS = 90 * DAY_MS;
export const DEFAULT_PERIOD_MS = 48 * HOUR_MS;
/**
 * A period of all 90 days begins so much later: else its start is no longer there when it is asked for last.
 */
const HISTORY_MARGIN_MS = HOUR_MS / 2;

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: HOUR_MS, d: DAY_MS, w: 7 * DAY_MS };

interface Bounds {
  readonly start: string | undefined;
  readonly end: string | undefined;
  readonly period: string | undefined;
}

/** The time to search, in milliseconds since 1970, or a sentence on what is wrong with it. */
export function rangeOf(
  { start: startText, end: endText, period }: Bounds,
  nowMs: number,
  defaultMs: number,
): TimeRange | { readonly problem: string } {
  if (startText !== undefined && period !== undefined)
    return { problem: 'Give either start or period, not both: period counts back from the end.' };
  const end = endText === undefined ? nowMs : timeOf(endText);
  if (end === undefined) return { problem: mustBeTime('end', endText) };
  const periodMs = period === undefined ? defaultMs : periodOf(period);
  if (periodMs === undefined)
    return { problem: `period must be a number of minutes, hours, days or weeks, such as 90m, 48h, 10d or 2w.` };
  if (startText === undefined && periodMs > HISTORY_MS)
    return { problem: 'period is longer than 90 days, which is all that Microsoft Graph keeps. Give 90d at most.' };
  const earliest = nowMs - HISTORY_MS + HISTORY_MARGIN_MS;
  const start = startText === undefined ? Math.max(end - periodMs, Math.min(earliest, end - 1)) : timeOf(startText);
  if (start === undefined) return { problem: mustBeTime('start', startText) };
  if (start >= end)
    return {
      problem: `end (${iso(end)}) must be later than start (${iso(start)}).`,
    };
  if (start >= nowMs) return { problem: `start (${iso(start)}) lies in the future. It is ${iso(nowMs)} now.` };
  if (end <= nowMs - HISTORY_MS)
    return {
      problem:
        `end (${iso(end)}) is more than 90 days ago. Microsoft Graph keeps no older mail: ` +
        'use a historical search in the Exchange admin centre.',
    };
  return { start, end };
}

/** ISO 8601; UTC where it has no zone. */
function timeOf(text: string): number | undefined {
  const time = DateTime.fromISO(text, { zone: 'utc' });
  return time.isValid ? time.toMillis() : undefined;
}

function periodOf(text: string): number | undefined {
  const [, count, unit] = /^(\d{1,6})\s*(m|h|d|w)[a-z]*$/i.exec(text) ?? [];
  const unitMs = UNITS[unit?.toLowerCase() ?? ''];
  if (count === undefined || unitMs === undefined || Number(count) === 0) return undefined;
  return Number(count) * unitMs;
}

function mustBeTime(name: string, text = ''): string {
  return `${name} must be a time such as 2026-11-28T12:00:00Z, but is ${JSON.stringify(text.slice(0, 100))}.`;
}

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
