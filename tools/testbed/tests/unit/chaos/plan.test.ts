import { describe, expect, test } from '@jest/globals';
import { graphFaults, INTAKE_FAULTS, reportingFaults, tokenFaults } from '../../../src/index.js';
import { catalogueOf } from '../../../src/chaos/plan/catalogue.js';
import { makePlan, MAX_OFFSET_MS, TRUCE_MS } from '../../../src/chaos/plan/plan.js';
import {
  describeStep,
  INTAKE_MANNERS,
  type Side,
  SIDES,
  type Step,
  STEP_KINDS,
} from '../../../src/chaos/plan/steps.js';

const HOUR_MS = 3_600_000;
const APIS = ['graph', 'reporting_web_service'] as const;
const stepsOf = (seed: number, durationMs = HOUR_MS): Step[] =>
  makePlan(seed, durationMs, catalogueOf('graph')).steps.map(({ step }) => step);
const ofKind = <Kind extends Step['kind']>(steps: readonly Step[], kind: Kind) =>
  steps.filter((step): step is Extract<Step, { kind: Kind }> => step.kind === kind);

describe('a plan', () => {
  test('is the same for the same seed, and another for another', () => {
    expect(stepsOf(7)).toEqual(stepsOf(7));
    expect(stepsOf(7)).not.toEqual(stepsOf(8));
  });

  test('begins the same however long it is', () => {
    const [short, long] = [HOUR_MS / 2, HOUR_MS].map((durationMs) => makePlan(7, durationMs, catalogueOf('graph')));
    const lasting = ({ atMs }: { atMs: number }) => atMs < HOUR_MS / 2 - 200_000;
    expect(short!.steps.filter(lasting)).toEqual(long!.steps.filter(lasting));
  });

  test('is in the order of time', () => {
    const times = makePlan(7, HOUR_MS, catalogueOf('graph')).steps.map(({ atMs }) => atMs);
    expect(times).toEqual([...times].sort((one, other) => one - other));
  });

  test.each([1, 2, 3])('holds nothing that begins or lasts beyond its end (seed %i)', (seed) => {
    const durationMs = 120_000;
    for (const { atMs, step } of makePlan(seed, durationMs, catalogueOf('graph')).steps) {
      expect(atMs).toBeLessThan(durationMs);
      if ('forMs' in step) expect(atMs + step.forMs).toBeLessThanOrEqual(durationMs);
    }
  });

  test('stays within its bounds', () => {
    const steps = stepsOf(1, 3 * HOUR_MS);
    for (const { share, faults } of ofKind(steps, 'weather')) {
      expect(share).toBeLessThanOrEqual(0.6);
      expect(faults.length > 0).toBe(share > 0);
    }
    for (const { forMs } of ofKind(steps, 'outage').slice(0, -1)) {
      expect(forMs).toBeLessThanOrEqual(40_000);
    }
    for (const { offsetMs } of ofKind(steps, 'clock-jump'))
      expect(Math.abs(offsetMs)).toBeLessThanOrEqual(MAX_OFFSET_MS);
    expect(ofKind(steps, 'clock-jump').some(({ offsetMs }) => offsetMs < 0)).toBe(true);
    expect(ofKind(steps, 'refusals').every(({ share }) => share > 0 && share < 0.01)).toBe(true);
  });

  test('leaves a minute between faults that are waited out for minutes', () => {
    const times = makePlan(1, 10 * HOUR_MS, catalogueOf('graph'))
      .steps.filter(({ step }) => step.kind === 'dear-fault')
      .map(({ atMs }) => atMs);
    const gaps = times.slice(1).map((atMs, index) => atMs - times[index]!);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(60_000);
  });

  test('kills with either signal, patiently or not, also twice in quick succession, and starts with wrong clocks', () => {
    const kills = makePlan(1, HOUR_MS, catalogueOf('graph')).steps.flatMap(({ atMs, step }) =>
      step.kind === 'kill' ? [{ atMs, ...step }] : [],
    );
    expect(new Set(kills.map(({ signal }) => signal))).toEqual(new Set(['SIGKILL', 'SIGTERM']));
    expect(kills.some(({ killAfterMs }) => killAfterMs <= 2000)).toBe(true);
    expect(kills.some(({ clockOffMs }) => clockOffMs > 0) && kills.some(({ clockOffMs }) => clockOffMs < 0)).toBe(true);
    expect(kills.some(({ clockOffMs }) => clockOffMs === 0)).toBe(true);
    const isSoonAgain = kills
      .slice(1)
      .map(({ atMs }, index) => atMs - kills[index]!.atMs - kills[index]!.downMs <= 2500);
    expect(isSoonAgain).toContain(true);
    expect(isSoonAgain).toContain(false);
  });

  test.each(APIS)('comes to every kind of fault that the catalogue of %s holds', (api) => {
    const catalogue = catalogueOf(api);
    const steps = makePlan(1, 100 * HOUR_MS, catalogue).steps.map(({ step }) => step);
    const met = Object.fromEntries(SIDES.map((side) => [side, new Set<string>()])) as Record<Side, Set<string>>;
    for (const { side, faults } of ofKind(steps, 'weather')) for (const fault of faults) met[side].add(fault);
    for (const { side, fault } of ofKind(steps, 'dear-fault')) met[side].add(fault);
    for (const side of SIDES) expect(met[side]).toEqual(new Set([...catalogue[side].passing, ...catalogue[side].dear]));
    const manners = ofKind(steps, 'intake-answers').map(({ manner }) => manner);
    expect(new Set(manners)).toEqual(new Set(INTAKE_MANNERS));
    const away = ofKind(steps, 'outage').map(({ of, fault }) => `${of} ${fault}`);
    const outages = Object.entries(catalogue.outages).flatMap(([of, faults]) =>
      faults.map((fault) => `${of} ${fault}`),
    );
    expect(new Set(away)).toEqual(new Set(outages));
  });
});

test('in each ten minutes of a plan there are two in which nothing fails or begins', () => {
  const cycleMs = 600_000;
  const { steps } = makePlan(3, HOUR_MS, catalogueOf('graph'));
  const inTruce = ({ atMs }: { atMs: number }) => atMs % cycleMs >= cycleMs - TRUCE_MS;
  for (const { step } of steps.filter(inTruce)) expect(step).toMatchObject({ kind: 'weather', share: 0 });
  expect(steps.filter(inTruce)).toHaveLength((HOUR_MS / cycleMs) * SIDES.length);
  for (const timed of steps)
    if ('forMs' in timed.step && !inTruce(timed))
      expect((timed.atMs % cycleMs) + timed.step.forMs).toBeLessThanOrEqual(cycleMs - TRUCE_MS);
});

describe('the catalogue', () => {
  const kindsOf = (api: (typeof APIS)[number], side: Side) => {
    const { passing, dear } = catalogueOf(api)[side];
    return [...passing, ...dear].sort();
  };

  test('holds every kind that the stand-ins have, but for the missing service principal', () => {
    const onGraph = graphFaults.filter((kind) => kind !== 'service-principal-less');
    expect(kindsOf('graph', 'api')).toEqual([...onGraph].sort());
    expect(kindsOf('reporting_web_service', 'api')).toEqual([...reportingFaults].sort());
    expect(kindsOf('graph', 'tokens')).toEqual([...tokenFaults].sort());
    expect(kindsOf('graph', 'intake')).toEqual([...INTAKE_FAULTS].sort());
  });

  test('takes a 401 for passing where there is a token to renew, and for dear where there is none', () => {
    expect(catalogueOf('graph').api.passing).toContain('http-401');
    expect(catalogueOf('reporting_web_service').api.dear).toContain('http-401');
  });
});

test('each kind of step is described by what is particular about it', () => {
  const descriptions = new Map(stepsOf(1).map((step) => [step.kind, describeStep(step)]));
  expect([...descriptions.keys()].sort()).toEqual([...STEP_KINDS].sort());
  expect(describeStep({ kind: 'outage', of: 'intake', fault: '503', forMs: 5000 })).toBe(
    'intake: away for 5000 ms with 503',
  );
});
