import { describe, expect, test } from '@jest/globals';
import { Patience, waitAfter } from '../../../src/collector/patience.js';
import {
  NotReadyError,
  PlanAgainError,
  RangeRefusedError,
  SettingsError,
  StorageError,
  UnavailableError,
} from '../../../src/errors.js';
import { RecordingLog } from '../../support/recording-log.js';
import { RecordingMonitor } from '../../support/recording-monitor.js';
import { SimulatedClock } from '../../support/simulated-clock.js';

const [second, minute] = [1000, 60_000];
const never = new AbortController().signal;
const away = () => new UnavailableError('Microsoft is away.');
const wrongPassword = () => new SettingsError('Check the password.');
const notReady = () => new NotReadyError('The service principal is missing.');
const diskFull = () => new StorageError('The disk is full.');

/** A patience whose waits take no time, but are written down in seconds. */
function patient() {
  const clock = new SimulatedClock(0);
  const [log, monitor] = [new RecordingLog(), new RecordingMonitor()];
  const waits: number[] = [];
  const sleep = clock.sleep.bind(clock);
  clock.sleep = (durationMs, signal) => {
    waits.push(durationMs / second);
    return sleep(durationMs, signal);
  };
  const patience = new Patience({ clock, log, monitor });
  const fail = async (error: () => Error, times: number) => {
    for (let time = 0; time < times; time += 1) await patience.wait(error(), never);
  };
  return { patience, clock, log, monitor, waits, fail };
}

describe('the waits after failures in a row', () => {
  test.each([
    ['double from a second to a minute while a service is away', away, [1, 2, 4, 8, 16, 32, 60, 60]],
    ['double from a second to a minute while the data folder cannot be used', diskFull, [1, 2, 4, 8, 16, 32, 60, 60]],
    [
      'double from a second to a minute while what to ask is planned again',
      () => new PlanAgainError('The present is the future.'),
      [1, 2, 4, 8, 16, 32, 60, 60],
    ],
    ['are five minutes each while it takes hours to get ready', notReady, [300, 300, 300, 300]],
    [
      'double from a minute to an hour while a person must act',
      wrongPassword,
      [1, 2, 4, 8, 16, 32, 60, 60].map((minutes) => minutes * 60),
    ],
  ])('%s', async (_, error, expected) => {
    const { waits, fail } = patient();
    await fail(error, expected.length);
    expect(waits).toEqual(expected);
  });

  test('begin anew once it has worked', async () => {
    const { patience, waits, fail } = patient();
    await fail(away, 3);
    patience.restored();
    await fail(away, 2);
    expect(waits).toEqual([1, 2, 4, 1, 2]);
  });

  test('are counted for each class of error by itself: an outage says nothing about the account, and a wrong password stays wrong', async () => {
    const { fail, waits } = patient();
    await fail(away, 5);
    await fail(wrongPassword, 1);
    await fail(away, 1);
    await fail(notReady, 2);
    await fail(wrongPassword, 1);
    expect(waits).toEqual([1, 2, 4, 8, 16, 60, 32, 300, 300, 120]);
  });

  test('are never shorter than the service has asked for', async () => {
    const { fail, waits } = patient();
    await fail(() => new UnavailableError('Too many requests.', 600 * second), 2);
    expect(waits).toEqual([600, 600]);
  });

  test('stay within their bound after any number of failures', () => {
    const waits = { first: second, longest: minute };
    expect([0, 1, 2, 5000].map((failures) => waitAfter(failures, waits))).toEqual([second, second, 2 * second, minute]);
  });
});

describe('the operator', () => {
  test('is warned of a service that is away once a minute at most', async () => {
    const { log, fail, clock } = patient();
    await fail(away, 7);
    expect(clock.now()).toBe(123 * second);
    expect(log.lines).toEqual(
      Array.from({ length: 2 }, () => ({
        level: 'warning',
        message: 'Microsoft is away. Nothing is lost; trying again. [MT-UNAVAILABLE]',
      })),
    );
  });

  test('is told by a critical line of a setting that is wrong, and when it is tried again', async () => {
    const { log, fail } = patient();
    await fail(wrongPassword, 2);
    expect(log.lines).toEqual([
      {
        level: 'critical',
        message: 'Check the password. Trying again in 1 min; nothing is lost meanwhile. [MT-SETTINGS]',
      },
      {
        level: 'critical',
        message: 'Check the password. Trying again in 2 min; nothing is lost meanwhile. [MT-SETTINGS]',
      },
    ]);
  });

  test('is warned each time of what is not ready yet, and when it is tried again', async () => {
    const { log, fail } = patient();
    await fail(notReady, 2);
    const message =
      'The service principal is missing. Trying again every 5 min; nothing is lost meanwhile. [MT-NOT-READY]';
    expect(log.lines).toEqual(Array.from({ length: 2 }, () => ({ level: 'warning', message })));
  });

  test('is told at once of another kind of failure', async () => {
    const { log, fail } = patient();
    await fail(away, 1);
    await fail(diskFull, 2);
    expect(log.lines.map(({ level }) => level)).toEqual(['warning', 'critical']);
  });

  test('is told once that it works again, and after how long; and nothing if it never failed', async () => {
    const { patience, log, fail } = patient();
    patience.restored();
    expect(log.lines).toEqual([]);
    await fail(away, 8);
    patience.restored();
    patience.restored();
    expect(log.at('info')).toEqual(['Reading works again after 4 min; what was missed is being read now.']);
  });

  test('is told of failures once a minute, however often it works in between', async () => {
    const { patience, log, fail } = patient();
    await fail(away, 1);
    patience.restored();
    await fail(away, 1);
    expect(log.at('warning')).toHaveLength(1);
  });
});

test('the monitor hears of trouble until it is over', async () => {
  const { patience, monitor, fail } = patient();
  await fail(away, 1);
  await fail(diskFull, 1);
  await fail(notReady, 1);
  patience.restored();
  expect(monitor.troubles).toEqual([
    'Microsoft is away.',
    'The disk is full.',
    'The service principal is missing.',
    undefined,
  ]);
});

test.each([new TypeError('a mistake of ours'), new RangeRefusedError('not to be waited out')])(
  'what is not to be waited out is thrown: %s',
  async (error) => {
    const { patience, waits } = patient();
    await expect(patience.wait(error, never)).rejects.toBe(error);
    expect(waits).toEqual([]);
  },
);

describe('an action on the data folder', () => {
  test('is repeated until it succeeds', async () => {
    const { patience, waits } = patient();
    let failures = 4;
    await patience.untilStored(() => (failures-- > 0 ? Promise.reject(diskFull()) : Promise.resolve()), never);
    expect(waits).toEqual([1, 2, 4, 8]);
  });

  test('is given up when the run is aborted', async () => {
    const { patience, waits } = patient();
    const controller = new AbortController();
    const failing = () => {
      if (waits.length === 2) controller.abort();
      return Promise.reject(diskFull());
    };
    await expect(patience.untilStored(failing, controller.signal)).rejects.toThrow(StorageError);
    expect(waits).toEqual([1, 2]);
  });

  test('is not repeated after a failure of another kind', async () => {
    const { patience, waits } = patient();
    const mistake = new TypeError('a mistake of ours');
    await expect(patience.untilStored(() => Promise.reject(mistake), never)).rejects.toBe(mistake);
    expect(waits).toEqual([]);
  });
});
