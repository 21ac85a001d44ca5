import { createServer } from 'node:net';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Exit, Stop } from '@local/testbed';
import { EventMeter } from '../../src/observed/observations.js';
import { restartWaitMs, Supervisor } from '../../src/playbooks/supervisor.js';
import { asPortError, findBuiltFiles, HELP, readCommandLine, UsageError } from '../../src/start/command-line.js';
import { Lookers } from '../../src/start/local-runner.js';
import { type Summarised, summaryLine } from '../../src/start/run.js';
import { RunnerFolder } from '../support/started-runner.js';

describe('the command line', () => {
  test('has a default for everything', () => {
    expect(readCommandLine([], {})).toEqual({
      demo: true,
      port: 8080,
      rate: 1200,
      frequency: undefined,
      faultShare: 0,
      dataFolder: undefined,
      fresh: false,
    });
  });

  test('takes every option', () => {
    const numbers = ['--port=81', '--rate', '90000', '--frequency=1', '--faults', '0.2'];
    expect(readCommandLine([...numbers, '--no-demo', '--data', 'd', '--fresh'], { PORT: '82' })).toEqual({
      demo: false,
      port: 81,
      rate: 90_000,
      frequency: 1,
      faultShare: 0.2,
      dataFolder: 'd',
      fresh: true,
    });
    expect(readCommandLine([], { PORT: '82' })).toMatchObject({ port: 82 });
    expect(readCommandLine(['--help'], {})).toBe('help');
    for (const option of ['no-demo', 'port', 'rate', 'frequency', 'faults', 'data', 'fresh', 'help']) {
      expect(HELP).toContain(`  --${option} `);
    }
  });

  test.each([
    [['--faults', '2'], '--faults must be a number from 0 to 1, but is "2"'],
    [['--frequency', '0'], '--frequency must be a whole number from 1'],
    [['--frequency', '1.5'], '--frequency must be a whole number from 1'],
    [['--port', '70000'], '--port must be a whole number from 0 to 65535'],
    [['--rate', 'many'], '--rate must be'],
    [['--rate', ''], '--rate must be'],
    [['--unknown'], '--unknown'],
    [['positional'], 'positional'],
  ])('refuses %j', (argv, message) => {
    expect(() => readCommandLine(argv, {})).toThrow(UsageError);
    expect(() => readCommandLine(argv, {})).toThrow(message);
  });

  test('takes an empty PORT for none, and refuses an empty folder, which would be the current one', () => {
    expect(readCommandLine([], { PORT: '' })).toMatchObject({ port: 8080 });
    expect(() => readCommandLine(['--data', ''], {})).toThrow('--data must name a folder, but is empty. See --help.');
  });

  test('refuses a PORT that is none', () => {
    expect(() => readCommandLine([], { PORT: 'x' })).toThrow('PORT must be');
  });
});

describe('built files', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'start-test-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('that are not there are named, with the command that builds them', () => {
    expect(() => findBuiltFiles(folder)).toThrow(/dist\/bundle\/main\.js is not there: run "npm run build"/);
  });

  test('are found; the page need not be there', async () => {
    for (const path of ['dist/bundle', 'tools/testbed/dist/microsoft']) {
      await mkdir(join(folder, path), { recursive: true });
      await writeFile(join(folder, path, 'main.js'), '');
    }
    expect(findBuiltFiles(folder)).toEqual({
      module: join(folder, 'dist/bundle/main.js'),
      simulator: join(folder, 'tools/testbed/dist/microsoft/main.js'),
      page: join(folder, 'tools/playbook-runner/dist/page'),
    });
  });
});

describe('a port', () => {
  test('that is taken, and the last one, is refused with what to do', async () => {
    const taken = createServer();
    const folder = await RunnerFolder.make();
    try {
      // If another program has it, that works as well.
      await new Promise((resolve) =>
        taken.once('error', resolve).listen(65_535, '127.0.0.1', () => resolve(undefined)),
      );
      const refused = await folder.start(65_535).then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(refused).toBeInstanceOf(UsageError);
      expect(String(refused)).toMatch(/Port 65535 and those after it are taken .*EADDRINUSE.*--port/);
    } finally {
      taken.close();
      await folder.remove();
    }
  });

  test('that is not allowed is refused with what to do, and another error stays what it is', () => {
    const denied = Object.assign(new Error('listen EACCES'), { code: 'EACCES', syscall: 'listen' });
    const usage = asPortError(80, denied);
    expect(usage).toBeInstanceOf(UsageError);
    expect(String(usage)).toContain('Port 80 cannot be used (Error: listen EACCES): name another one with --port');
    const other = new Error('Other');
    expect(asPortError(80, other)).toBe(other);
  });
});

test('somebody looks for ten seconds after having asked', () => {
  const lookers = new Lookers();
  lookers.look('one', 0);
  lookers.look('two', 9_999);
  expect(['one', 'two', 'three'].map((id) => lookers.isLookedAt(id, 9_999))).toEqual([true, true, false]);
  expect(['one', 'two'].map((id) => lookers.isLookedAt(id, 10_000))).toEqual([false, true]);
});

describe('the summary line', () => {
  const one: Summarised = {
    state: 'running',
    events: 1200,
    eventsLastMinute: 20,
    lagSeconds: 2.6,
    audit: { missing: 0, repeated: 0, unknown: 0 },
  };

  test('sums over all playbooks', () => {
    expect(summaryLine([one])).toBe('1 running · missing 0, repeated 0 · 1,200 events, 20/min · lag 3 s');
    const other: Summarised = { ...one, lagSeconds: 7, audit: { missing: 2, repeated: 1, unknown: 4 } };
    const stopped: Summarised = { ...one, state: 'ready-to-start', lagSeconds: null };
    const crashed: Summarised = { ...one, state: 'trigger-crashed', lagSeconds: null, audit: null };
    expect(summaryLine([one, other, stopped, crashed])).toBe(
      '2 running, 1 crashed · missing 2, repeated 1 · unknown 4 · 4,800 events, 80/min · lag 7 s',
    );
  });

  test('says that nothing runs', () => {
    expect(summaryLine([])).toBe('none running · 0 events, 0/min');
  });
});

test('the wait before a restart doubles up to a minute', () => {
  expect([1, 2, 3, 6, 7, 100].map(restartWaitMs)).toEqual([2000, 4000, 8000, 60_000, 60_000, 60_000]);
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
