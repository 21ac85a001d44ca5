import { expect, test } from '@jest/globals';
import { exitReport, wrongExits } from '../support/exits/exit-report.js';
import { runExits } from '../support/exits/run-exits.js';
import { minute } from '../support/scenario.js';

test(
  'told to stop at a few drawn moments, whatever hangs, the process ends within ten seconds; nothing is lost',
  async () => {
    const results = await runExits(7, 12);
    process.stdout.write(exitReport(results));
    expect(wrongExits(results.flatMap(({ records }) => records))).toEqual([]);
    expect(results.map(({ missing }) => missing)).toEqual(results.map(() => 0));
    expect(results.flatMap(({ repeated }) => [...repeated.keys()])).not.toContain('unexplained');
  },
  5 * minute,
);
