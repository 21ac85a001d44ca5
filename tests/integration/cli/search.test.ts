import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type MailRow, type Simulator, startSimulator } from '@local/testbed';
import { applicationEnv, runCommand, startCommand } from '../../support/command-line.js';
import { hour, minute } from '../../support/scenario.js';
import { SeededRandom } from '../../support/seeded-random.js';
import { application } from '../../support/sign-in-scenarios.js';

const QUICK = ['--quota', '100000'];
const THOROUGH = process.env['THOROUGH'] !== undefined;
const ROWS = THOROUGH ? 100_000 : 20_000;
const MAX_INTERRUPTIONS = THOROUGH ? 12 : 5;
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

function allRows(): MailRow[] {
  const now = Date.now();
  const everything = { fromMs: -Infinity, toMs: Infinity, inclusive: true };
  return Array.from(simulator.world.select(everything, now), (key) => simulator.world.row(key, now));
}

interface Line {
  readonly message_trace_id: string;
  readonly recipient: string;
  readonly status: string;
}

const identity = ({ message_trace_id: id, recipient, status }: Line) => `${id} ${recipient} ${status.toLowerCase()}`;

function identitiesOf(text: string): string[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => identity(JSON.parse(line) as Line))
    .sort();
}

function expected(): string[] {
  return allRows()
    .map(({ traceId, recipient, status }) => identity({ message_trace_id: traceId, recipient, status }))
    .sort();
}

describe('in a pipe', () => {
  test('100,000 rows as NDJSON equal those of the tenant, and nothing else is on standard output', async () => {
    addMail(100_000);
    const { code, stdout, stderr } = await search();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(identitiesOf(stdout)).toEqual(expected());
  });

  test('a reader that closes early ends it quietly', async () => {
    addMail(50_000);
    const running = startCommand(['search', ...QUICK], { env: applicationEnv(simulator) });
    running.process.stdout?.once('data', () => running.process.stdout?.destroy());
    const { code, stderr } = await running.ended;
    expect({ code, stderr }).toEqual({ code: 3, stderr: '' });
  });

  test.each(['json', 'csv', 'table'] as const)('as %s, all rows are there', async (format) => {
    addMail(120);
    const { code, stdout } = await search('--format', format);
    expect(code).toBe(0);
    if (format === 'json') expect((JSON.parse(stdout) as Line[]).map(identity).sort()).toEqual(expected());
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

  const seeds = !THOROUGH ? [1, 2, 3] : Array.from({ length: 20 }, (_, index) => index + 1);

  test.each(seeds)(
    'interrupted at random moments and continued, it equals the whole search (seed %i)',
    async (seed) => {
      const random = new SeededRandom(seed);
      const format = (['ndjson', 'json', 'csv'] as const)[seed % 3]!;
      addMail(ROWS, 24 + random.integer(0, 20));
      const path = join(folder, `rows.${format}`);
      const whole = join(folder, `whole.${format}`);
      const end = new Date(Date.now() - minute).toISOString();
      const args = ['search', ...QUICK, '--end', end, '--since', '46h', '--output'];
      const env = applicationEnv(simulator);
      const startedMs = performance.now();
      expect((await runCommand([...args, whole], { env })).code).toBe(0);
      const tookMs = performance.now() - startedMs;

      const log: string[] = [];
      let code: number | null = null;
      while (code !== 0) {
        const running = startCommand([...args, path], { env });
        const signal = random.integer(0, 1) === 0 ? 'SIGKILL' : 'SIGINT';
        const isLeftAlone = log.length >= MAX_INTERRUPTIONS;
        const timer = setTimeout(
          () => running.process.kill(signal),
          isLeftAlone ? 2 ** 30 : random.between(0.1, 0.9) * tookMs,
        );
        const ended = await running.ended;
        clearTimeout(timer);
        ({ code } = ended);
        log.push(`${signal} ${code ?? ended.signal ?? ''} ${ended.stderr.trim()}`);
        // What is interrupted says so, and nothing else goes wrong.
        expect([0, 3, null]).toContain(code);
      }
      expect(log.at(-1)).toContain('rows are in');
      expect(log.length).toBeGreaterThan(1);
      // Each part is written newest first, so that the files are the same byte by byte.
      const [one, other] = await Promise.all([readFile(path), readFile(whole)]);
      expect(one.equals(other)).toBe(true);
      expect((await readdir(folder)).sort()).toEqual([`rows.${format}`, `whole.${format}`]);
      if (format === 'ndjson') expect(identitiesOf(one.toString())).toEqual(expected());
    },
  );
});
