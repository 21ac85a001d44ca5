import { readFile } from 'node:fs/promises';
import { afterEach, expect, test } from '@jest/globals';
import { allArrivedOnce, day, minute, Scenario, second } from '../support/scenario.js';

const mebibyte = 1024 * 1024;

let scenario: Scenario;
afterEach(() => scenario.close());

/** The most memory that a process has held so far, in bytes (VmHWM; Linux only). */
async function peakResidentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

test.each(['an account on the Reporting Web Service', 'an application on Microsoft Graph'] as const)(
  'memory does not grow with the backlog: %s',
  async (signInScenario) => {
    const [third, backlog] = [400_000, 1_200_000];
    scenario = await Scenario.open({ signInScenario, seed: 7 });
    const now = Date.now();
    scenario.simulator.world.add({ rows: backlog, from: now - 10 * day, to: now });
    const { pid } = await scenario.start({ start_time: 241, frequency: 60 });
    const peakAt = async (rows: number) => {
      await scenario.intake.until(({ events }) => events >= rows, { withinMs: 600 * second });
      return peakResidentBytes(pid!);
    };
    // Of one process, as two of them differ by more than is looked for.
    const early = await peakAt(third);
    const late = await peakAt(backlog);
    process.stdout.write(
      `peak resident set, ${signInScenario}: ${(early / mebibyte).toFixed(0)} MiB after ${third} rows, ${(late / mebibyte).toFixed(0)} MiB after ${backlog}\n`,
    );
    expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
    // What is kept of each delivered row would be some 100 bytes, 80 MB here; what is kept of the whole backlog from
    // the start, 120 MB.
    expect(late - early).toBeLessThanOrEqual(20 * mebibyte);
    expect(late).toBeLessThan(200 * mebibyte);
  },
  15 * minute,
);
