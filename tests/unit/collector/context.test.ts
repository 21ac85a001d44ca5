import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isContext, readContext, writeContext } from '../../../src/collector/context.js';
import type { Progress } from '../../../src/collector/progress.js';
import { schedulePasses } from '../../../src/collector/schedule.js';

const schedule = schedulePasses({ frequency: 60, timedelta: 0, late_window: 16 });
const at = (time: string) => Date.parse(`2026-11-01T${time}:00Z`);

const context = {
  version: 1,
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
  history_seconds: 864_000,
};
const progress: Progress = {
  watermarks: [at('12:00'), at('11:56'), at('11:44')],
  ahead: { start: at('12:10'), end: at('12:20') },
  reachMs: 300_000,
  spanMs: 3_600_000,
  freshSpanMs: 120_000,
  historyMs: 864_000_000,
};

test('progress is written so that a person can read it', () => {
  expect(writeContext(progress, schedule, 'graph')).toEqual(context);
});

test('whatever is written is read as it was', () => {
  const seconds = (max: number) => fc.integer({ min: 0, max }).map((value) => value * 1000);
  const estimates = fc.record(
    { spanMs: seconds(864_000), freshSpanMs: seconds(864_000), historyMs: seconds(8_640_000) },
    { requiredKeys: [] },
  );
  const situations = fc.record({
    newest: fc.integer({ min: 0, max: 4_000_000_000 }).map((value) => value * 1000),
    behind: fc.tuple(seconds(90_000), seconds(90_000)),
    ahead: fc.option(fc.tuple(seconds(90_000), seconds(90_000)), { nil: undefined }),
    reachMs: seconds(864_000),
    estimates,
  });
  fc.assert(
    fc.property(situations, ({ newest, behind, ahead, reachMs, estimates }) => {
      const start = newest + 1000 + (ahead?.[0] ?? 0);
      const written: Progress = {
        watermarks: [newest, newest - behind[0], newest - behind[0] - behind[1]],
        ...(ahead && { ahead: { start, end: start + 1000 + ahead[1] } }),
        reachMs,
        ...estimates,
      };
      const text = JSON.stringify(writeContext(written, schedule, 'graph'));
      expect(readContext(JSON.parse(text), schedule, 'graph').progress).toEqual(written);
    }),
  );
});

describe('what cannot be continued from is refused', () => {
  const [first, ...more] = context.watermarks;

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
    ['no reach', { ...context, reach_seconds: undefined }],
    ['a reach that is a text', { ...context, reach_seconds: '300' }],
    ['a span that is negative', { ...context, span_seconds: -1 }],
    ['a fresh span that is no number', { ...context, fresh_span_seconds: Infinity }],
    ['a history that is a text', { ...context, history_seconds: 'ten days' }],
  ])('%s', (_, content) => {
    expect(isContext(content)).toBe(false);
    expect(() => readContext(content, schedule, 'graph')).toThrow(TypeError);
  });
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
  const other = schedulePasses({ frequency: 120, timedelta: 0, late_window: 60 });
  // At 0, 8, 32 and 60 minutes; before, at 0, 4 and 16.
  expect(readContext(context, other, 'graph').progress).toEqual({
    ...progress,
    watermarks: [at('12:00'), at('11:44'), at('11:44'), at('11:44')],
  });
});

describe('when another API is read than before', () => {
  const { watermarks, ahead, reachMs } = progress;
  const reached = { watermarks, ahead, reachMs };

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
    expect(writeContext(continued, schedule, 'reporting_web_service')).toMatchObject({
      source: 'reporting_web_service',
      most_recent_date_requested: context.most_recent_date_requested,
      watermarks: context.watermarks,
    });
  });
});

test('that a first start has read nothing yet is written, and read', () => {
  const written = writeContext(progress, schedule, 'graph', true);
  expect(written).toEqual({ ...context, provisional: true });
  expect(readContext(written, schedule, 'graph').isProvisional).toBe(true);
  expect(readContext(context, schedule, 'graph').isProvisional).toBe(false);
});
