import { expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { begin } from '../../../src/collector/progress.js';
import { schedulePasses } from '../../../src/collector/schedule.js';
import { TraceMetrics } from '../../../src/trigger/trace-metrics.js';
import { SimulatedClock } from '../../support/simulated-clock.js';

const [minute, hour] = [60_000, 3_600_000];
const noon = Date.UTC(2026, 10, 1, 12);

function metricsAt(clock: SimulatedClock): TraceMetrics {
  const ignore = () => undefined;
  const schedule = schedulePasses({ frequency: 60, timedelta: 0, late_window: 5 });
  return new TraceMetrics(new Registry(), clock, schedule, {
    troubled: ignore,
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
    passes: [],
  });
});

test('health tells how far each pass has come, what it read last, and what is being read', () => {
  const clock = new SimulatedClock(noon);
  const metrics = metricsAt(clock);
  const schedule = schedulePasses({ frequency: 60, timedelta: 0, late_window: 5 });
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
  const schedule = schedulePasses({ frequency: 60, timedelta: 0, late_window: 5 });
  const others = { troubled: () => undefined, lag: () => undefined, quotaUsed: () => 0 };
  const metrics = new TraceMetrics(registry, new SimulatedClock(noon), schedule, others);
  for (const remedy of ['repaired', 'repaired', 'halved'] as const) metrics.deadLink(remedy);
  const text = await registry.metrics();
  expect(text).toContain('message_trace_dead_links_total{remedy="repaired"} 2');
  expect(text).toContain('message_trace_dead_links_total{remedy="halved"} 1');
});
