import { describe, expect, test } from '@jest/globals';
import { StoreError } from '../../src/data/data-store.js';
import { ConfigurationError, SendEventError, UndeliveredError } from '../../src/errors.js';
import { Health } from '../../src/health.js';
import { keepTrying } from '../../src/retry.js';
import { Cleanup } from '../../src/module/shutdown.js';
import { isHopeless, supervise } from '../../src/module/supervise.js';
import { sleep, untilAborted } from '../../src/time.js';
import { recordedLog } from '../support/recorded-log.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

function setUp(now: () => number = Date.now) {
  const recorded = recordedLog();
  const { redactor } = recorded;
  const health = new Health({ redactor, secondsWithoutEvents: 0, lastHeartbeatThreshold: 0, now });
  const stop = new AbortController();
  const supervision = { log: recorded.log, health, stopping: stop.signal, backoff: { firstMs: 1, maxMs: 2 } };
  return { recorded, health, stop, supervision };
}

describe('supervision', () => {
  test('run() is called again after every failure and after an end of its own, until stop', async () => {
    const { recorded, health, stop, supervision } = setUp();
    let runs = 0;
    const clean = await supervise(async () => {
      runs += 1;
      if (runs === 1) throw new Error('broken');
      if (runs === 2) return;
      stop.abort();
      await untilAborted(stop.signal);
    }, supervision);
    expect([clean, runs]).toEqual([true, 3]);
    expect(recorded.at('error')).toHaveLength(2);
    expect(JSON.parse(health.liveness().body)).toMatchObject({ error_count: 2 });
  });

  test('a failure after a long good run starts the waits anew', async () => {
    const { stop, supervision } = setUp();
    let runs = 0;
    let nowMs = 0;
    await supervise(
      () => {
        runs += 1;
        nowMs += 300_000;
        if (runs === 40) stop.abort();
        return Promise.reject(new Error('broken'));
      },
      // Without the reset, forty failures would wait for hours.
      { ...supervision, now: () => nowMs, backoff: { firstMs: 0.001, maxMs: 3_600_000 } },
    );
    expect(runs).toBe(40);
  });

  test('work that ends because of the stop is no failure, anything else is', async () => {
    for (const [thrown, errors] of [
      [new UndeliveredError({ from: 0, to: 1 }, undefined), 0],
      [Object.assign(new Error('stopped'), { name: 'AbortError' }), 0],
      [new Error('broken'), 1],
    ] as const) {
      const { recorded, stop, supervision } = setUp();
      await supervise(() => {
        stop.abort();
        return Promise.reject(thrown);
      }, supervision);
      expect(recorded.at('error')).toHaveLength(errors);
    }
  });

  test('a configuration error is one critical entry, and the module stays alive and waits', async () => {
    const { recorded, health, stop, supervision } = setUp();
    let runs = 0;
    const supervised = supervise(() => {
      runs += 1;
      setImmediate(() => stop.abort());
      return Promise.reject(new ConfigurationError('"x" is wrong. Correct it.'));
    }, supervision);
    expect(await supervised).toBe(true);
    expect(runs).toBe(1);
    expect(recorded.at('critical')).toEqual(['Configuration error: "x" is wrong. Correct it. [SDK-CONFIGURATION]']);
    expect(health.liveness().status).toBe(200);
    expect(health.status).toBe('misconfigured');
    expect(health.liveness().body).not.toContain('SDK-');
  });

  test('failures of the platform and its storage do not count, refusals of the platform do', async () => {
    const thrown = [
      new SendEventError('down', 503),
      new SendEventError('unreachable', undefined),
      new StoreError('full'),
      new SendEventError('refused', 404),
    ];
    const { recorded, health, stop, supervision } = setUp();
    await supervise(() => {
      const next = thrown.shift();
      if (next === undefined) stop.abort();
      return Promise.reject(next ?? new UndeliveredError({ from: 0, to: 1 }, undefined));
    }, supervision);
    expect(recorded.at('error')).toHaveLength(4);
    expect(health.record().errorCount).toBe(1);
  });

  test('a trigger that fails for long is told once as critical, and again only after events in between', async () => {
    let nowMs = 0;
    const { recorded, health, stop, supervision } = setUp(() => nowMs);
    let runs = 0;
    const criticals: number[] = [];
    await supervise(
      () => {
        criticals.push(recorded.at('critical').length);
        runs += 1;
        nowMs += 10 * MINUTE_MS;
        if (runs === 10) health.eventsDelivered();
        if (runs === 20) stop.abort();
        return Promise.reject(new Error(`broken ${runs}`));
      },
      { ...supervision, now: () => nowMs },
    );
    // By the fifth run, 50 minutes have gone by without events; after the tenth, it takes until the fourteenth again.
    expect(criticals).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2]);
    expect(recorded.at('critical')[0]).toContain(
      'failed 5 times in a row, and no events were delivered for 50 minutes',
    );
  });

  test.each([
    // errors, life, without events, hopeless
    [4, DAY_MS, DAY_MS, false],
    [5, DAY_MS, DAY_MS, true],
    [5, 30 * MINUTE_MS - 1, 30 * MINUTE_MS - 1, false],
    [5, 30 * MINUTE_MS, 30 * MINUTE_MS, true],
    [5, HOUR_MS, 12 * MINUTE_MS - 1, false],
    [5, HOUR_MS, 12 * MINUTE_MS, true],
    [99, 5 * DAY_MS, DAY_MS - 1, false],
    [5, 5 * DAY_MS, DAY_MS, true],
    [5, 365 * DAY_MS, DAY_MS, true],
  ])('%i errors in a life of %i ms, %i ms of it without events: hopeless is %s', (errors, alive, silent, hopeless) => {
    expect(isHopeless({ errorCount: errors, aliveMs: alive, withoutEventsMs: silent })).toBe(hopeless);
  });

  test.each([
    [true, 'Its data folder does not answer.'],
    [false, 'Please report it.'],
  ])('a run() that hangs is left after the grace; it waits for its data folder: %s', async (isBusy, why) => {
    const { recorded, stop, supervision } = setUp();
    const hanging = { ...supervision, graceMs: 10, isStorageBusy: () => isBusy };
    const supervised = supervise(() => new Promise(() => undefined), hanging);
    stop.abort();
    expect(await supervised).toBe(false);
    expect(recorded.at('error')).toEqual([`The trigger did not stop within 0.01 s and is ended. ${why}`]);
  });
});

test('an aborted sleep ends early and does not throw', async () => {
  const stop = new AbortController();
  const sleeping = sleep(3_600_000, stop.signal);
  stop.abort();
  await sleeping;
  await sleep(3_600_000, stop.signal);
});

test('trying goes on until success, and ends with the stop or with what onFailure throws', async () => {
  const stop = new AbortController();
  const backoff = { firstMs: 1, maxMs: 1 };
  let tries = 0;
  const attempt = () => (++tries < 3 ? Promise.reject(new Error('no')) : Promise.resolve('yes'));
  expect(await keepTrying(attempt, { signal: stop.signal, onFailure: () => undefined, backoff })).toBe('yes');
  const failing = () => Promise.reject<string>(new Error('no'));
  const stopNow = () => stop.abort();
  const fatal = (error: unknown) => {
    throw error;
  };
  await expect(keepTrying(failing, { signal: stop.signal, onFailure: fatal, backoff })).rejects.toThrow('no');
  expect(await keepTrying(failing, { signal: stop.signal, onFailure: stopNow, backoff })).toBeUndefined();
});

test('what was opened last is closed first, each even where another one fails', async () => {
  const { log, at } = recordedLog();
  const cleanup = new Cleanup(log);
  const closed: number[] = [];
  cleanup.push(() => void closed.push(1));
  cleanup.push(() => Promise.reject(new Error('stuck')));
  cleanup.push(() => void closed.push(3));
  await cleanup.closeAll();
  expect(closed).toEqual([3, 1]);
  expect(at('error')[0]).toContain('stuck');
});
