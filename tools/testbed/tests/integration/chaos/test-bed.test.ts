import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { graphFaults, INTAKE_FAULTS, startIntake, startSimulator } from '../../../src/index.js';
import { faultySide } from '../../../src/chaos/test-bed/faulty-side.js';
import { grownResult } from '../../../src/chaos/test-bed/run-folder.js';
import { LogTally, piecesOf, SecretWatch } from '../../../src/chaos/test-bed/output-watch.js';
import { peakMemoryMiB, wrongClock } from '../../../src/chaos/test-bed/process-runs.js';
import { SECRETS } from '../../../src/chaos/test-bed/tenant.js';

describe('a clock put wrong', () => {
  test('is wrong for every way to ask a process for the time', () => {
    const offMs = -600_000;
    const script =
      'console.log(JSON.stringify([Date.now(), new Date().getTime(), new Date(5).getTime(), performance.now()]))';
    const before = Date.now();
    const { stdout } = spawnSync(process.execPath, [...wrongClock(offMs), '-e', script], { encoding: 'utf8' });
    const [now, made, given, monotonic] = JSON.parse(stdout) as [number, number, number, number];
    for (const time of [now, made]) {
      expect(time).toBeGreaterThanOrEqual(before + offMs);
      expect(time).toBeLessThanOrEqual(Date.now() + offMs);
    }
    expect(given).toBe(5);
    expect(monotonic).toBeGreaterThan(0);
  });

  test('takes no option where it is right', () => {
    expect(wrongClock(0)).toEqual([]);
  });
});

describe('a side whose answers can fail', () => {
  test('has its weather again after an outage, and nothing of either once it is clear (simulator)', async () => {
    const simulator = await startSimulator();
    try {
      const { faults } = simulator.graph;
      const side = faultySide(graphFaults, faults);
      const next = () => faults.next({ page: 1, linked: false });
      side.setWeather({ share: 1, faults: ['http-500'], seed: 1 });
      side.startOutage('http-503');
      expect(next()).toBe('http-503');
      side.endOutage();
      expect(next()).toBe('http-500');
      side.failNext('http-408');
      expect(next()).toBe('http-408');
      side.clear();
      expect(next()).toBeUndefined();
      expect(() => side.failNext('http-999')).toThrow(RangeError);
    } finally {
      await simulator.close();
    }
  });

  test('has its weather again after an outage, and nothing of either once it is clear (stand-in)', async () => {
    const intake = await startIntake({ intakeKey: 'key' });
    try {
      const side = faultySide(INTAKE_FAULTS, intake.faults);
      side.setWeather({ share: 1, faults: ['500'], seed: 1 });
      side.startOutage('503');
      expect(intake.faults.next()).toBe('503');
      side.endOutage();
      expect(intake.faults.next()).toBe('500');
      side.failNext('hang');
      side.clear();
      expect(intake.faults.next()).toBeUndefined();
    } finally {
      await intake.close();
    }
  });
});

describe('the watch for secrets', () => {
  const secret = 'a "quoted" s+cret/&';
  const base64 = Buffer.from(secret).toString('base64');
  test.each([
    ['plain', `x ${secret} y`],
    ['in JSON', JSON.stringify({ secret })],
    ['in JSON within JSON', JSON.stringify(JSON.stringify({ secret }))],
    ['in an address', `https://x/?y=${encodeURIComponent(secret)}`],
    ['in a form', new URLSearchParams({ secret }).toString()],
    ['in base64', base64],
    ['in part', `x ${secret.slice(4, 12)} y`],
    ['in part of its base64', `x ${base64.slice(3, 11)} y`],
    ['in HTML', '<p>a &quot;quoted&quot; s+cret/&amp;</p>'],
  ])('finds one %s', (_, text) => {
    const watch = new SecretWatch([secret], () => []);
    watch.look('output', text);
    watch.look('output', `nothing ${secret.slice(0, 7)}`);
    expect(watch.places).toEqual(new Map([['output', 1]]));
  });

  test('looks for no word that a log line may hold', () => {
    expect(SECRETS.flatMap(piecesOf).filter((piece) => /^[a-z ]+$/.test(piece))).toEqual([]);
  });

  test('knows the tokens that have been made meanwhile', () => {
    const issued: string[] = [];
    const watch = new SecretWatch([], () => issued);
    watch.look('output', 'token-1');
    issued.push('token-1');
    watch.look('health', 'token-1');
    expect(watch.places).toEqual(new Map([['health', 1]]));
  });
});

test('log lines are counted by level, and those that ask to be reported are kept', () => {
  const tally = new LogTally();
  const odd = '{"level":"error","msg":"It ended by itself. Please report it."}';
  for (const line of ['{"level":"info"}', odd, 'at main.js:1', '{}']) tally.add(line);
  expect(tally.byLevel).toEqual(
    new Map([
      ['info', 1],
      ['error', 1],
      ['no JSON', 1],
      ['no level', 1],
    ]),
  );
  expect(tally.odd).toBe(1);
  expect(tally.anomalies).toEqual([odd]);
});

test('the result that has grown is the one of the request just counted', () => {
  expect(grownResult({ accepted: 3 }, { accepted: 3, 'fault-slow': 1 })).toBe('fault-slow');
  expect(() => grownResult({ accepted: 3 }, { accepted: 3 })).toThrow(RangeError);
});

test('the memory of a process is told in MiB; of none, not at all', async () => {
  expect(await peakMemoryMiB(process.pid)).toBeGreaterThan(20);
  expect(await peakMemoryMiB(2 ** 22 + 1)).toBeUndefined();
});
