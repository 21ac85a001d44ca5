import { DateTime } from 'luxon';
import {
  begin,
  readOnceBefore,
  reschedule,
  watermarkOf,
  wholeSecond,
  type Progress,
  type SetAside,
} from './progress.js';
import type { Schedule } from './schedule.js';
import { isObject } from '../json.js';

/**
 * The progress as it lies in `context.json`: readable by people, and by Sekoia's own connector, which keeps nothing but
 * `most_recent_date_requested` there. A file that holds only that is continued from that time.
 */
interface Context {
  readonly version: 1;
  /** Written at a first start before any answer has corrected the clock: nothing has been read yet. */
  readonly provisional?: true;
  /** The time before which everything has been read at least once. ISO 8601, UTC, like all times here. */
  readonly most_recent_date_requested: string;
  readonly watermarks: readonly { readonly age_seconds: number; readonly read_before: string }[];
  readonly ahead?: { readonly start: string; readonly end: string };
  /** Of which API the rest was learned. */
  readonly source?: string;
  readonly reach_seconds: number;
  readonly span_seconds?: number;
  readonly fresh_span_seconds?: number;
  readonly history_seconds?: number;
  readonly set_aside?: readonly SetAsideContext[];
}

interface SetAsideContext {
  readonly start: string;
  readonly end: string;
  readonly since: string;
  readonly next_try: string;
}

type ForeignContext = Pick<Context, 'most_recent_date_requested'>;

/** Whether this is a context that can be continued from. */
export function isContext(content: unknown): content is Context | ForeignContext {
  if (!isObject(content) || !isTime(content['most_recent_date_requested'])) return false;
  if (!('version' in content)) return true;
  const { version, watermarks, ahead } = content;
  return (
    version === 1 &&
    Array.isArray(watermarks) &&
    watermarks.length > 0 &&
    watermarks.every((it) => isObject(it) && isDuration(it['age_seconds']) && isTime(it['read_before'])) &&
    (ahead === undefined || (isObject(ahead) && isTime(ahead['start']) && isTime(ahead['end']))) &&
    isDuration(content['reach_seconds']) &&
    ['span_seconds', 'fresh_span_seconds', 'history_seconds']
      .map((name) => content[name])
      .every((it) => it === undefined || isDuration(it)) &&
    (content['set_aside'] === undefined || isSetAside(content['set_aside']))
  );
}

/** What was learned of another source than the present one is left out: it would only mislead. */
export function readContext(
  content: unknown,
  schedule: Schedule,
  source: string,
): { readonly progress: Progress; readonly isProvisional: boolean } {
  if (!isContext(content)) throw new TypeError('this is no context that can be continued from');
  if (!('version' in content)) {
    return { progress: begin(timeOf(content.most_recent_date_requested), schedule), isProvisional: false };
  }
  const [first, ...more] = content.watermarks.map((it) => it.age_seconds * 1000);
  const progress: Progress = {
    watermarks: content.watermarks.map((it) => timeOf(it.read_before)),
    ...(content.ahead && { ahead: { start: timeOf(content.ahead.start), end: timeOf(content.ahead.end) } }),
    reachMs: content.reach_seconds * 1000,
    ...(content.set_aside && { setAside: content.set_aside.map(readSetAside) }),
    ...(content.source === source && learnedOf(content)),
  };
  const before: Schedule = { frequencyMs: schedule.frequencyMs, ages: [first ?? 0, ...more] };
  return { progress: reschedule(progress, before, schedule), isProvisional: content.provisional === true };
}

function learnedOf(content: Context): Pick<Progress, 'spanMs' | 'freshSpanMs' | 'historyMs'> {
  return {
    ...(content.span_seconds !== undefined && { spanMs: content.span_seconds * 1000 }),
    ...(content.fresh_span_seconds !== undefined && { freshSpanMs: content.fresh_span_seconds * 1000 }),
    ...(content.history_seconds !== undefined && { historyMs: content.history_seconds * 1000 }),
  };
}

export function writeContext(progress: Progress, schedule: Schedule, source: string, isProvisional = false): Context {
  const { ahead, spanMs, freshSpanMs, historyMs, setAside } = progress;
  return {
    version: 1,
    ...(isProvisional && { provisional: true }),
    most_recent_date_requested: iso(readOnceBefore(progress)),
    watermarks: schedule.ages.map((age, pass) => ({
      age_seconds: age / 1000,
      read_before: iso(watermarkOf(progress, pass)),
    })),
    ...(ahead && { ahead: { start: iso(ahead.start), end: iso(ahead.end) } }),
    source,
    reach_seconds: progress.reachMs / 1000,
    ...(spanMs !== undefined && { span_seconds: spanMs / 1000 }),
    ...(freshSpanMs !== undefined && { fresh_span_seconds: freshSpanMs / 1000 }),
    ...(historyMs !== undefined && { history_seconds: historyMs / 1000 }),
    ...(setAside && { set_aside: setAside.map(writeSetAside) }),
  };
}

function isSetAside(value: unknown): value is readonly SetAsideContext[] {
  const isOne = (it: unknown) =>
    isObject(it) && ['start', 'end', 'since', 'next_try'].every((name) => isTime(it[name]));
  return Array.isArray(value) && value.every(isOne);
}

function readSetAside({ start, end, since, next_try }: SetAsideContext): SetAside {
  return { start: timeOf(start), end: timeOf(end), sinceMs: timeOf(since), nextTryMs: timeOf(next_try) };
}

function writeSetAside({ start, end, sinceMs, nextTryMs }: SetAside): SetAsideContext {
  return { start: iso(start), end: iso(end), since: iso(wholeSecond(sinceMs)), next_try: iso(wholeSecond(nextTryMs)) };
}

function isDuration(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isTime(value: unknown): value is string {
  return typeof value === 'string' && DateTime.fromISO(value, { zone: 'utc' }).isValid;
}

/** Sekoia's connector writes fractions of a second: rounded down, so that nothing lies between its last reading and our first. */
function timeOf(text: string): number {
  return wholeSecond(DateTime.fromISO(text, { zone: 'utc' }).toMillis());
}

function iso(timeMs: number): string {
  return DateTime.fromMillis(timeMs, { zone: 'utc' }).toISO({ suppressMilliseconds: true }) ?? '';
}
