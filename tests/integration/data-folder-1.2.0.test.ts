import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { hour, minute, Scenario, second } from '../support/scenario.js';

/** Written by the module of version 1.2.0, by this very test: `MADE_BY=/path/to/1.2.0/dist/module/main.js`. */
const FIXTURE = fileURLToPath(new URL('../fixtures/data-folder-1.2.0', import.meta.url));
const MADE_BY = process.env['MADE_BY'];
/** When that was, for the services and for the module: its progress says what was read by then. */
const MADE_AT_MS = Date.UTC(2026, 10, 23, 12);
const ROWS = 300;
const NEW_ROWS = 40;

/** A tenant, and a module whose clock agrees with it. */
async function openAt(startMs: number): Promise<{ scenario: Scenario; nodeArguments: readonly string[] }> {
  const aheadMs = startMs - Date.now();
  const scenario = await Scenario.open({ seed: 120, service: { now: () => Date.now() + aheadMs } });
  scenario.simulator.world.add({ rows: ROWS, from: MADE_AT_MS - hour + minute, to: MADE_AT_MS - minute });
  const shift = `
    const Real = Date;
    globalThis.Date = class Date extends Real {
      constructor(...parts) { super(...(parts.length === 0 ? [Real.now() + ${aheadMs}] : parts)); }
      static now() { return Real.now() + ${aheadMs}; }
    };`;
  return { scenario, nodeArguments: [`--import=data:text/javascript,${encodeURIComponent(shift)}`] };
}

if (MADE_BY !== undefined) {
  test('the data folder is made', async () => {
    const { scenario, nodeArguments } = await openAt(MADE_AT_MS);
    const trigger = await scenario.start({}, { nodeArguments, modulePath: MADE_BY });
    await scenario.intake.until(({ events }) => events >= ROWS);
    expect(await trigger.stop()).toMatchObject({ exitCode: 0 });
    await rm(FIXTURE, { recursive: true, force: true });
    await cp(scenario.dataFolder, FIXTURE, { recursive: true });
    await scenario.close();
  });
} else {
  test('a data folder of version 1.2.0 is continued: what it knows is not sent again, and what is new is', async () => {
    const { scenario, nodeArguments } = await openAt(MADE_AT_MS + 5 * minute);
    const dataFolder = await mkdtemp(join(tmpdir(), 'message-trace-1.2.0-'));
    await cp(FIXTURE, dataFolder, { recursive: true });
    scenario.simulator.world.add({ rows: NEW_ROWS, from: MADE_AT_MS + minute, to: MADE_AT_MS + 4 * minute });
    const trigger = await scenario.start({}, { nodeArguments, dataFolder });
    await scenario.intake.until(({ events }) => events >= NEW_ROWS, { withinMs: 120 * second });
    // Several polls more, which look at the old rows again.
    await new Promise((resolve) => setTimeout(resolve, 5 * second));
    expect(scenario.intake.totals().events).toBe(NEW_ROWS);
    expect(scenario.output.join('\n')).toMatch(/Continuing: everything received before 2026-11-23 1[12]:\d\d/);
    expect(await trigger.stop()).toMatchObject({ exitCode: 0 });
    await rm(dataFolder, { recursive: true, force: true });
    await scenario.close();
  });
}
