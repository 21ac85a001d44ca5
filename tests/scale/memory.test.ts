import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { allArrivedOnce, day, minute, Scenario, second } from '../support/scenario.js';
import type { WayName } from '../support/ways.js';

const mebibyte = 1024 * 1024;

/** The most memory that a process has ever held, in bytes (VmHWM; Linux only). */
async function peakResidentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

async function peakWhileCatchingUp(way: WayName, rows: number): Promise<number> {
  const scenario = await Scenario.open({ way, seed: 7 });
  try {
    const now = Date.now();
    scenario.simulator.world.add({ rows, from: now - 10 * day, to: now });
    const trigger = await scenario.start({ start_time: 241, frequency: 60 });
    await scenario.intake.until(({ events }) => events >= rows, { withinMs: 600 * second });
    expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
    return await peakResidentBytes(trigger.pid!);
  } finally {
    await scenario.close();
  }
}

test.each(['an account on the Reporting Web Service', 'an application on Microsoft Graph'] as const)(
  'memory does not grow with the backlog: %s',
  async (way) => {
    const smaller = await peakWhileCatchingUp(way, 400_000);
    const larger = await peakWhileCatchingUp(way, 1_200_000);
    process.stdout.write(
      `peak resident set, ${way}: ${(smaller / mebibyte).toFixed(0)} MiB at 400,000 rows, ${(larger / mebibyte).toFixed(0)} MiB at 1,200,000\n`,
    );
    expect(smaller).toBeLessThan(200 * mebibyte);
    // The heap breathes; growth with the backlog would be some 100 bytes a row, 80 MB here.
    expect(larger).toBeLessThan(smaller + 40 * mebibyte);
    expect(larger).toBeLessThan(200 * mebibyte);
  },
  15 * minute,
);
