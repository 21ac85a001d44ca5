import { expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { begin } from '../../../src/model/progress.js';
import { scheduleOf } from '../../support/schedule.js';
import { setAside } from '../../../src/collector/set-aside.js';
import { TraceMetrics } from '../../../src/sekoia/trace-metrics.js';
import { record } from '../../support/records.js';
import { SimulatedClock } from '../../support/simulated-clock.js';

const [minute, hour] = [60_000, 3_600_000];
const noon = Date.UTC(2026, 10, 1, 12);

function metricsAt(clock: SimulatedClock, registry = new Registry()): TraceMetrics {
  const ignore = () => undefined;
  const schedule = scheduleOf({ frequency: 60, timedelta: 0, late_window: 5 });
  return new TraceMetrics(registry, clock, schedule, {
    troubled: ignore,
    recovered: ignore,
    progress: ignore,
    setAside: ignore,
    heartbeat: ignore,
    lag: ignore,
    quotaUsed: () => 0,
  });
}

test('before anything was read, health tells of no pass and no lag', () => {
  expect(metricsAt(new SimulatedClock(noon)).healthFields()).toEqual({
    lag_seconds: null,
    read_once_before: null,
    backlog_seconds: 0,
    read_ahead: null,
    reading: null,
    set_aside: [],
    passes: [],
  });
});

test('health tells how far each pass has come, what it read last, and what is being read', () => {
  const clock = new SimulatedClock(noon);
  const metrics = metricsAt(clock);
  const schedule = scheduleOf({ frequency: 60, timedelta: 0, late_window: 5 });
  const range = { start: noon - minute, end: noon };
  metrics.rangeRead({ pass: 0, range, pages: 1 });
  metrics.progressed({ ...begin(noon - hour, schedule), ahead: range });
  metrics.reading({ pass: 1, range: { start: noon - hour, end: noon - hour + minute } });
  clock.work(minute);
  const watermark = '2026-11-01T11:00:00.000Z';
  expect(metrics.healthFields()).toEqual({
    lag_seconds: 3660,
    read_once_before: watermark,
    backlog_seconds: 3540,
    read_ahead: { from: '2026-11-01T11:59:00.000Z', to: '2026-11-01T12:00:00.000Z' },
    reading: { pass: 1, from: '2026-11-01T11:00:00.000Z', to: '2026-11-01T11:01:00.000Z' },
    set_aside: [],
    passes: [
      {
        reads_at_age_seconds: 0,
        watermark,
        last_read: {
          from: '2026-11-01T11:59:00.000Z',
          to: '2026-11-01T12:00:00.000Z',
          at: '2026-11-01T12:00:00.000Z',
        },
      },
      { reads_at_age_seconds: 240, watermark, last_read: null },
      { reads_at_age_seconds: 300, watermark, last_read: null },
    ],
  });
});

test('links that led nowhere are counted by how reading went on', async () => {
  const registry = new Registry();
  const metrics = metricsAt(new SimulatedClock(noon), registry);
  for (const remedy of ['repaired', 'repaired', 'halved'] as const) metrics.deadLink(remedy);
  const text = await registry.metrics();
  expect(text).toContain('message_trace_dead_links_total{remedy="repaired"} 2');
  expect(text).toContain('message_trace_dead_links_total{remedy="halved"} 1');
});

test('how late rows and changes of status were found is told apart', async () => {
  const registry = new Registry();
  const metrics = metricsAt(new SimulatedClock(noon), registry);
  const found = (secondsAgo: number) => record({ Received: `/Date(${noon - secondsAgo * 1000})/` });
  metrics.delivered(
    [
      { record: found(20), sighting: 'new', late: false, foundAtMs: 0 },
      { record: found(50), sighting: 'new', late: true, foundAtMs: 0 },
      { record: found(3_000), sighting: 'changed', late: false, foundAtMs: 0 },
      { record: record({ Received: null }), sighting: 'new', late: false, foundAtMs: 0 },
    ],
    noon,
  );
  const text = await registry.metrics();
  expect(text).toContain('message_trace_observed_delay_seconds_sum{kind="row"} 70');
  expect(text).toContain('message_trace_observed_delay_seconds_count{kind="row"} 2');
  expect(text).toContain('message_trace_observed_delay_seconds_bucket{le="30",kind="row"} 1');
  expect(text).toContain('message_trace_observed_delay_seconds_sum{kind="status_change"} 3000');
});

test('health names time that was set aside', () => {
  const clock = new SimulatedClock(noon);
  const metrics = metricsAt(clock);
  const schedule = scheduleOf({ frequency: 60, timedelta: 0, late_window: 5 });
  metrics.progressed(setAside(begin(noon - hour, schedule), { start: noon - minute, end: noon - minute + 1000 }, noon));
  expect(metrics.healthFields()['set_aside']).toEqual([
    { from: '2026-11-01T11:59:00.000Z', to: '2026-11-01T11:59:01.000Z', next_try: '2026-11-01T12:15:00.000Z' },
  ]);
});
