import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isContext, readContext, writeContext } from '../../../src/collector/checkpoint.js';
import type { Progress } from '../../../src/model/progress.js';
import { scheduleOf } from '../../support/schedule.js';

const schedule = scheduleOf({ frequency: 60, timedelta: 0, late_window: 16 });
const at = (time: string) => Date.parse(`2026-11-01T${time}:00Z`);

const context = {
  version: 1,
  written_at: '2026-11-01T12:20:01Z',
  most_recent_date_requested: '2026-11-01T12:00:00Z',
  watermarks: [
    { age_seconds: 0, read_before: '2026-11-01T12:00:00Z' },
    { age_seconds: 240, read_before: '2026-11-01T11:56:00Z' },
    { age_seconds: 960, read_before: '2026-11-01T11:44:00Z' },
  ],
  ahead: { start: '2026-11-01T12:10:00Z', end: '2026-11-01T12:20:00Z' },
  source: 'graph',
  reach_seconds: 300,
  span_seconds: 3600,
  fresh_span_seconds: 120,
};
const progress: Progress = {
  watermarks: [at('12:00'), at('11:56'), at('11:44')],
  ahead: { start: at('12:10'), end: at('12:20') },
  lookbackMs: 300_000,
  spanMs: 3_600_000,
  freshSpanMs: 120_000,
};

const written = (it: Progress) => ({
  progress: it,
  isProvisional: false,
  writtenMs: at('12:20') + 1999,
  doubtful: undefined,
});

test('progress is written so that a person can read it', () => {
  expect(writeContext(written(progress), schedule, 'graph')).toEqual(context);
});

test('whatever is written is read as it was', () => {
  const seconds = (max: number) => fc.integer({ min: 1, max }).map((value) => value * 1000);
  const estimates = fc.record({ spanMs: seconds(864_000), freshSpanMs: seconds(864_000) }, { requiredKeys: [] });
  const situations = fc.record({
    newest: fc.integer({ min: 1_000_000_000, max: 4_000_000_000 }).map((value) => value * 1000),
    behind: fc.tuple(seconds(90_000), seconds(90_000)),
    ahead: fc.option(fc.tuple(seconds(90_000), seconds(90_000)), { nil: undefined }),
    lookbackMs: seconds(864_000),
    estimates,
  });
  fc.assert(
    fc.property(situations, ({ newest, behind, ahead, lookbackMs, estimates }) => {
      const start = newest + 1000 + (ahead?.[0] ?? 0);
      const reached: Progress = {
        watermarks: [newest, newest - behind[0], newest - behind[0] - behind[1]],
        ...(ahead && { ahead: { start, end: start + 1000 + ahead[1] } }),
        lookbackMs,
        ...estimates,
      };
      const text = JSON.stringify(writeContext(written(reached), schedule, 'graph'));
      expect(readContext(JSON.parse(text), schedule, 'graph').progress).toEqual(reached);
    }),
  );
});

describe('what cannot be continued from is refused', () => {
  const [first, ...more] = context.watermarks;
  const { start, end } = context.ahead;
  const aside = { start, end, since: end, next_try: end };

  test.each<[string, unknown]>([
    ['nothing', null],
    ['a text', '2026-11-01T12:00:00Z'],
    ['a list', [context]],
    ['no time', { ...context, most_recent_date_requested: undefined }],
    ['a time that is none', { ...context, most_recent_date_requested: 'yesterday' }],
    ['a time that is a number', { ...context, most_recent_date_requested: 1_793_534_400_000 }],
    ['a foreign time that is none', { most_recent_date_requested: '' }],
    ['an older or newer version', { ...context, version: 2 }],
    ['a version that is a text', { ...context, version: '1' }],
    ['no watermarks', { ...context, watermarks: undefined }],
    ['watermarks that are no list', { ...context, watermarks: first }],
    ['an empty list of watermarks', { ...context, watermarks: [] }],
    ['a watermark that is none', { ...context, watermarks: [first, null, ...more] }],
    ['a watermark without an age', { ...context, watermarks: [{ read_before: first!.read_before }] }],
    ['a watermark of a negative age', { ...context, watermarks: [{ ...first, age_seconds: -1 }] }],
    ['a watermark without a time', { ...context, watermarks: [{ age_seconds: 0 }] }],
    ['a stretch ahead that is none', { ...context, ahead: null }],
    ['a stretch ahead without a start', { ...context, ahead: { end: context.ahead.end } }],
    ['a stretch ahead without an end', { ...context, ahead: { start: context.ahead.start } }],
    [
      'a watermark of the year 1',
      { ...context, watermarks: [{ age_seconds: 0, read_before: '0001-01-01T00:00:00Z' }] },
    ],
    ['a time from before all calendars', { ...context, most_recent_date_requested: '-271821-04-20T00:00:00Z' }],
    ['a time that cannot be written', { ...context, most_recent_date_requested: '+123456-01-01T00:00:00Z' }],
    ['an age of years', { ...context, watermarks: [{ ...first, age_seconds: 1e9 }] }],
    ['more passes than there are', { ...context, watermarks: Array.from({ length: 65 }, () => first) }],
    ['time set aside without end', { ...context, set_aside: [{ ...aside, end: undefined }] }],
    ['more set aside than can be', { ...context, set_aside: Array.from({ length: 10_001 }, () => aside) }],
    [
      'a clock that is off by more than can be',
      { ...context, doubtful_clock: { behind_seconds: 1e300, read_before: [] } },
    ],
  ])('%s', (_, content) => {
    expect(isContext(content)).toBe(false);
    expect(() => readContext(content, schedule, 'graph')).toThrow(TypeError);
  });
});

test.each([
  ['no reach', { reach_seconds: undefined }],
  ['a reach of nothing', { reach_seconds: 0 }],
  ['a reach that is a text', { reach_seconds: '300' }],
  ['a span that is negative', { span_seconds: -1 }],
  ['a span beyond all numbers', { span_seconds: 1e308 }],
  ['a fresh span of nothing', { fresh_span_seconds: 0 }],
  ['a fresh span that is no number', { fresh_span_seconds: Infinity }],
])('%s is replaced, and the rest continued from', (_, changes) => {
  const content = { ...context, ...changes };
  const read = readContext(content, schedule, 'graph');
  expect(read.replaced).toEqual(Object.keys(changes));
  expect(read.progress.watermarks).toEqual(progress.watermarks);
  for (const ms of [read.progress.lookbackMs, read.progress.spanMs ?? 1000, read.progress.freshSpanMs ?? 1000])
    expect(ms >= 1000 && ms <= 90 * 86_400_000).toBe(true);
});

test('a later pass that claims more than an earlier one is not believed', () => {
  const [first, second, last] = context.watermarks;
  const content = { ...context, watermarks: [first, second, { ...last, read_before: '2026-11-01T13:00:00Z' }] };
  expect(readContext(content, schedule, 'graph').progress.watermarks).toEqual([at('12:00'), at('11:56'), at('11:56')]);
});

test('that the two clocks disagree is written, and read', () => {
  const doubtful = { behindMs: 600_000, sure: progress.watermarks };
  const content = writeContext({ ...written(progress), doubtful }, schedule, 'graph');
  expect(content.doubtful_clock).toEqual({
    behind_seconds: 600,
    read_before: context.watermarks.map((it) => it.read_before),
  });
  expect(readContext(content, schedule, 'graph').doubtful).toEqual(doubtful);
});

test.each([
  ['2026-11-01T12:00:00Z', '12:00'],
  ['2026-11-01T12:00:00+00:00', '12:00'],
  ['2026-11-01T12:00:00.999999+00:00', '12:00'],
  ['2026-11-01T12:00:00.000001', '12:00'],
  ['2026-11-01T14:00:00+02:00', '12:00'],
])("what Sekoia's own connector left, %s, is continued from that whole second", (time, expected) => {
  const foreign = { most_recent_date_requested: time };
  expect(isContext(foreign)).toBe(true);
  const start = at(expected);
  expect(readContext(foreign, schedule, 'graph').progress.watermarks).toEqual([start, start, start]);
});

test('after a change of the settings each pass continues from one that was at least as old', () => {
  const other = scheduleOf({ frequency: 120, timedelta: 0, late_window: 60 });
  // At 0, 8, 32 and 60 minutes; before, at 0, 4 and 16.
  expect(readContext(context, other, 'graph').progress).toEqual({
    ...progress,
    watermarks: [at('12:00'), at('11:44'), at('11:44'), at('11:44')],
  });
});

describe('when another API is read than before', () => {
  const { watermarks, ahead, lookbackMs } = progress;
  const reached = { watermarks, ahead, lookbackMs };

  test('reading goes on where it had come to, and forgets what was learned of the other', () => {
    expect(readContext(context, schedule, 'reporting_web_service').progress).toEqual(reached);
  });

  test('so it does with a context that was written when there was but one', () => {
    const older = JSON.parse(JSON.stringify({ ...context, source: undefined })) as unknown;
    expect(isContext(older)).toBe(true);
    expect(readContext(older, schedule, 'graph').progress).toEqual(reached);
  });

  test('the other one is what is written from then on', () => {
    const { progress: continued } = readContext(context, schedule, 'reporting_web_service');
    expect(writeContext(written(continued), schedule, 'reporting_web_service')).toMatchObject({
      source: 'reporting_web_service',
      most_recent_date_requested: context.most_recent_date_requested,
      watermarks: context.watermarks,
    });
  });
});

test('that a first start has read nothing yet is written, and read', () => {
  const content = writeContext({ ...written(progress), isProvisional: true }, schedule, 'graph');
  expect(content).toEqual({ ...context, provisional: true });
  expect(readContext(content, schedule, 'graph').isProvisional).toBe(true);
  expect(readContext(context, schedule, 'graph').isProvisional).toBe(false);
});
