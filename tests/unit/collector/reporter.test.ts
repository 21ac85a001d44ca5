import { expect, test } from '@jest/globals';
import type { Progress } from '../../../src/model/progress.js';
import { Reporter } from '../../../src/collector/reporter.js';
import { RecordingLog } from '../../support/recording-log.js';
import { RecordingMonitor } from '../../support/recording-monitor.js';
import { SimulatedClock } from '../../support/simulated-clock.js';

const [minute, hour] = [60_000, 3_600_000];
const noon = Date.UTC(2026, 10, 1, 12);
const progress: Progress = {
  watermarks: [noon - 3 * hour],
  lookbackMs: 1000,
  ahead: { start: noon - hour, end: noon - hour / 2 },
};

function reporting() {
  const parts = {
    clock: new SimulatedClock(noon),
    log: new RecordingLog(),
    monitor: new RecordingMonitor(),
    source: {},
  };
  return { ...parts, reporter: new Reporter(parts) };
}

test.each([
  [true, 'First start: reading messages received from 2026-11-01 09:00:00 UTC on.'],
  [false, 'Continuing: everything received before 2026-11-01 09:00:00 UTC has been read.'],
])('says where reading begins (first start: %s)', (isFirstStart, message) => {
  const { reporter, log } = reporting();
  reporter.starting(progress, isFirstStart);
  expect(log.lines).toEqual([{ level: 'info', message }]);
});

test('tells of a backlog once a minute, with the rows since the last time, and of nothing when there is none', () => {
  const { reporter, log, clock } = reporting();
  reporter.catchingUp({ watermarks: [noon], lookbackMs: 1000 }, 5);
  expect(log.lines).toEqual([]);
  const reports = [10, 20, 30, 40].map((rows) => {
    reporter.catchingUp(progress, rows);
    clock.work(minute / 2);
    return log.lines.length;
  });
  expect(reports).toEqual([1, 1, 2, 2]);
  expect(log.at('info')[1]).toBe(
    'Catching up: read up to 2026-11-01 09:00:00 UTC, 2.5 hours to go; rows read since the last report: 50. Fresh messages go first.',
  );
});

test('says once that the backlog has been read', () => {
  const { reporter, log } = reporting();
  reporter.catchingUp(progress, 10);
  const caughtUp = { watermarks: [noon], lookbackMs: 1000 };
  reporter.catchingUp(caughtUp, 5);
  reporter.catchingUp(caughtUp, 5);
  expect(log.at('info').slice(1)).toEqual([
    'Caught up: everything received before 2026-11-01 12:00:00 UTC has been read.',
  ]);
});
