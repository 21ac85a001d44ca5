import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { assess, type Facts, type Problem } from '../../src/status.js';

const [second, minute, hour] = [1_000, 60_000, 3_600_000];
const NOW = Date.parse('2026-03-01T12:00:00Z');

/** A module that works: the last piece of work was completed a second ago. */
const fine: Facts = {
  nowMs: NOW,
  problems: new Map(),
  hasWorked: true,
  workedMs: NOW - second,
  workEveryMs: minute,
  mayBeQuietMs: 6 * hour,
  mayBeWithoutHeartbeatMs: Infinity,
  hangsAtMs: NOW + 2 * hour,
};
const since = NOW - minute;
const degraded: Problem = { status: 'degraded', reason: 'It may pass.', sinceMs: since };
const misconfigured: Problem = { status: 'misconfigured', reason: 'A person must act.', sinceMs: since };
const about = (problems: Record<string, Problem>): Partial<Facts> => ({ problems: new Map(Object.entries(problems)) });

describe('the status that follows from the facts', () => {
  test.each<[string, Partial<Facts>, 'ok' | 'degraded' | 'misconfigured', boolean, boolean, string[]]>([
    // what is known, status, is alive, is ready, matters of the reasons
    ['everything works', {}, 'ok', true, true, []],
    ['nothing was done yet', { hasWorked: false }, 'ok', true, false, []],
    ['a setting is wrong', about({ configuration: misconfigured }), 'misconfigured', true, false, ['configuration']],
    ['the data folder is full', about({ 'data folder': degraded }), 'degraded', true, false, ['data folder']],
    ['the intake takes nothing', about({ intake: degraded }), 'degraded', true, false, ['intake']],
    ['the intake key is wrong', about({ intake: misconfigured }), 'misconfigured', true, false, ['intake']],
    ['nothing can be read', about({ reading: degraded }), 'degraded', true, false, ['reading']],
    ['requests lead to nothing', about({ requests: degraded }), 'degraded', true, false, ['requests']],
    ['a sign-in was refused once', about({ 'sign-in': degraded }), 'degraded', true, false, ['sign-in']],
    ['the credentials are wrong', about({ 'sign-in': misconfigured }), 'misconfigured', true, false, ['sign-in']],
    ['some time is set aside', about({ 'set aside': degraded }), 'degraded', true, false, ['set aside']],
    [
      'the worst of several problems counts',
      about({ reading: degraded, 'sign-in': misconfigured, intake: degraded }),
      'misconfigured',
      true,
      false,
      ['reading', 'sign-in', 'intake'],
    ],
    ['two intervals and a minute of silence are near', { workedMs: NOW - 3 * minute + 1 }, 'ok', true, true, []],
    ['they are over', { workedMs: NOW - 3 * minute }, 'degraded', true, false, ['progress']],
    [
      'silence has a cause that is known',
      { workedMs: NOW - hour, ...about({ reading: degraded }) },
      'degraded',
      true,
      false,
      ['reading'],
    ],
    ['no interval is known', { workedMs: NOW - hour, workEveryMs: Infinity }, 'ok', true, true, []],
    ['nothing for six hours', { workedMs: NOW - 6 * hour }, 'degraded', false, false, ['liveness']],
    [
      'no heartbeat for its threshold',
      { workedMs: NOW - minute, mayBeWithoutHeartbeatMs: minute },
      'degraded',
      false,
      false,
      ['liveness'],
    ],
    ['the loop hangs', { hangsAtMs: NOW }, 'degraded', false, false, ['liveness']],
    [
      'a wrong setting does not hide that the loop hangs',
      { hangsAtMs: NOW, ...about({ configuration: misconfigured }) },
      'misconfigured',
      false,
      false,
      ['configuration', 'liveness'],
    ],
  ])('%s', (_facts, facts, status, isAlive, isReady, matters) => {
    const assessment = assess({ ...fine, ...facts });
    expect(assessment).toMatchObject({ status, isAlive, isReady });
    expect(assessment.reasons.map(({ matter }) => matter)).toEqual(matters);
    for (const { reason } of assessment.reasons) expect(reason).toMatch(/\.$/);
  });

  const anyProblem = fc.record({
    status: fc.constantFrom<Problem['status']>('degraded', 'misconfigured'),
    reason: fc.string(),
    sinceMs: fc.integer(),
  });
  const anyMs = fc.oneof(fc.integer({ min: 0, max: 1e13 }), fc.constant(Infinity));
  const anyFacts: fc.Arbitrary<Facts> = fc.record({
    nowMs: fc.integer({ min: 0, max: 1e13 }),
    problems: fc.dictionary(fc.string(), anyProblem).map((problems) => new Map(Object.entries(problems))),
    hasWorked: fc.boolean(),
    workedMs: fc.integer({ min: 0, max: 1e13 }),
    workEveryMs: anyMs,
    mayBeQuietMs: anyMs,
    mayBeWithoutHeartbeatMs: anyMs,
    hangsAtMs: anyMs,
  });

  test('is ok where there is no reason, and nowhere else; no problem is left out', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const { status, reasons, isAlive, isReady } = assess(facts);
        expect(status === 'ok').toBe(reasons.length === 0);
        expect(status === 'misconfigured').toBe(reasons.some((reason) => reason.status === 'misconfigured'));
        for (const [matter, problem] of facts.problems) expect(reasons).toContainEqual({ matter, ...problem });
        if (isReady) expect([status, isAlive]).toEqual(['ok', true]);
      }),
    );
  });
});
