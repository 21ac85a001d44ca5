import { describe, expect, test } from '@jest/globals';
import type { Side, Step } from '../../../src/chaos/plan/steps.js';
import { StatusWatch, type Violation } from '../../../src/chaos/status/status-watch.js';
import { troubleOf } from '../../../src/chaos/status/oracle.js';

function watchAt() {
  const world = { nowMs: 0, requests: { api: 0, tokens: 0, intake: 0, logs: 0 } as Record<Side, number> };
  const began: Violation[] = [];
  const watch = new StatusWatch(
    () => world.nowMs,
    (side) => world.requests[side],
    (violation) => began.push(violation),
  );
  const see = (atMs: number, status: string, reasons: unknown[] = []) => {
    world.nowMs = atMs;
    watch.see({ process: 1, startedMs: 0, body: { status, reasons } });
  };
  return { world, began, watch, see };
}
const outage: Step = { kind: 'outage', of: 'intake', fault: '503', forMs: 20_000 };

describe('the watch of the status', () => {
  test('waits until a request has met with an outage, then expects it to be told', () => {
    const { world, watch, see } = watchAt();
    world.nowMs = 100_000;
    const end = watch.begin(troubleOf(outage)!);
    see(110_000, 'ok');
    expect(watch.violations).toEqual([]);
    // One was on its way when it began.
    world.requests.intake += 1;
    see(110_500, 'ok');
    world.requests.intake += 1;
    see(111_000, 'ok');
    for (const second of [113, 115, 117, 119, 121]) see(second * 1000, 'ok');
    expect(watch.violations).toEqual([]);
    see(122_000, 'ok');
    see(123_000, 'ok');
    expect(watch.violations).toMatchObject([{ fromMs: 122_000, untilMs: 123_000, looks: 2, process: 1 }]);
    world.nowMs = 124_000;
    end();
    see(125_000, 'ok');
    expect(watch.violations).toHaveLength(1);
    expect([...watch.looks.values()].reduce((sum, count) => sum + count, 0)).toBe(11);
  });

  test('judges nobody for some seconds after a look that came late', () => {
    const { world, watch, see } = watchAt();
    see(50_000, 'ok');
    world.nowMs = 50_000;
    watch.begin(troubleOf({ kind: 'hanging-folder', forMs: 60_000 })!);
    for (let atMs = 51_000; atMs <= 78_000; atMs += 1000) see(atMs, 'degraded');
    see(84_000, 'ok');
    see(86_000, 'ok');
    expect(watch.violations).toEqual([]);
    for (let atMs = 88_000; atMs <= 96_000; atMs += 2000) see(atMs, 'ok');
    expect(watch.violations).toMatchObject([{ fromMs: 94_000, untilMs: 96_000 }]);
  });

  test('waits until a process that was started meanwhile meets with the outage by itself', () => {
    const { world, watch, see } = watchAt();
    watch.begin(troubleOf(outage)!);
    world.requests.intake += 2;
    see(1000, 'ok');
    for (let atMs = 2000; atMs < 20_000; atMs += 1000) {
      world.nowMs = atMs;
      watch.see({ process: 2, startedMs: 2000, body: { status: 'ok' } });
    }
    expect(watch.violations).toEqual([]);
    expect(watch.isSettled).toBe(true);
    world.requests.intake += 2;
    for (let atMs = 20_000; atMs <= 31_000; atMs += 1000) {
      world.nowMs = atMs;
      watch.see({ process: 2, startedMs: 2000, body: { status: 'ok' } });
    }
    expect(watch.violations).toMatchObject([{ fromMs: 31_000, process: 2 }]);
  });

  test('tells of a violation when it begins, with what failed and the reasons', () => {
    const { began, watch, see } = watchAt();
    watch.begin(troubleOf({ kind: 'full-disk', forMs: 1000, fileBytes: 0 })!);
    see(1000, 'misconfigured', [{ matter: 'reading', reason: 'x' }]);
    expect(began).toMatchObject([{ troubles: ['disk: full'], reasons: '[{"matter":"reading","reason":"x"}]' }]);
  });

  test('is settled by a status that is ok, or that had to be', () => {
    const { watch, see } = watchAt();
    expect(watch.isSettled).toBe(false);
    const end = watch.begin(troubleOf({ kind: 'outage', of: 'api', fault: 'http-400', forMs: 1 })!);
    see(21_000, 'degraded');
    end();
    see(23_000, 'degraded');
    expect(watch.isSettled).toBe(false);
    // Past the longest wait for settings that look wrong.
    const setAside = [{ matter: 'set aside' }];
    for (let atMs = 25_000; atMs < 240_000; atMs += 2000) see(atMs, 'degraded', setAside);
    expect(watch.isSettled).toBe(true);
    expect(watch.violations).toEqual([]);
    see(241_000, 'degraded', [{ matter: 'reading' }]);
    expect(watch.violations).toHaveLength(1);
  });

  test('takes no answer for a violation', () => {
    const { watch } = watchAt();
    watch.see({ process: 1, startedMs: 0, body: undefined });
    expect(watch.violations).toMatchObject([{ what: '/health did not answer' }]);
  });
});

describe('what a step does to the status', () => {
  test.each<[Step, object | undefined]>([
    [{ kind: 'weather', side: 'logs', share: 0.5, faults: ['503'], seed: 1 }, undefined],
    [{ kind: 'weather', side: 'api', share: 0, faults: [], seed: 1 }, undefined],
    [
      { kind: 'weather', side: 'api', share: 0.5, faults: ['http-503'], seed: 1 },
      { extent: 'passing', looksLikeSettings: false },
    ],
    [{ kind: 'weather', side: 'api', share: 0.5, faults: ['http-401'], seed: 1 }, { looksLikeSettings: true }],
    [{ kind: 'dear-fault', side: 'tokens', fault: 'aadsts-50126' }, { looksLikeSettings: true }],
    [
      { kind: 'outage', of: 'api', fault: 'http-400', forMs: 1 },
      { extent: 'total', at: ['api'], setsTimeAside: true },
    ],
    [{ kind: 'outage', of: 'api', fault: 'link-to-another-host', forMs: 1 }, { extent: 'passing' }],
    [
      { kind: 'outage', of: 'microsoft', fault: 'http-500', forMs: 1 },
      { extent: 'total', at: ['api', 'tokens'] },
    ],
    [
      { kind: 'intake-answers', manner: 'no-ids', forMs: 1 },
      { extent: 'total', at: ['intake'] },
    ],
    [{ kind: 'intake-answers', manner: 'half-the-ids', forMs: 1 }, { extent: 'passing' }],
    [
      { kind: 'hanging-folder', forMs: 1 },
      { extent: 'total', at: [] },
    ],
    [{ kind: 'kill', signal: 'SIGTERM', killAfterMs: 1, downMs: 1, clockOffMs: 0 }, undefined],
  ])('%j', (step, expected) => {
    if (expected === undefined) expect(troubleOf(step)).toBeUndefined();
    else expect(troubleOf(step)).toMatchObject(expected);
  });
});
