import { readdir } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { S3Server } from '../../packages/automation-sdk-shim/tests/support/s3-server.js';
import { allArrivedOnce, hour, minute, Scenario, second } from '../support/scenario.js';

let scenario: Scenario;
let s3: S3Server;
beforeEach(async () => {
  s3 = await S3Server.start({ pageSize: 20 });
  scenario = await Scenario.open({ seed: 5 });
});
afterEach(async () => {
  await scenario.close();
  s3.close();
});

const start = (configuration: Record<string, unknown> = {}) => scenario.start(configuration, { values: s3.values });

function addMail(rows: number): void {
  const now = Date.now();
  scenario.simulator.world.add({ rows, from: now - hour + minute, to: now });
}

test('rows arrive once, and after a stop and a start none again; what is kept lies in the bucket alone', async () => {
  addMail(5_000);
  const first = await start();
  expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
  expect(await first.stop()).toMatchObject({ exitCode: 0 });
  expect(s3.text('.lock')).toBe('{"released":true}\n');
  expect(JSON.parse(s3.text('context.json') ?? '')).toHaveProperty('most_recent_date_requested');

  const now = Date.now();
  scenario.simulator.world.add({ rows: 20, from: now - second, to: now });
  await start();
  expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
  await scenario.untilAsked(3);
  expect(await scenario.report()).toMatchObject(allArrivedOnce);

  const traces = await scenario.traces();
  const secrets = [s3.settings.credentials.accessKeyId, s3.settings.credentials.secretAccessKey];
  for (const secret of secrets) expect(traces).not.toContain(secret);
  expect(await readdir(scenario.dataFolder)).toEqual([]);
});

test('killed five times, no row is lost, and a kill repeats one chunk at most', async () => {
  const chunk = 250;
  const kills = 5;
  addMail(10_000);
  for (let kill = 1; kill <= kills; kill += 1) {
    const { events } = scenario.intake.totals();
    const trigger = await start({ chunk_size: chunk });
    await scenario.intake.until((totals) => totals.events >= events + 4 * chunk);
    await trigger.kill();
  }
  await start({ chunk_size: chunk });
  const report = await scenario.untilNoneIsMissing();
  expect(report).toMatchObject({ missing: 0, unknown: 0, unreadable: 0 });
  expect(report.repeated).toBeLessThanOrEqual(kills * chunk);
});

test('a second process on the same bucket ends with a sentence that names the first', async () => {
  addMail(500);
  const first = await start();
  await scenario.untilNoneIsMissing();
  const second = await start();
  expect(await second.exited).toMatchObject({ exitCode: 1 });
  expect(second.stderr).toMatch(new RegExp(`S3 bucket state is held by the process ${first.pid!} on the host`));
  expect(await scenario.report()).toMatchObject(allArrivedOnce);
});

test('a process whose bucket another one has taken ends [F-40]', async () => {
  addMail(500);
  const trigger = await start();
  await scenario.untilNoneIsMissing();
  s3.store('.lock', JSON.stringify({ pid: 1, host: 'elsewhere', since: 'now', lease_ms: 20_000 }));
  expect(await trigger.exited).toMatchObject({ exitCode: 1 });
  expect(trigger.stderr).toContain('The S3 bucket state was taken by another process.');
});

test('a bucket that no longer answers does not keep the process from stopping in time', async () => {
  const live = scenario.simulator.world.live({ rowsPerHour: 36_000, from: Date.now() });
  const trigger = await start();
  await scenario.intake.until(({ events }) => events >= 30);
  const hanging = new Promise<void>((resolve) => {
    s3.fault = () => {
      resolve();
      return 'hang';
    };
  });
  await hanging;
  const stop = await trigger.stop();
  live.stop();
  expect(stop).toMatchObject({ exitCode: 0 });
  expect(stop.tookMs).toBeLessThan(10 * second);
});

test('while the bucket is away nothing more is sent; then nothing was lost or repeated, and a warning told of it [F-41]', async () => {
  const live = scenario.simulator.world.live({ rowsPerHour: 36_000, from: Date.now() });
  await start();
  await scenario.intake.until(({ events }) => events >= 30);
  s3.fault = () => 'reset-before';
  const { logs } = await scenario.platform.until(({ logs: all }) => all.some(({ level }) => level === 'warning'));
  expect(logs.find(({ level }) => level === 'warning')?.message).toMatch(
    /The object storage cannot be used: ECONNRESET at .* Nothing more is read until it works\./,
  );
  const { events } = scenario.intake.totals();
  await new Promise((resolve) => setTimeout(resolve, 3 * second));
  expect(scenario.intake.totals().events).toBe(events);
  s3.fault = () => undefined;
  await scenario.intake.until((totals) => totals.events >= events + 30);
  live.stop();
  expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
  expect(scenario.platform.records().logs.filter(({ level }) => level === 'critical')).toEqual([]);
});
