import { readdir } from 'node:fs/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { startIntake, type Intake } from '@local/testbed';
import { ObjectServer, type ServerName } from '../support/object-servers.js';
import { readOnlyNode } from '../support/read-only-node.js';
import { RepeatsByRun } from '../support/repeats-by-run.js';
import { allArrivedOnce, hour, minute, Scenario, second } from '../support/scenario.js';
import { intakeKey } from '../support/sign-in-scenarios.js';

const CHUNK = 500;
const KILLS = 5;
const ROWS = 20_000;
const executable = await readOnlyNode();
const how = executable === undefined ? '' : ', with a read-only file system';

let scenario: Scenario;
let server: ObjectServer;
const intakes: Intake[] = [];
afterEach(async () => {
  await scenario.close();
  await Promise.all(intakes.splice(0).map((intake) => intake.close()));
  await server.close();
});

const start = (configuration: Record<string, unknown> = {}) =>
  scenario.start(configuration, {
    values: server.values('playbook/7'),
    ...(executable !== undefined && { executable }),
  });

describe.each<[ServerName, number]>([
  ['MinIO 2026-02-12', 0],
  ['moto 4.2.14', 1],
])('with its data on %s', (name, warningsOfAStart) => {
  test(
    `killed ${KILLS} times${how}, no row of ${ROWS} is lost, and a kill repeats one chunk at most`,
    async () => {
      server = await ObjectServer.open(name);
      const repeats = new RepeatsByRun();
      scenario = await Scenario.open({ seed: 11, onEvents: (events) => repeats.deliver(KILLS, events) });
      const now = Date.now();
      scenario.simulator.world.add({ rows: ROWS, from: now - hour + minute, to: now });
      for (let run = 0; run < KILLS; run += 1) {
        // An intake of its own: what a killed run has sent may be read when the next one runs already.
        const intake = await startIntake({
          intakeKey,
          onEvents: (events) => {
            scenario.audit.deliver(events);
            repeats.deliver(run, events);
          },
        });
        intakes.push(intake);
        const trigger = await start({ chunk_size: CHUNK, intake_server: intake.url });
        await intake.until(({ events }) => events >= 4 * CHUNK, { withinMs: 120 * second });
        await trigger.kill();
      }
      const last = await start({ chunk_size: CHUNK });
      expect(await scenario.untilNoneIsMissing(120 * second)).toMatchObject({ missing: 0, unknown: 0, unreadable: 0 });
      expect(await last.stop()).toMatchObject({ exitCode: 0 });
      process.stdout.write(`${name}: repeated by each kill ${repeats.repeated.join(' ')}\n`);
      expect(repeats.repeated[KILLS]).toBe(0);
      expect(Math.max(...repeats.repeated)).toBeLessThanOrEqual(CHUNK);

      const warnings = scenario.output.filter((line) => line.includes('does not support If-None-Match'));
      expect(warnings).toHaveLength(warningsOfAStart * (KILLS + 1));
      const { logs } = scenario.platform.records();
      expect(logs.filter(({ level }) => level === 'critical' || level === 'error')).toEqual([]);
      expect(await readdir(scenario.dataFolder)).toEqual([]);
    },
    15 * minute,
  );
});

test(
  'a second process on the same place ends, on a storage without conditions too',
  async () => {
    server = await ObjectServer.open('moto 4.2.14');
    scenario = await Scenario.open({ seed: 12 });
    const now = Date.now();
    scenario.simulator.world.add({ rows: 2_000, from: now - hour + minute, to: now });
    const first = await start();
    await scenario.untilNoneIsMissing();
    const other = await start();
    expect(await other.exited).toMatchObject({ exitCode: 1 });
    expect(other.stderr).toMatch(/the S3 bucket state is held by the process \d+ on the host/i);
    expect(await scenario.report()).toMatchObject(allArrivedOnce);
    expect(await first.stop()).toMatchObject({ exitCode: 0 });
  },
  15 * minute,
);

test(
  'MinIO killed and started again costs no row and repeats none',
  async () => {
    server = await ObjectServer.open('MinIO 2026-02-12');
    scenario = await Scenario.open({ seed: 13 });
    const live = scenario.simulator.world.live({ rowsPerHour: 36_000, from: Date.now() });
    const trigger = await start();
    for (let kill = 1; kill <= 2; kill += 1) {
      const { events } = scenario.intake.totals();
      await scenario.intake.until((totals) => totals.events >= events + 30);
      await server.kill();
      await new Promise((resolve) => setTimeout(resolve, 3 * second));
      await server.start();
    }
    const { events } = scenario.intake.totals();
    await scenario.intake.until((totals) => totals.events >= events + 30, { withinMs: 120 * second });
    live.stop();
    expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
    expect(await trigger.stop()).toMatchObject({ exitCode: 0 });
  },
  15 * minute,
);
