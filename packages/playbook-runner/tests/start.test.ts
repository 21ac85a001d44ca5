import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Books } from '../src/index.js';
import type { Exit, Stop, VisibleRow } from '../src/index.js';
import { BooksWatch } from '../src/start/books-watch.js';
import { findBuiltFiles } from '../src/start/built-files.js';
import { HELP, readCommandLine } from '../src/start/command-line.js';
import { openDataFolder } from '../src/start/data-folder.js';
import { EventMeter } from '../src/start/event-meter.js';
import { restartWaitMs } from '../src/start/restart-wait.js';
import { Supervisor } from '../src/start/supervisor.js';
import { UsageError } from '../src/start/usage-error.js';

describe('the command line', () => {
  test('has a default for everything', () => {
    expect(readCommandLine([])).toEqual({
      rate: 1200,
      frequency: 5,
      faultShare: 0,
      dataFolder: undefined,
      fresh: false,
    });
  });

  test('takes every option', () => {
    const argv = ['--rate', '90000', '--frequency=1', '--faults', '0.2', '--data', 'd', '--fresh'];
    expect(readCommandLine(argv)).toEqual({
      rate: 90_000,
      frequency: 1,
      faultShare: 0.2,
      dataFolder: 'd',
      fresh: true,
    });
    expect(readCommandLine(['--help'])).toBe('help');
    for (const option of ['rate', 'frequency', 'faults', 'data', 'fresh', 'help']) {
      expect(HELP).toContain(`  --${option} `);
    }
  });

  test.each([
    [['--faults', '2'], '--faults must be a number from 0 to 1, but is "2"'],
    [['--frequency', '0'], '--frequency must be a number from 1'],
    [['--rate', 'many'], '--rate must be'],
    [['--rate', ''], '--rate must be'],
    [['--unknown'], '--unknown'],
    [['positional'], 'positional'],
  ])('refuses %j', (argv, message) => {
    expect(() => readCommandLine(argv)).toThrow(UsageError);
    expect(() => readCommandLine(argv)).toThrow(message);
  });
});

describe('folders', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'start-test-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('says what has not been built, and the command that does', () => {
    expect(() => findBuiltFiles(folder)).toThrow(/dist\/module\/main\.js is not there: run "npm run build"/);
  });

  test('finds what has been built', async () => {
    for (const path of ['dist/module', 'packages/microsoft365-simulator/dist']) {
      await mkdir(join(folder, path), { recursive: true });
      await writeFile(join(folder, path, 'main.js'), '');
    }
    expect(findBuiltFiles(folder)).toEqual({
      module: join(folder, 'dist/module/main.js'),
      simulator: join(folder, 'packages/microsoft365-simulator/dist/main.js'),
    });
  });

  test('keeps the state between starts unless a fresh one is asked for, and then deletes nothing else', async () => {
    const parent = join(folder, 'data');
    const first = await openDataFolder(parent, false);
    expect(first.continues).toBe(false);
    expect((await stat(first.path)).mode & 0o777).toBe(0o700);
    await writeFile(join(first.path, 'context.json'), '{}');
    await writeFile(join(parent, 'of-the-user'), '');
    expect(await openDataFolder(parent, false)).toEqual({ path: first.path, continues: true });
    expect(await openDataFolder(parent, true)).toEqual({ path: first.path, continues: false });
    expect(await readdir(parent)).toEqual(['message_trace', 'of-the-user']);
  });
});

test('the wait before a restart doubles up to a minute', () => {
  expect([1, 2, 3, 6, 7, 100].map(restartWaitMs)).toEqual([1000, 2000, 4000, 32_000, 60_000, 60_000]);
});

test('the meter forgets what is older than a minute, and never the total', () => {
  const meter = new EventMeter();
  meter.add(3, 0);
  meter.add(4, 30_000);
  expect(meter.inLastMinute(59_999)).toBe(7);
  expect(meter.inLastMinute(60_000)).toBe(4);
  expect(meter.inLastMinute(90_000)).toBe(0);
  expect(meter.total).toBe(7);
});

describe('watching the books', () => {
  const row: VisibleRow = { traceId: 'a', recipient: 'b', statuses: [{ status: 'Delivered', fromMs: 0 }] };

  test('ends with a comparison of what is there at the end', async () => {
    const visible: VisibleRow[] = [];
    const watch = new BooksWatch(new Books(), async function* () {
      yield* await Promise.resolve(visible);
    });
    visible.push(row);
    await watch.stop();
    await watch.ended;
    expect(watch.report).toMatchObject({ visible: 1, missing: 1 });
  });

  test('tells where the visible rows cannot be read', async () => {
    const watch = new BooksWatch(new Books(), () => {
      throw new Error('the tenant is gone');
    });
    await expect(watch.ended).rejects.toThrow('the tenant is gone');
    expect(watch.report).toBeUndefined();
  });
});

describe('the supervisor', () => {
  class FakeProcess {
    readonly exited: Promise<Exit>;
    end: (exit: Exit) => void = () => undefined;
    stops = 0;

    constructor() {
      this.exited = new Promise((resolve) => {
        this.end = resolve;
      });
    }

    stop(signal: NodeJS.Signals): Promise<Stop> {
      this.stops += 1;
      this.end({ exitCode: null, signal });
      return Promise.resolve({ exitCode: null, signal, tookMs: 1 });
    }
  }

  function supervise(waitMs: (crashes: number) => number) {
    const started: FakeProcess[] = [];
    const waiters: (() => void)[] = [];
    const supervisor = new Supervisor({
      waitMs,
      start: () => {
        const process = new FakeProcess();
        started.push(process);
        for (const tell of waiters.splice(0)) tell();
        return Promise.resolve(process);
      },
    });
    const starts = async (count: number): Promise<FakeProcess> => {
      while (started.length < count) await new Promise<void>((resolve) => waiters.push(resolve));
      return started[count - 1]!;
    };
    return { supervisor, starts };
  }

  test('starts a process again that ends by itself, and tells the wait how many crashes there were', async () => {
    const crashes: number[] = [];
    const { supervisor, starts } = supervise((count) => {
      crashes.push(count);
      return 0;
    });
    (await starts(1)).end({ exitCode: 1, signal: null });
    (await starts(2)).end({ exitCode: 0, signal: null });
    const third = await starts(3);
    expect(crashes).toEqual([1, 2]);
    expect(supervisor.restarts).toBe(2);
    expect(await supervisor.stop()).toMatchObject({ signal: 'SIGTERM' });
    expect(third.stops).toBe(1);
    await supervisor.ended;
  });

  test('stops in the middle of a wait, and starts nothing after', async () => {
    let waits: () => void = () => undefined;
    const waiting = new Promise<void>((resolve) => {
      waits = resolve;
    });
    const { supervisor, starts } = supervise(() => {
      waits();
      return 3_600_000;
    });
    (await starts(1)).end({ exitCode: 1, signal: null });
    await waiting;
    expect(supervisor.crash?.exit).toEqual({ exitCode: 1, signal: null });
    expect(await supervisor.stop()).toBeUndefined();
    expect(supervisor.restarts).toBe(0);
    expect(supervisor.crash).toBeUndefined();
  });

  test('stops a process that was being started when the stop came', async () => {
    const { supervisor, starts } = supervise(() => 0);
    const stopped = supervisor.stop();
    expect((await starts(1)).stops).toBeLessThanOrEqual(1);
    await stopped;
    expect((await starts(1)).stops).toBe(1);
  });
});
