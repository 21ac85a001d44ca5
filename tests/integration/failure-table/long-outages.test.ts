import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Access } from '../../../src/sekoia/access.js';
import { accessByAccount } from '../../../src/sekoia/access-by-account.js';
import { application as applicationAdvice } from '../../../src/sekoia/guidance.js';
import { waitOn } from '../../support/fake-clock.js';
import { heapInUse, HoursOfCollecting } from '../../support/hours-of-collecting.js';
import { lives } from '../../support/lives.js';
import { expectNoHurry } from '../../support/log-entries.js';
import { allArrivedOnce, hour, minute, second } from '../../support/scenario.js';
import { account, application } from '../../support/sign-in-scenarios.js';

const accesses: Readonly<Record<string, Access>> = {
  'an account on the Reporting Web Service': accessByAccount({
    accountName: account.accountName,
    accountPassword: account.accountPassword,
    api: 'automatic',
  }),
  'an application on Microsoft Graph': {
    api: 'graph',
    credentials: {
      kind: 'token',
      tenant: application.tenantId,
      clientId: application.clientId,
      identity: { clientSecret: application.clientSecret },
    },
    organization: undefined,
    guidance: applicationAdvice.graph,
  },
};

const poll = minute;
/**
 * A report comes with a try, a minute after the last report or later; tries are up to a minute apart, and the clock may
 * move on during one.
 */
const maxSilence = 3 * minute;
const mebibyte = 1 << 20;

describe.each(lives(Object.keys(accesses), 1))('by the simulated clock, on the way of %s', (signInScenario) => {
  let life: HoursOfCollecting;
  let beginMs: number;
  beforeEach(async () => {
    life = await HoursOfCollecting.begin(accesses[signInScenario]!);
    beginMs = life.clock.trueMs;
    life.simulator.world.live({ rowsPerHour: 4000, from: beginMs - hour });
    waitOn(life.clock);
  });
  afterEach(async () => {
    await life.close();
  });

  const service = () => (accesses[signInScenario]!.api === 'graph' ? life.simulator.graph : life.simulator.server);
  const messagesAt = (level: string) => life.entries.filter((entry) => entry.level === level);

  /** The longest time between two warnings or errors from the first instant to the second, both ends included. */
  function maxSilenceMs(fromMs: number, untilMs: number): number {
    const reports = life.entries.filter(({ level }) => level === 'warning' || level === 'error');
    const within = reports.map(({ atMs }) => atMs).filter((atMs) => atMs > fromMs && atMs < untilMs);
    const times = [fromMs, ...within, untilMs];
    return Math.max(...times.slice(1).map((time, index) => time - (times[index] ?? time)));
  }

  /** Asserts that what was shown two polls ago is there, once, and that warnings came a minute apart. */
  async function expectAllOnce(): Promise<void> {
    const report = await life.audit(life.clock.trueMs - 2 * poll);
    // What came since then is unknown to an audit of that time.
    expect({ ...report, unknown: 0 }).toMatchObject(allArrivedOnce);
    expect(report.visible).toBeGreaterThan(6000);
    expectNoHurry(life.entries);
  }

  test('an intake that is away for 15 minutes costs nothing: reading waits, memory stays flat, health says so, and the next poll delivers [F-19]', async () => {
    const awayMs = beginMs + 30 * minute;
    const backMs = awayMs + 15 * minute;
    const heap: number[] = [];
    const health: number[] = [];
    const statuses: string[] = [];
    const asked: number[] = [];
    const note = () => {
      heap.push(heapInUse());
      health.push(life.health.liveness().status);
      statuses.push(life.health.status);
      asked.push(service().requests.totals.requests);
    };
    life.clock.at(awayMs, () => {
      note();
      life.intake.faults.startOutage('503');
    });
    life.clock.at(awayMs + 2 * minute, note);
    life.clock.at(backMs, () => {
      note();
      life.intake.faults.endOutage();
    });
    await life.live(hour);

    const [before, soon, atEnd] = heap as [number, number, number];
    expect(Math.max(soon, atEnd, heapInUse()) - before).toBeLessThan(16 * mebibyte);
    expect(health).toEqual([200, 200, 200]);
    expect(statuses).toEqual(['ok', 'degraded', 'degraded']);
    expect(life.health.status).toBe('ok');
    expect(asked[2]! - asked[1]!).toBe(0);
    expect(life.deliveries.filter((at) => at > awayMs + poll && at < backMs)).toEqual([]);
    expect(life.deliveries.find((at) => at >= backMs)).toBeLessThanOrEqual(backMs + poll);
    expect(maxSilenceMs(awayMs, backMs)).toBeLessThanOrEqual(maxSilence);
    expect(messagesAt('warning').length).toBeLessThanOrEqual(15);
    expect(messagesAt('error')).toEqual([
      expect.objectContaining({ message: expect.stringContaining('takes no events: it answered 503') }),
    ]);
    expect(messagesAt('critical')).toEqual([]);
    await expectAllOnce();
  });

  test('a Microsoft that is away for 10 minutes costs nothing: it is asked ever more rarely, a warning comes once a minute, and the next poll catches up [F-01]', async () => {
    const awayMs = beginMs + 30 * minute;
    const backMs = awayMs + 10 * minute;
    const heap: number[] = [];
    let asked = 0;
    life.clock.at(awayMs, () => {
      heap.push(heapInUse());
      asked = service().requests.totals.requests;
      service().faults.failAtRandom({
        share: 1,
        kinds: ['http-500', 'http-503', 'reset-before-answer', 'html-with-200'],
      });
    });
    let readAgainMs = Infinity;
    life.clock.at(backMs, () => {
      heap.push(heapInUse());
      asked = service().requests.totals.requests - asked;
      service().faults.clear();
      void service()
        .requests.next(({ result }) => result === 'page')
        .then(({ atMs }) => (readAgainMs = atMs));
    });
    await life.live(hour);

    expect(Math.max(...heap, heapInUse()) - heap[0]!).toBeLessThan(16 * mebibyte);
    expect(asked).toBeGreaterThan(5);
    expect(asked).toBeLessThan(100);
    expect(readAgainMs).toBeLessThanOrEqual(backMs + poll + second);
    expect(maxSilenceMs(awayMs, backMs)).toBeLessThanOrEqual(maxSilence);
    expect(messagesAt('warning').length).toBeLessThanOrEqual(11);
    expect(messagesAt('error')).toEqual([
      expect.objectContaining({ message: expect.stringContaining('This has lasted 5 min.') }),
    ]);
    expect(messagesAt('critical')).toEqual([]);
    await expectAllOnce();
  });

  test('queries that are all refused for 20 minutes are an outage: nothing is given up, and all is complete afterwards [F-09]', async () => {
    const awayMs = beginMs + 30 * minute;
    const backMs = awayMs + 20 * minute;
    life.clock.at(awayMs, () => service().faults.failNext('http-400', Infinity));
    life.clock.at(backMs, () => service().faults.clear());
    await life.live(2 * hour);

    expect(messagesAt('error')).toEqual([
      expect.objectContaining({
        message: expect.stringMatching(
          /refused the query \(HTTP 400: .*It refuses unrelated time as well.*This has lasted 5 min\..*\[MT-UNAVAILABLE\]$/,
        ),
      }),
    ]);
    expect(messagesAt('critical')).toEqual([]);
    await expectAllOnce();
  });
});
