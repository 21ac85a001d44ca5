import { expect, test } from '@jest/globals';
import { exitReport, wrongExits } from '../support/exits/exit-report.js';
import { runExits } from '../support/exits/run-exits.js';
import { minute } from '../support/scenario.js';

const seed = Number(process.env['EXITS_SEED'] ?? 1);
const exits = Number(process.env['EXITS'] ?? 200);

test(
  'told to stop at 200 drawn moments, whatever hangs, the process ends within ten seconds; nothing is lost, and only what was in flight comes again',
  async () => {
    const results = await runExits(seed, exits);
    process.stdout.write(`Seed ${seed}: ${exitReport(results)}`);
    const records = results.flatMap((result) => result.records);
    expect(records.length).toBeGreaterThanOrEqual(exits);
    expect(wrongExits(records)).toEqual([]);
    expect(results.map(({ missing }) => missing)).toEqual(results.map(() => 0));
    expect(results.flatMap(({ repeated }) => [...repeated.keys()])).not.toContain('unexplained');
  },
  40 * minute,
);
