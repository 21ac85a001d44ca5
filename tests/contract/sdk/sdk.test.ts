import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ACCEPTED } from './accepted-differences.js';
import { SCENARIOS } from './scenarios.js';
import { acceptedBy, compare, tableOf, type Comparison } from './support/compare.js';
import { fieldsOf } from './support/fields.js';
import { observe, pythonWithSdk } from './support/probe.js';

const INSTALL_MS = 600_000;
const SCENARIO_MS = 300_000;
const comparisons: Comparison[] = [];

beforeAll(async () => {
  await pythonWithSdk();
}, INSTALL_MS);

afterAll(() => {
  process.stdout.write(`\n${tableOf(comparisons, ACCEPTED)}\n\n`);
});

describe('the shim does what Sekoia’s SDK does, but for accepted differences', () => {
  test.each(SCENARIOS)(
    '$name',
    async (scenario) => {
      const [sdk, shim] = await Promise.all([observe('sdk', scenario), observe('shim', scenario)]);
      const comparison = compare(scenario.name, fieldsOf(sdk), fieldsOf(shim));
      comparisons.push(comparison);
      expect(comparison.differences.filter((each) => acceptedBy(each, ACCEPTED) === undefined)).toEqual([]);
    },
    SCENARIO_MS,
  );

  test('every accepted difference occurs', () => {
    const differences = comparisons.flatMap((each) => each.differences);
    const occurring = new Set(differences.map((each) => acceptedBy(each, ACCEPTED)));
    expect(ACCEPTED.filter((entry) => entry.comesWith === undefined && !occurring.has(entry))).toEqual([]);
  });
});
