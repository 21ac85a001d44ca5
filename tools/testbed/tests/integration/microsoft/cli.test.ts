import { spawn, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { run } from '../../../src/microsoft/command-line.js';
import { basic, get, type AnsweredRow } from '../../support/client.js';
import { askToken, graphScope } from '../../support/token-client.js';

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

function valueIn(text: string, name: string): string {
  return new RegExp(`^ *${name} +(\\S+)$`, 'm').exec(text)![1]!;
}

function apiUrlIn(text: string): string {
  return valueIn(text, 'api_url');
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

test('says what Microsoft Graph and its tokens are to be reached with', async () => {
  const { text } = await running(['--port', '0', '--rows', '10', '--rate', '0'], async (greeting) => {
    const value = (name: string): string => valueIn(greeting, name);
    const { body } = await askToken(`${value('authority_url')}/${value('tenant_id')}/oauth2/v2.0/token`, {
      grant_type: 'client_credentials',
      client_id: value('client_id'),
      client_secret: value('client_secret'),
      scope: graphScope,
    });
    const [until, from] = [new Date(Date.now() - 1000).toISOString(), new Date(Date.now() - 86_400_000).toISOString()];
    const filter = encodeURIComponent(`receivedDateTime ge ${from} and receivedDateTime le ${until}`);
    const url = `${value('graph_url')}/admin/exchange/tracing/messageTraces?$filter=${filter}`;
    expect((await get(url, { authorization: `Bearer ${body.access_token!}` })).status).toBe(200);
  });
  expect(text).toMatch(/Stopped after 2 requests and \d+ rows\.\n$/);
});

describe('with --tls', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'simulator-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('writes the certificate to the file, and speaks https', async () => {
    const file = join(folder, 'ca.pem');
    await running(['--port', '0', '--rows', '1', '--tls', file], async (greeting) => {
      expect(apiUrlIn(greeting)).toMatch(/^https:/);
      expect(valueIn(greeting, 'certificate')).toBe(file);
      expect(greeting).toContain(`curl --cacert '${file}'`);
      expect(new X509Certificate(await readFile(file)).subjectAltName).toContain('127.0.0.1');
    });
  });

  test('refuses a file that cannot be written', async () => {
    const argv = ['--port', '0', '--rows', '1', '--tls', join(folder, 'missing', 'ca.pem')];
    const { code, text } = await running(argv, () => Promise.resolve());
    expect(code).toBe(2);
    expect(text).toMatch(/certificate cannot be written .*ENOENT.*name another file with --tls\./);
  });
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
  for (const option of [
    'port',
    'rate',
    'history-hours',
    'rows',
    'late-share',
    'seed',
    'account-name',
    'faults',
    'tls',
  ]) {
    expect(text).toContain(`--${option}`);
  }
});

test.each([
  [['--rate', 'fast'], '--rate must be a number'],
  [['--late-share', '2'], '--late-share must be a number from 0 to 1'],
  [['--account-name', ''], '--account-name must not be empty'],
  [['--rows', '1.5'], 'rows must be a whole number'],
  [['--tls', ''], '--tls must not be empty'],
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
  const home = fileURLToPath(new URL('../../..', import.meta.url));

  beforeAll(() => {
    const tsc = fileURLToPath(new URL('../../../../../node_modules/typescript/bin/tsc', import.meta.url));
    const { status, stdout } = spawnSync(process.execPath, [tsc, '-b', home], { encoding: 'utf8' });
    expect([status, stdout]).toEqual([0, '']);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('ends with 0 on %s', async (signal) => {
    const child = spawn(process.execPath, ['dist/microsoft/main.js', '--port', '0', '--rows', '10'], { cwd: home });
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

  test('goes on when a client goes away before it has asked', async () => {
    const child = spawn(process.execPath, ['dist/microsoft/main.js', '--port', '0', '--rows', '10'], { cwd: home });
    const exited = once(child, 'exit');
    let text = '';
    for await (const chunk of child.stdout) {
      text += String(chunk);
      if (!text.includes('Ctrl-C stops it.') || child.killed) continue;
      const url = `${valueIn(text, 'authority_url')}/example.corp/oauth2/v2.0/token`;
      await leave(url);
      expect((await fetch(url)).status).toBe(400);
      child.kill();
    }
    expect(await exited).toEqual([0, null]);
  });
});

/** Sends a part of a body, waits until the server has begun to read it, and breaks the connection off. */
async function leave(url: string): Promise<void> {
  const headers = { 'content-length': '100', expect: '100-continue' };
  const request = httpRequest(url, { method: 'POST', headers });
  request.flushHeaders();
  await once(request, 'continue');
  const closed = new Promise((resolve) => request.on('error', () => undefined).once('close', resolve));
  request.write('grant_type=');
  request.destroy();
  await closed;
}
