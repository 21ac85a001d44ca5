import { ChildProcess as SpawnedProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { TriggerProcess, type OutputLine, type TriggerOptions } from '../../../src/index.js';
import { LineSplitter } from '../../../src/processes/child-process.js';

const modulePath = fileURLToPath(new URL('../../fixtures/trigger.mjs', import.meta.url));

interface Report {
  readonly command: string;
  readonly nodeArguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string>>;
  readonly modes: { readonly folder: string; readonly files: readonly string[] } | undefined;
}

let trigger: TriggerProcess | undefined;
beforeEach(() => {
  process.env['SECRET_OF_THE_PARENT'] = 'secret';
  process.env['NO_PROXY'] = '127.0.0.1';
});
afterEach(async () => {
  await trigger?.kill();
  trigger = undefined;
  delete process.env['SECRET_OF_THE_PARENT'];
});

async function start(options: Partial<TriggerOptions> = {}): Promise<TriggerProcess> {
  trigger = await TriggerProcess.start({
    modulePath,
    dockerParameters: 'message_trace',
    configuration: { stop: 'exit' },
    dataFolder: '/data/somewhere',
    ...options,
  });
  return trigger;
}

async function reportOf(started: TriggerProcess): Promise<Report> {
  const [, report = ''] = await started.waitForOutput(/^report (.*)$/);
  return JSON.parse(report) as Report;
}

describe('settings', () => {
  test('are files that only the owner may read, and are removed at the end', async () => {
    const started = await start({
      moduleConfiguration: { m: 1 },
      token: 'the token',
      urlCallback: 'http://127.0.0.1:1/callback',
      intakeUrl: 'http://127.0.0.1:2',
      values: { playbook_uuid: 'p' },
    });
    const { command, environment, files, modes } = await reportOf(started);
    expect(command).toBe('message_trace');
    expect(files).toEqual({
      trigger_configuration: '{"stop":"exit"}',
      module_configuration: '{"m":1}',
      token: 'the token',
      url_callback: 'http://127.0.0.1:1/callback',
      intake_url: 'http://127.0.0.1:2',
      liveness_port: '0',
      metrics_port: '0',
      playbook_uuid: 'p',
    });
    expect(modes).toEqual({ folder: '700', files: ['600'] });
    expect(environment['TOKEN']).toBeUndefined();
    expect(environment['DATA_STORAGE']).toBe('/data/somewhere');
    const folder = environment['SYMPHONY_VOLUME'] ?? '';
    expect(existsSync(folder)).toBe(true);
    await started.kill();
    expect(existsSync(folder)).toBe(false);
  });

  test('are environment variables, where asked for', async () => {
    const started = await start({ via: 'environment', token: 'the token', configuration: { stop: 'exit', a: '"ü"' } });
    const { environment, files } = await reportOf(started);
    expect(files).toEqual({});
    expect(JSON.parse(environment['TRIGGER_CONFIGURATION'] ?? '')).toEqual({ stop: 'exit', a: '"ü"' });
    expect(environment).toMatchObject({ TOKEN: 'the token', MODULE_CONFIGURATION: '{}' });
    expect(environment['SYMPHONY_VOLUME']).toBeUndefined();
    expect(environment['URL_CALLBACK']).toBeUndefined();
  });

  test('come with the little of the parent’s environment that a network client needs, and with what is added', async () => {
    const started = await start({ environment: { ADDED: 'yes' }, nodeArguments: ['--max-old-space-size=100'] });
    const { environment, nodeArguments } = await reportOf(started);
    expect(environment).toMatchObject({ PATH: process.env['PATH'], NO_PROXY: '127.0.0.1', ADDED: 'yes' });
    expect(environment['SECRET_OF_THE_PARENT']).toBeUndefined();
    expect(nodeArguments).toContain('--max-old-space-size=100');
  });
});

describe('ending', () => {
  test('tells code and time of a process that stops when asked', async () => {
    const started = await start();
    await started.waitForOutput(/^ready/);
    const stop = await started.stop();
    expect(stop).toMatchObject({ exitCode: 7, signal: null });
    expect(stop.tookMs).toBeGreaterThan(0);
    expect(await started.exited).toEqual({ exitCode: 7, signal: null });
    expect(started.stdout).toMatch(/asked to stop$/);
  });

  test('kills a process that does not stop in its time', async () => {
    const started = await start({ configuration: { stop: 'ignore' } });
    await started.waitForOutput(/^ready/);
    expect(await started.stop('SIGTERM', 100)).toMatchObject({ exitCode: null, signal: 'SIGKILL' });
    expect(started.stdout).toMatch(/asked to stop$/);
  });

  test('kills without asking', async () => {
    const started = await start();
    await started.waitForOutput(/^ready/);
    expect(await started.kill()).toMatchObject({ exitCode: null, signal: 'SIGKILL' });
    expect(started.stdout).not.toContain('asked to stop');
  });

  test('tells of a process that ends by itself, and ends the wait for its output', async () => {
    const started = await start({ configuration: { crash: 3 } });
    const wait = started.waitForOutput(/never/);
    await expect(wait).rejects.toThrow(/before the process ended[^]*something for stderr/);
    expect(await started.exited).toEqual({ exitCode: 3, signal: null });
    expect(await started.stop()).toMatchObject({ exitCode: 3 });
  });
});

test('captures both streams by lines, whole however they were written', async () => {
  const lines: OutputLine[] = [];
  const started = await start({ onLine: (line) => lines.push(line) });
  await started.waitForOutput(/^ready now$/);
  expect(lines).toContainEqual({ stream: 'stdout', text: 'ready now' });
  await started.stop();
  expect(started.stderr).toBe('something for stderr');
  expect(started.stdout).toMatch(/^report .*\n(GET .*\n){2}ready now\nasked to stop$/);
});

test('asks for health and metrics where the process tells that it answers, as soon as it does', async () => {
  const started = await start();
  expect(await started.health()).toEqual({ status: 500, body: { error_count: 3 } });
  expect(await started.metrics()).toBe('path /metrics\n');
});

test('is refused, and no more than that, where no more files can be opened', async () => {
  const exitTasks = process.listenerCount('exit');
  const spawning = jest.spyOn(SpawnedProcess.prototype as unknown as { spawn: () => number }, 'spawn');
  // As Node.js does: it makes no streams then, and tells a little later.
  spawning.mockImplementation(function (this: SpawnedProcess) {
    process.nextTick(() => this.emit('error', Object.assign(new Error('spawn node EMFILE'), { code: 'EMFILE' })));
    return -24;
  });
  try {
    await expect(start()).rejects.toThrow('spawn node EMFILE');
  } finally {
    spawning.mockRestore();
  }
  expect(process.listenerCount('exit')).toBe(exitTasks);
});

describe('lines', () => {
  const linesOf = (...texts: string[]) => {
    const lines: string[] = [];
    const splitter = new LineSplitter((line) => lines.push(line));
    for (const text of texts) splitter.push(text);
    splitter.end();
    return lines;
  };
  const max = 'x'.repeat(65_536);

  test('end at either line break, and with the stream', () => {
    expect(linesOf('o', 'ne\r', '\ntwo\n\nth', 'ree')).toEqual(['one', 'two', '', 'three']);
  });

  test('that are too long lose their rest up to the line break, and say so', () => {
    const cut = `${max} … (the rest is cut off)`;
    expect(linesOf(`${max}\n${max}`, 'Ses', 'ame', max, '\nnext')).toEqual([max, cut, 'next']);
    expect(linesOf(`${max}Sesame\nnext\n`)).toEqual([cut, 'next']);
    expect(linesOf(max, 'Sesame')).toEqual([cut]);
  });
});
