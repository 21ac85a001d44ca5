import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Simulator, startSimulator } from '@local/testbed';
import { applicationEnv, runCommand, startCommand } from '../../support/command-line.js';
import { hour, minute } from '../../support/scenario.js';
import {
  identitiesInTenant,
  identitiesOf,
  identity,
  searchInterrupted,
  type TraceLine,
} from '../../support/interrupted-search.js';
import { lives } from '../../support/lives.js';
import { application } from '../../support/sign-in-scenarios.js';

const QUICK = ['--quota', '100000'];
let simulator: Simulator;
let folder: string;

beforeEach(async () => {
  simulator = await startSimulator({ graph: { quotaRequests: 1_000_000 }, tokenService: application });
  folder = await mkdtemp(join(tmpdir(), 'cli-search-'));
});
afterEach(async () => {
  await simulator.close();
  await rm(folder, { recursive: true, force: true });
});

function search(...args: string[]) {
  return runCommand(['search', ...QUICK, ...args], { env: applicationEnv(simulator) });
}

function addMail(rows: number, hours = 40): void {
  const now = Date.now();
  simulator.world.add({ rows, from: now - hours * hour, to: now - 5 * minute });
}

const expected = () => identitiesInTenant(simulator);

describe('in a pipe', () => {
  test('12,000 rows as NDJSON equal those of the tenant, and nothing else is on standard output', async () => {
    addMail(12_000);
    const { code, stdout, stderr } = await search();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(identitiesOf(stdout)).toEqual(expected());
  });

  test('a reader that closes early ends it quietly', async () => {
    addMail(20_000);
    const running = startCommand(['search', ...QUICK], { env: applicationEnv(simulator) });
    running.process.stdout?.once('data', () => running.process.stdout?.destroy());
    const { code, stderr } = await running.ended;
    expect({ code, stderr }).toEqual({ code: 3, stderr: '' });
  });

  test.each(['json', 'csv', 'table'] as const)('as %s, all rows are there', async (format) => {
    addMail(120);
    const { code, stdout } = await search('--format', format);
    expect(code).toBe(0);
    if (format === 'json') expect((JSON.parse(stdout) as TraceLine[]).map(identity).sort()).toEqual(expected());
    else expect(stdout.trimEnd().split('\n')).toHaveLength(121);
  });
});

test('a search that is not complete is a 3, with the reason on standard error', async () => {
  addMail(50);
  const { code, stdout, stderr } = await search('--max-rows', '20');
  expect(code).toBe(3);
  expect(stdout.trimEnd().split('\n')).toHaveLength(20);
  expect(stderr).toMatch(/^Not complete: More than 20 rows fit\./);
});

test.each([
  [['--since', '3x'], /--since must be a number/],
  [['--since', '2h', '--start', '2026-11-28'], /either start or --since/],
  [['--sender', 'nobody'], /sender must be an address/],
  [['--nonsense'], /unknown option/],
  [['--status', 'lost'], /Allowed choices are delivered/],
  [['--output', 'x.txt', '--format', 'table'], /A table is for a terminal/],
])('wrong use is a 2: %j', async (args, sentence) => {
  const { code, stdout, stderr } = await search(...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(sentence);
});

test('a wrong secret is a 1, and the secret is nowhere', async () => {
  const env = { ...applicationEnv(simulator), MESSAGE_TRACE_CLIENT_SECRET: 'wr0ng-Secret.of-the~app' };
  const { code, stdout, stderr } = await runCommand(['search'], { env });
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/client_secret.*\[MT-SETTINGS\]/s);
  expect(stderr).not.toContain('wr0ng-Secret');
});

describe('to a file', () => {
  test('what is there already is never written over', async () => {
    addMail(10);
    const path = join(folder, 'rows.ndjson');
    await writeFile(path, 'precious\n');
    const { code, stderr } = await search('--output', path);
    expect(code).toBe(2);
    expect(stderr).toMatch(/exists already/);
    expect(await readFile(path, 'utf8')).toBe('precious\n');
  });

  test('a limit on requests keeps the parts that are whole, and the same command goes on from there', async () => {
    addMail(20_000);
    const path = join(folder, 'rows.ndjson');
    const args = ['--output', path, '--max-requests', '4'];
    const codes: (number | null)[] = [];
    let code: number | null = 3;
    while (code === 3 && codes.length < 10) codes.push(({ code } = await search(...args)).code);
    expect(codes.slice(0, -1).every((each) => each === 3)).toBe(true);
    expect(codes.length).toBeGreaterThan(1);
    expect(code).toBe(0);
    expect(identitiesOf(await readFile(path, 'utf8'))).toEqual(expected());
  });

  test('another search does not continue it, nor does one with a changed file', async () => {
    addMail(20_000);
    const path = join(folder, 'rows.ndjson');
    expect((await search('--output', path, '--max-requests', '4')).code).toBe(3);
    const other = await search('--output', path, '--since', '10h');
    expect(other).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/belongs to another search/) as unknown as string,
    });
    const text = await readFile(path, 'utf8');
    await writeFile(path, `x${text.slice(1)}`);
    const changed = await search('--output', path);
    expect(changed).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/not as it was left/) as unknown as string,
    });
  });

  test.each(lives([1, 2, 3], 2))(
    'interrupted at random moments and continued, it equals the whole search (seed %i)',
    async (seed) => {
      const mail = { rows: 20_000, seed, interruptions: 5 };
      const { path, whole, format } = await searchInterrupted(simulator, folder, mail);
      // Each part is written newest first, so that the files are the same byte by byte.
      const [one, other] = await Promise.all([readFile(path), readFile(whole)]);
      expect(one.equals(other)).toBe(true);
      expect((await readdir(folder)).sort()).toEqual([`rows.${format}`, `whole.${format}`]);
      if (format === 'ndjson') expect(identitiesOf(one.toString())).toEqual(identitiesInTenant(simulator));
    },
  );
});
