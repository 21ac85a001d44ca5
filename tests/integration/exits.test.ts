import { expect, test } from '@jest/globals';
import { exitReport, wrongExits } from '../support/exits/exit-report.js';
import { runExits } from '../support/exits/run-exits.js';
import { lives } from '../support/lives.js';
import { minute } from '../support/scenario.js';

test.each(lives([4, 12]))(
  'told to stop at %i drawn moments, whatever hangs, the process ends within ten seconds; nothing is lost',
  async (drawn) => {
    const results = await runExits(7, drawn);
    process.stdout.write(exitReport(results));
    expect(wrongExits(results.flatMap(({ records }) => records))).toEqual([]);
    expect(results.map(({ missing }) => missing)).toEqual(results.map(() => 0));
    expect(results.flatMap(({ repeated }) => [...repeated.keys()])).not.toContain('unexplained');
  },
  5 * minute,
);
