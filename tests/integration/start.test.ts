import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

const main = fileURLToPath(new URL('../../dist/bundle/main.js', import.meta.url));
const guard = new URL('../../packages/automation-sdk-shim/dist/guard.js', import.meta.url).href;
const SECRET = 'cl1ent~Secret.of-the-application';
/** Where nothing listens: the module starts, and waits for Microsoft. */
const NOWHERE = 'http://127.0.0.1:9';

let folder: string;
let started: ChildProcess[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'start-'));
  started = [];
});
afterEach(async () => {
  for (const child of started) child.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

/** The module by hand, from a shell that runs `before` first. */
function start(env: Record<string, string> = {}, before = ':', args = `'${main}' message_trace_graph`) {
  const settings = {
    tenant_id: 'contoso.onmicrosoft.com',
    client_id: '0f8fad5b-d9cb-469f-a165-70867728950e',
    client_secret: SECRET,
    intake_key: 'k3y-of-the-intake-9f2c',
    api_url: NOWHERE,
    authority_url: NOWHERE,
    intake_server: NOWHERE,
  };
  const child = spawn('sh', ['-c', `${before}; exec '${process.execPath}' ${args}`], {
    env: {
      PATH: process.env['PATH'],
      LIVENESS_PORT: '0',
      METRICS_PORT: '0',
      DATA_STORAGE: join(folder, 'data'),
      TRIGGER_CONFIGURATION: JSON.stringify(settings),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (part: string) => (text += part));
  return { child, text: () => text, exited: once(child, 'close') as Promise<[number | null, string | null]> };
}

async function untilItSays({ child, text }: ReturnType<typeof start>, words: string): Promise<void> {
  while (!text().includes(words)) {
    if (child.exitCode !== null) throw new Error(`It ended without saying "${words}":\n${text()}`);
    await sleep(20);
  }
}

/** The one line of a refusal. */
async function httpErrorOf(run: ReturnType<typeof start>): Promise<string> {
  const [code] = await run.exited;
  expect({ code, lines: run.text().trimEnd().split('\n').length }).toEqual({ code: 1, lines: 1 });
  const { level, msg } = JSON.parse(run.text()) as { level: string; msg: string };
  expect(level).toBe('critical');
  expect(msg).toMatch(/\[SDK-START\]$/);
  return msg;
}

describe('a start that cannot be safe ends with exit code 1 and one line', () => {
  test.each([[32], [64], [128]])('at ulimit -n %i', async (limit) => {
    const msg = await httpErrorOf(start({}, `ulimit -n ${limit}`));
    expect(msg).toContain(`may open ${limit} files at once and needs 256`);
  });

  test.each([
    ['--report-on-signal', '--report-on-signal'],
    ['--inspect=127.0.0.1:0', '--inspect'],
    ['--heapsnapshot-signal=SIGUSR2', '--heapsnapshot-signal'],
  ])('with %s in NODE_OPTIONS', async (option, name) => {
    const run = start({ NODE_OPTIONS: `${option} --diagnostic-dir=${folder}` });
    const [code] = await run.exited;
    expect(code).toBe(1);
    expect(run.text()).toContain(`NODE_OPTIONS holds ${name}: it `);
    expect(run.text()).not.toContain('message_trace_graph of');
    expect(await readdir(folder)).toEqual([]);
  });

  test('with NODE_DEBUG=http, which would print tokens', async () => {
    const msg = await httpErrorOf(start({ NODE_DEBUG: 'http' }));
    expect(msg).toContain('NODE_DEBUG is set');
  });

  test('where the code is damaged, with no stack', async () => {
    const load = `import { loadGuarded } from '${guard}'; await loadGuarded(() => import('file:///nowhere/start.js'));`;
    const msg = await httpErrorOf(start({ LOAD: load }, ':', `--input-type=module -e "$LOAD"`));
    expect(msg).toContain('ERR_MODULE_NOT_FOUND');
  });
});

test('SIGUSR1 opens no debugger: the module goes on, and ends cleanly', async () => {
  const run = start();
  await untilItSays(run, 'answers metrics');
  run.child.kill('SIGUSR1');
  run.child.kill('SIGUSR1');
  await sleep(500);
  expect(run.child.exitCode).toBeNull();
  run.child.kill('SIGTERM');
  expect(await run.exited).toEqual([0, null]);
  expect(run.text()).not.toContain('Debugger');
  expect(run.text()).not.toContain(SECRET);
});

test('at ulimit -n 256 the module starts and answers 200 connections of clients', async () => {
  const run = start({}, 'ulimit -n 256');
  await untilItSays(run, 'answers metrics');
  const port = Number(/port (\d+) answers health/.exec(run.text())?.[1]);
  const statuses = await Promise.all(
    Array.from({ length: 200 }, () =>
      fetch(`http://127.0.0.1:${port}/health`).then(
        ({ status }) => status,
        () => 0,
      ),
    ),
  );
  expect(statuses).toContain(200);
  // Connections that the module has closed meanwhile are still in the client's pool: the one it takes next may be one.
  const again = async (): Promise<number> =>
    fetch(`http://127.0.0.1:${port}/health`, { headers: { connection: 'close' } }).then(
      ({ status }) => status,
      () => sleep(100).then(again),
    );
  expect(await again()).toBe(200);
  run.child.kill('SIGTERM');
  expect(await run.exited).toEqual([0, null]);
  expect(run.text()).not.toContain('EMFILE');
});
