import { spawn, spawnSync } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { run } from '../src/cli/run.js';
import { basic, get, type AnsweredRow } from './client.js';

// Much to do for a machine that is busy with other things.
jest.setTimeout(60_000);

/** Runs the command in this process until `visit`, which gets the first text that it writes, is done. */
async function running(
  argv: string[],
  visit: (text: string) => Promise<void>,
): Promise<{ code: number; text: string }> {
  let text = '';
  const stop = new AbortController();
  const output = new EventEmitter();
  const started = once(output, 'text');
  const ended = run(
    argv,
    (part) => {
      text += part;
      output.emit('text');
    },
    stop.signal,
  );
  await Promise.race([started, ended]);
  try {
    await visit(text);
  } finally {
    stop.abort();
  }
  return { code: await ended, text };
}

function apiUrlIn(text: string): string {
  return /api_url +(\S+)/.exec(text)![1]!;
}

test('fills a world, serves it, and stops', async () => {
  const argv = ['--port', '0', '--rows', '300', '--history-hours', '2', '--rate', '0', '--late-share', '0'];
  const account = ['--account-name', 'me@example.corp', '--account-password', "it's"];
  const { code, text } = await running([...argv, ...account], async (greeting) => {
    const url = `${apiUrlIn(greeting)}/MessageTrace?$format=json`;
    const response = await get(url, { authorization: basic('me@example.corp', "it's") });
    const { d } = (await response.json()) as { d: { results: AnsweredRow[] } };
    expect(d.results).toHaveLength(300);
    expect(greeting).toContain(`curl --user 'me@example.corp:it'\\''s' '${url}'`);
  });
  expect(code).toBe(0);
  expect(text).toMatch(/Stopped after 1 requests and 300 rows\.\n$/);
});

test('lets a share of the requests fail', async () => {
  await running(['--port', '0', '--faults', '1', '--rows', '10'], async (greeting) => {
    await get(`${apiUrlIn(greeting)}/MessageTrace?$format=json`).catch(() => undefined);
    const status = await fetch(new URL('/simulator/status', apiUrlIn(greeting)));
    const { requests } = (await status.json()) as { requests: { byResult: Record<string, number> } };
    expect(Object.keys(requests.byResult)).not.toContain('page');
  });
});

test('shows its options on --help', async () => {
  const { code, text } = await running(['--help'], () => Promise.resolve());
  expect(code).toBe(0);
  for (const option of ['port', 'rate', 'history-hours', 'rows', 'late-share', 'seed', 'account-name', 'faults']) {
    expect(text).toContain(`--${option}`);
  }
});

test.each([
  [['--rate', 'fast'], '--rate must be a number'],
  [['--late-share', '2'], '--late-share must be a number from 0 to 1'],
  [['--account-name', ''], '--account-name must not be empty'],
  [['--rows', '1.5'], 'rows must be a whole number'],
  [['--sped', '1'], "'--sped'"],
])('refuses %j', async (argv, expected) => {
  const { code, text } = await running(argv, () => Promise.resolve());
  expect(code).toBe(2);
  expect(text).toContain(expected);
});

test('a port that was asked for and is taken is an error with advice', async () => {
  const taken = createServer();
  await once(taken.listen(0, '127.0.0.1'), 'listening');
  const { port } = taken.address() as AddressInfo;
  const { code, text } = await running(['--port', String(port)], () => Promise.resolve());
  taken.close();
  expect(code).toBe(2);
  expect(text).toContain(`Port ${port} is in use; choose another one with --port.`);
});

test('without a port asked for two can run side by side', async () => {
  const argv = ['--rows', '1', '--rate', '0'];
  await running(argv, (first) =>
    running(argv, (second) => {
      expect(apiUrlIn(second)).not.toBe(apiUrlIn(first));
      return Promise.resolve();
    }).then(() => undefined),
  );
});

describe('as a process', () => {
  const home = fileURLToPath(new URL('..', import.meta.url));

  beforeAll(() => {
    const tsc = fileURLToPath(new URL('../../../node_modules/typescript/bin/tsc', import.meta.url));
    const { status, stdout } = spawnSync(process.execPath, [tsc, '-b', home], { encoding: 'utf8' });
    expect([status, stdout]).toEqual([0, '']);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('ends with 0 on %s', async (signal) => {
    const child = spawn(process.execPath, ['dist/main.js', '--port', '0', '--rows', '10'], { cwd: home });
    const exited = once(child, 'exit');
    let text = '';
    for await (const chunk of child.stdout) {
      text += String(chunk);
      if (!text.includes('Ctrl-C stops it.')) continue;
      if (!child.killed) child.kill(signal);
    }
    expect(await exited).toEqual([0, null]);
    expect(text).toContain('Stopped after 0 requests');
  });
});
