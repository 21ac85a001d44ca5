import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RetryPolicy } from '../../../src/collector/retry-policy.js';
import { SignInBackoff, waitAfter } from '../../../src/collector/wait-policy.js';
import {
  NotReadyError,
  PlanAgainError,
  RangeRefusedError,
  SettingsError,
  StorageError,
  UnavailableError,
} from '../../../src/model/errors.js';
import { MemoryDocument } from '../../support/memory-storage.js';
import { RecordingLog } from '../../support/recording-log.js';
import { RecordingMonitor } from '../../support/recording-monitor.js';
import { SimulatedClock } from '../../support/simulated-clock.js';

const [second, minute] = [1000, 60_000];
const never = new AbortController().signal;
const away = () => new UnavailableError('Microsoft is away.');
const wrongPassword = () => new SettingsError('Check the password.', { mayLock: true });
const noConsent = () => new SettingsError('Grant the permission.');
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
  const retryPolicy = new RetryPolicy({ clock, log, monitor });
  const fail = async (error: () => Error, times: number) => {
    for (let time = 0; time < times; time += 1) await retryPolicy.wait(error(), never);
  };
  return { retryPolicy, clock, log, monitor, waits, fail };
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
      'double from a minute to ten while a person must act and no account can get locked',
      noConsent,
      [1, 2, 4, 8, 10, 10].map((minutes) => minutes * 60),
    ],
    [
      'double from a minute to an hour while each try may lock an account',
      wrongPassword,
      [1, 2, 4, 8, 16, 32, 60, 60].map((minutes) => minutes * 60),
    ],
  ])('%s', async (_, error, expected) => {
    const { waits, fail } = patient();
    await fail(error, expected.length);
    expect(waits).toEqual(expected);
  });

  test('begin anew once it has worked', async () => {
    const { retryPolicy, waits, fail } = patient();
    await fail(away, 3);
    retryPolicy.restored();
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
    await fail(() => new UnavailableError('Too many requests.', { retryAfterMs: 600 * second }), 2);
    expect(waits).toEqual([600, 600]);
  });

  test('stay within their bound after any number of failures', () => {
    const waits = { firstMs: second, maxMs: minute };
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

  test('reads one critical line about a setting that is wrong, at once where nothing has worked yet, and errors after it', async () => {
    const { log, fail, monitor } = patient();
    await fail(wrongPassword, 3);
    const after = (minutes: number) =>
      `Check the password. Trying again in ${minutes} min; nothing is lost meanwhile. [MT-SETTINGS]`;
    expect(log.lines).toEqual([
      { level: 'critical', message: after(1) },
      { level: 'error', message: after(2) },
      { level: 'error', message: after(4) },
    ]);
    expect(monitor.statuses).toEqual(['misconfigured', 'misconfigured', 'misconfigured']);
  });

  test('reads warnings about two refusals after success, and a critical line about the third', async () => {
    const { retryPolicy, log, waits, monitor, fail } = patient();
    await retryPolicy.worked(never);
    await fail(wrongPassword, 5);
    expect(waits).toEqual([1, 2, 60, 120, 240]);
    expect(log.lines.map(({ level }) => level)).toEqual(['warning', 'warning', 'critical', 'error', 'error']);
    expect(monitor.statuses.slice(0, 3)).toEqual(['degraded', 'degraded', 'misconfigured']);
    expect(log.at('warning')[0]).toBe(
      'Check the password. It worked before, so this may pass: trying again in 1 s. [MT-SETTINGS]',
    );
  });

  test('reads the critical line after a minute’s wait too where refusals were asked again in place', async () => {
    const { retryPolicy, log, waits, fail } = patient();
    await retryPolicy.worked(never);
    await fail(() => new SettingsError('Check the password.', { mayLock: true, refusals: 2 }), 4);
    expect(waits).toEqual([1, 60, 120, 240]);
    expect(log.lines.map(({ level }) => level)).toEqual(['warning', 'critical', 'error', 'error']);
  });

  test('never reads a critical line about anything but settings, whatever fails and for how long', async () => {
    const failures = [away, diskFull, notReady];
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(2), { maxLength: 60 }), async (kinds) => {
        const { retryPolicy, log, monitor } = patient();
        for (const kind of kinds) await retryPolicy.wait(failures[kind]!(), never);
        expect(log.at('critical')).toEqual([]);
        expect(monitor.statuses).toEqual(kinds.map(() => 'degraded'));
      }),
    );
  });

  test('reads no critical line about refusals with a success between them', async () => {
    const { retryPolicy, log, waits, fail } = patient();
    for (let time = 0; time < 20; time += 1) {
      await retryPolicy.worked(never);
      await fail(wrongPassword, 2);
    }
    expect(log.at('critical')).toEqual([]);
    expect(waits.every((seconds) => seconds <= 2)).toBe(true);
  });

  test('reads a critical line at once where reading worked more than an hour ago', async () => {
    const { retryPolicy, clock, log, fail } = patient();
    await retryPolicy.worked(never);
    clock.work(60 * minute);
    await fail(wrongPassword, 1);
    expect(log.lines.map(({ level }) => level)).toEqual(['critical']);
  });

  test.each([
    ['a service', away],
    ['a data folder', diskFull],
  ])('reads one error about %s that has been away for five minutes, and warnings around it', async (_, error) => {
    const { log, fail } = patient();
    await fail(error, 14);
    expect(log.lines.map(({ level }) => level)).toEqual([
      ...Array.from({ length: 5 }, () => 'warning'),
      'error',
      ...Array.from({ length: 3 }, () => 'warning'),
    ]);
    expect(log.at('error')[0]).toMatch(/This has lasted 5 min\. .* \[MT-(UNAVAILABLE|STORAGE)\]$/);
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
    expect(log.lines.map(({ level }) => level)).toEqual(['warning', 'warning']);
  });

  test('is told once that it works again, and after how long; and nothing if it never failed', async () => {
    const { retryPolicy, log, fail } = patient();
    retryPolicy.restored();
    expect(log.lines).toEqual([]);
    await fail(away, 8);
    retryPolicy.restored();
    retryPolicy.restored();
    expect(log.at('info')).toEqual(['Reading works again after 4 min; what was missed is being read now.']);
  });

  test('is told of failures once a minute, however often it works in between', async () => {
    const { retryPolicy, log, fail } = patient();
    await fail(away, 1);
    retryPolicy.restored();
    await fail(away, 1);
    expect(log.at('warning')).toHaveLength(1);
  });
});

describe('a service that asks to be left alone', () => {
  const pausing = (retryAfterMs: number) => new UnavailableError('Microsoft is busy (HTTP 503).', { retryAfterMs });

  test('is reported at once, with the time of the next request, though the page is asked for again', () => {
    const { retryPolicy, log, monitor } = patient();
    retryPolicy.retrying(pausing(90 * second));
    const pause = 'It asks for a pause: the next request is made at 1970-01-01 00:01:30 UTC.';
    expect(monitor.troubles).toEqual([
      { matter: 'reading', status: 'degraded', reason: `Microsoft is busy (HTTP 503). ${pause}` },
    ]);
    expect(log.at('warning')).toEqual([`Microsoft is busy (HTTP 503). ${pause} Nothing is lost. [MT-UNAVAILABLE]`]);
    retryPolicy.answered();
    expect(monitor.recoveries).toEqual(['reading']);
  });

  test('for a moment is not, as Microsoft Graph does that all the time', () => {
    const { retryPolicy, monitor } = patient();
    retryPolicy.retrying(pausing(4_999));
    retryPolicy.answered();
    retryPolicy.retrying(pausing(4_999));
    expect(monitor.troubles).toEqual([]);
    retryPolicy.retrying(pausing(4_999));
    expect(monitor.statuses).toEqual(['degraded']);
  });

  test('is told to be over by a range that was read, not by a page, where a range has failed', async () => {
    const { retryPolicy, monitor, fail } = patient();
    await fail(() => pausing(5 * second), 1);
    retryPolicy.retrying(pausing(5 * second));
    retryPolicy.answered();
    expect(monitor.recoveries).toEqual([]);
    await retryPolicy.worked(never);
    expect(monitor.recoveries).toEqual(['reading']);
  });

  test('is asked again when it said, or later where failures before it ask for that', async () => {
    const { waits, monitor, fail } = patient();
    await fail(away, 4);
    await fail(() => pausing(6 * second), 1);
    expect(waits.at(-1)).toBe(16);
    expect(monitor.troubles.at(-1)?.reason).toContain('1970-01-01 00:00:31 UTC');
  });
});

test('the monitor hears of each trouble, and of each that is over', async () => {
  const { retryPolicy, monitor, fail } = patient();
  await fail(away, 1);
  await fail(diskFull, 1);
  await fail(notReady, 1);
  await fail(wrongPassword, 1);
  expect(monitor.troubles).toEqual([
    { matter: 'reading', status: 'degraded', reason: 'Microsoft is away.' },
    { matter: 'data folder', status: 'degraded', reason: 'The disk is full.' },
    { matter: 'reading', status: 'degraded', reason: 'The service principal is missing.' },
    { matter: 'sign-in', status: 'misconfigured', reason: 'Check the password.' },
  ]);
  await retryPolicy.retryUntilStored(() => Promise.resolve(), never);
  expect(monitor.recoveries).toEqual(['data folder']);
  retryPolicy.restored();
  expect(monitor.recoveries).toEqual(['data folder', 'reading', 'sign-in']);
});

test.each([new TypeError('a mistake of ours'), new RangeRefusedError('not to be waited out')])(
  'what is not to be waited out is thrown: %s',
  async (error) => {
    const { retryPolicy, waits } = patient();
    await expect(retryPolicy.wait(error, never)).rejects.toBe(error);
    expect(waits).toEqual([]);
  },
);

describe('an action on the data folder', () => {
  test('is repeated until it succeeds', async () => {
    const { retryPolicy, waits } = patient();
    let failures = 4;
    await retryPolicy.retryUntilStored(() => (failures-- > 0 ? Promise.reject(diskFull()) : Promise.resolve()), never);
    expect(waits).toEqual([1, 2, 4, 8]);
  });

  test('is given up when the run is aborted', async () => {
    const { retryPolicy, waits } = patient();
    const controller = new AbortController();
    const failing = () => {
      if (waits.length === 2) controller.abort();
      return Promise.reject(diskFull());
    };
    await expect(retryPolicy.retryUntilStored(failing, controller.signal)).rejects.toThrow(StorageError);
    expect(waits).toEqual([1, 2]);
  });

  test('is not repeated after a failure of another kind', async () => {
    const { retryPolicy, waits } = patient();
    const mistake = new TypeError('a mistake of ours');
    await expect(retryPolicy.retryUntilStored(() => Promise.reject(mistake), never)).rejects.toBe(mistake);
    expect(waits).toEqual([]);
  });
});

describe('refused credentials', () => {
  const stored = () => {
    const document = new MemoryDocument();
    const open = (credentials: string) => new SignInBackoff(document, credentials);
    return { document, open };
  };
  const restarted = (signIn: SignInBackoff, nowMs: number) => {
    const clock = new SimulatedClock(nowMs);
    const [log, monitor] = [new RecordingLog(), new RecordingMonitor()];
    return { clock, log, monitor, retryPolicy: new RetryPolicy({ clock, log, monitor, signIn }) };
  };

  test('are tried no sooner because the process was restarted, and the waits go on growing', async () => {
    const { open } = stored();
    const tries: number[] = [];
    let now = 0;
    for (let start = 0; start < 6; start += 1) {
      const { clock, retryPolicy, log, monitor } = restarted(open('hash'), now);
      await retryPolicy.resume(never);
      if (start > 0) {
        expect(log.at('warning')[0]).toContain(`(refusals in a row: ${start})`);
        expect(monitor.statuses).toEqual(['misconfigured']);
      }
      tries.push(clock.now() / minute);
      // Killed in the middle of the wait.
      const killed = new AbortController();
      clock.sleep = () => {
        killed.abort();
        return Promise.resolve();
      };
      await retryPolicy.wait(wrongPassword(), killed.signal);
      now = clock.now() + 5 * second;
    }
    expect(tries).toEqual([0, 1, 3, 7, 15, 31]);
  });

  test('that were changed are tried at once', async () => {
    const { open } = stored();
    await restarted(open('old'), 0).retryPolicy.wait(wrongPassword(), never);
    const { clock, retryPolicy, log } = restarted(open('new'), 1);
    await retryPolicy.resume(never);
    expect([clock.now(), log.lines]).toEqual([1, []]);
  });

  test('are forgotten once they work', async () => {
    const { open } = stored();
    const first = restarted(open('hash'), 0);
    await first.retryPolicy.wait(wrongPassword(), never);
    await first.retryPolicy.worked(never);
    const { clock, retryPolicy } = restarted(open('hash'), 1);
    await retryPolicy.resume(never);
    expect(clock.now()).toBe(1);
  });

  test('keep nobody waiting for longer than their number does, whatever the clock said when they were refused', async () => {
    const { open } = stored();
    await restarted(open('hash'), 1e12).retryPolicy.wait(wrongPassword(), never);
    const { clock, retryPolicy } = restarted(open('hash'), 0);
    await retryPolicy.resume(never);
    expect(clock.now()).toBe(minute);
  });

  test.each([
    {},
    { refusals: -1, next_try: 'x', credentials: 1 },
    { refusals: 1, next_try: '-271821', credentials: 'hash' },
  ])('in a document that is none are forgotten: %j', async (content) => {
    const { document, open } = stored();
    await document.write(content);
    const { clock, retryPolicy } = restarted(open('hash'), 5);
    await retryPolicy.resume(never);
    expect(clock.now()).toBe(5);
  });
});
