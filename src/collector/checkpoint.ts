import { acceptor, MAX_STORED_TIME_MS, MIN_STORED_TIME_MS } from '../model/stored.js';
import { DateTime } from 'luxon';
import {
  begin,
  lowWatermark,
  reschedule,
  watermarkOf,
  wholeSecond,
  type Progress,
  type SetAside,
} from '../model/progress.js';
import type { Schedule } from '../model/schedule.js';
import { withinReadTime } from './set-aside.js';

/**
 * The progress as it lies in `context.json`: readable by people, and by the platform's own connector, which keeps
 * nothing but `most_recent_date_requested` there. A file that holds only that is continued from that time.
 */
export interface Context {
  readonly version: 1;
  /** Written at a first start before any answer has corrected the clock: nothing has been read yet. */
  readonly provisional?: true;
  /** When this was written. ISO 8601, UTC, like all times here; since version 1.4. */
  readonly written_at?: string;
  /** The time before which everything has been read at least once. */
  readonly most_recent_date_requested: string;
  readonly watermarks: readonly { readonly age_seconds: number; readonly read_before: string }[];
  readonly ahead?: { readonly start: string; readonly end: string };
  /** Of which API the rest was learned. */
  readonly source?: string;
  readonly reach_seconds?: unknown;
  readonly span_seconds?: unknown;
  readonly fresh_span_seconds?: unknown;
  readonly set_aside?: readonly SetAsideContext[];
  /** Only while the system's clock and the service's disagree: by how much, and the watermarks from before that. */
  readonly doubtful_clock?: { readonly behind_seconds: number; readonly read_before: readonly string[] };
}

interface SetAsideContext {
  readonly start: string;
  readonly end: string;
  readonly since: string;
  readonly next_try: string;
}

export type ForeignContext = Pick<Context, 'most_recent_date_requested'>;

/** The service's clock against the system's, where the two disagree. */
export interface DoubtfulClock {
  /** How far the system's clock is behind. */
  readonly behindMs: number;
  /** The watermarks from before they disagreed, by pass. */
  readonly sure: readonly number[];
}

/** What is stored about progress besides itself. */
export interface StoredProgress {
  readonly progress: Progress;
  readonly isProvisional: boolean;
  /** Infinity where it is not known. */
  readonly writtenMs: number;
  readonly doubtful: DoubtfulClock | undefined;
  /** Members that were out of bounds and are replaced by what a first start begins with. */
  readonly replaced: readonly string[];
}

/** More passes than any settings make. */
const MAX_PASSES = 64;
/** A search sets aside 64 pieces at most, and each is tried for a day. */
const MAX_SET_ASIDE = 10_000;
const MAX_OFF_SECONDS = (MAX_STORED_TIME_MS - MIN_STORED_TIME_MS) / 1000;
/** No service answers for more at once, and no page holds less than a second's. */
const DURATION = { type: 'number', minimum: 1, maximum: 90 * 86_400 };
const TIME = { type: 'string', format: 'stored-time' };
const range = (...names: string[]) => ({
  type: 'object',
  required: names,
  properties: Object.fromEntries(names.map((name) => [name, TIME])),
});

const isOurs = acceptor<Context>({
  type: 'object',
  required: ['version', 'most_recent_date_requested', 'watermarks'],
  properties: {
    version: { const: 1 },
    provisional: { type: 'boolean' },
    written_at: TIME,
    most_recent_date_requested: TIME,
    watermarks: {
      type: 'array',
      minItems: 1,
      maxItems: MAX_PASSES,
      items: {
        type: 'object',
        required: ['age_seconds', 'read_before'],
        properties: { age_seconds: { type: 'number', minimum: 0, maximum: DURATION.maximum }, read_before: TIME },
      },
    },
    ahead: range('start', 'end'),
    source: { type: 'string' },
    set_aside: { type: 'array', maxItems: MAX_SET_ASIDE, items: range('start', 'end', 'since', 'next_try') },
    doubtful_clock: {
      type: 'object',
      required: ['behind_seconds', 'read_before'],
      properties: {
        behind_seconds: { type: 'number', minimum: -MAX_OFF_SECONDS, maximum: MAX_OFF_SECONDS },
        read_before: { type: 'array', maxItems: MAX_PASSES, items: TIME },
      },
    },
  },
});
const isForeign = acceptor<ForeignContext>({
  type: 'object',
  required: ['most_recent_date_requested'],
  properties: { version: false, most_recent_date_requested: TIME },
});
const isDuration = acceptor<number>(DURATION);

/** Whether this is a context that can be continued from. */
export function isContext(content: unknown): content is Context | ForeignContext {
  return isForeign(content) || isOurs(content);
}

/** What was learned of another source than the present one is left out: it would only mislead. */
export function readContext(content: unknown, schedule: Schedule, source: string): StoredProgress {
  if (isForeign(content)) {
    const progress = begin(timeOf(content.most_recent_date_requested), schedule);
    return { progress, isProvisional: false, writtenMs: Infinity, doubtful: undefined, replaced: [] };
  }
  if (!isOurs(content)) throw new TypeError('this is no context that can be continued from');
  const [first = 0, ...more] = content.watermarks.map((it) => it.age_seconds * 1000);
  const before: Schedule = { frequencyMs: schedule.frequencyMs, ages: [first, ...more] };
  const setAside = content.set_aside?.map(readSetAside);
  const continued = (watermarks: readonly string[], rest: Omit<Progress, 'watermarks'>) =>
    reschedule({ ...rest, watermarks: descending(watermarks.map(timeOf)) }, before, schedule);
  const reached: Omit<Progress, 'watermarks'> = {
    ...(content.ahead && { ahead: { start: timeOf(content.ahead.start), end: timeOf(content.ahead.end) } }),
    lookbackMs: durationOf(content.reach_seconds) ?? begin(0, schedule).lookbackMs,
    ...(content.source === source && learnedOf(content)),
  };
  const { doubtful_clock: doubtful, written_at: written } = content;
  return {
    progress: withinReadTime({
      ...continued(
        content.watermarks.map((it) => it.read_before),
        reached,
      ),
      ...(setAside && { setAside }),
    }),
    isProvisional: content.provisional === true,
    writtenMs: written === undefined ? Infinity : timeOf(written),
    doubtful: doubtful && {
      behindMs: doubtful.behind_seconds * 1000,
      // As many as there are watermarks, or they say nothing.
      sure:
        doubtful.read_before.length === content.watermarks.length
          ? continued(doubtful.read_before, { lookbackMs: reached.lookbackMs }).watermarks
          : [],
    },
    replaced: ['reach_seconds', 'span_seconds', 'fresh_span_seconds'].filter((name) => {
      const value = content[name as keyof Context];
      return !isDuration(value) && (value !== undefined || name === 'reach_seconds');
    }),
  };
}

function learnedOf(content: Context): Pick<Progress, 'spanMs' | 'freshSpanMs'> {
  const [spanMs, freshSpanMs] = [durationOf(content.span_seconds), durationOf(content.fresh_span_seconds)];
  return { ...(spanMs !== undefined && { spanMs }), ...(freshSpanMs !== undefined && { freshSpanMs }) };
}

export function writeContext(
  { progress, isProvisional, writtenMs, doubtful }: Omit<StoredProgress, 'replaced'>,
  schedule: Schedule,
  source: string,
): Context {
  const { ahead, spanMs, freshSpanMs, setAside } = progress;
  return {
    version: 1,
    ...(isProvisional && { provisional: true }),
    written_at: iso(wholeSecond(writtenMs)),
    most_recent_date_requested: iso(lowWatermark(progress)),
    watermarks: schedule.ages.map((age, pass) => ({
      age_seconds: age / 1000,
      read_before: iso(watermarkOf(progress, pass)),
    })),
    ...(ahead && { ahead: { start: iso(ahead.start), end: iso(ahead.end) } }),
    source,
    reach_seconds: progress.lookbackMs / 1000,
    ...(spanMs !== undefined && { span_seconds: spanMs / 1000 }),
    ...(freshSpanMs !== undefined && { fresh_span_seconds: freshSpanMs / 1000 }),
    ...(setAside && { set_aside: setAside.map(writeSetAside) }),
    ...(doubtful && {
      doubtful_clock: {
        behind_seconds: Math.round(doubtful.behindMs / 1000),
        read_before: doubtful.sure.map((time) => iso(wholeSecond(time))),
      },
    }),
  };
}

function readSetAside({ start, end, since, next_try }: SetAsideContext): SetAside {
  return { start: timeOf(start), end: timeOf(end), sinceMs: timeOf(since), nextTryMs: timeOf(next_try) };
}

function writeSetAside({ start, end, sinceMs, nextTryMs }: SetAside): SetAsideContext {
  return { start: iso(start), end: iso(end), since: iso(wholeSecond(sinceMs)), next_try: iso(wholeSecond(nextTryMs)) };
}

/** A later pass cannot have read more than an earlier one. */
function descending(watermarks: readonly number[]): number[] {
  return watermarks.map((_, pass) => Math.min(...watermarks.slice(0, pass + 1)));
}

function durationOf(seconds: unknown): number | undefined {
  return isDuration(seconds) ? Math.ceil(seconds) * 1000 : undefined;
}

/**
 * The platform's own connector writes fractions of a second: rounded down, so that nothing lies between its last
 * reading and our first.
 */
function timeOf(text: string): number {
  return wholeSecond(DateTime.fromISO(text, { zone: 'utc' }).toMillis());
}

/** Within what can be read again: a clock may say anything. */
function iso(timeMs: number): string {
  const bounded = Math.max(MIN_STORED_TIME_MS, Math.min(timeMs, MAX_STORED_TIME_MS));
  return DateTime.fromMillis(bounded, { zone: 'utc' }).toISO({ suppressMilliseconds: true }) ?? '';
}
