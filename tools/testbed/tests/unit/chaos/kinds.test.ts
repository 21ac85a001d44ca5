import { describe, expect, test } from '@jest/globals';
import { catalogueOf, kindsOf } from '../../../src/chaos/plan/catalogue.js';
import { choose, unknownNames } from '../../../src/chaos/plan/steps.js';
import { makePlan } from '../../../src/chaos/plan/plan.js';

const HOUR_MS = 3_600_000;
const planOf = (only: string[], without: string[]) =>
  makePlan(1, 5 * HOUR_MS, catalogueOf('graph', choose(only, without))).steps.map(({ step }) => step);

describe('kinds', () => {
  test('are all on by default; a name stands for those that begin with it, too', () => {
    expect(choose([], [])('http-500')).toBe(true);
    expect(choose([], ['echo'])('echo-html')).toBe(false);
    expect(choose([], ['echo'])('echoes')).toBe(true);
    expect(choose(['weather', 'http-500'], [])('http-500')).toBe(true);
    expect(choose(['weather', 'http-500'], [])('http-502')).toBe(false);
  });

  test('that are left out do not occur, and the others do', () => {
    const steps = planOf([], ['wrong-dates', 'no-ids', 'echo', 'json-bomb', 'aadsts-50126']);
    const text = JSON.stringify(steps);
    for (const kind of ['wrong-dates', 'no-ids', 'echo-plain', 'json-bomb-keys', 'aadsts-50126'])
      expect(text).not.toContain(`"${kind}"`);
    for (const kind of ['hanging-folder', 'half-the-ids', 'echo-request', 'http-500', 'aadsts-50053'])
      expect(text.includes(`"${kind}"`)).toBe(kind !== 'echo-request');
  });

  test('that alone are wanted are alone', () => {
    const steps = planOf(['kill', 'wrong-dates'], []);
    expect(new Set(steps.map(({ kind }) => kind))).toEqual(new Set(['kill', 'wrong-dates', 'weather']));
    for (const step of steps) if (step.kind === 'weather') expect(step.share).toBe(0);
  });

  test('that do not exist are found out', () => {
    expect(unknownNames(['echo', 'aadsts', 'kill', 'kil'], kindsOf(catalogueOf('graph')))).toEqual(['kil']);
  });
});
