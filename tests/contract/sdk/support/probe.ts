import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { pythonWith } from '../../../support/python-environment.js';
import type { Scenario } from '../scenarios.js';
import { logEntries, startRecorder, type Recorded } from './recorder.js';

export type Side = 'sdk' | 'shim';

/** What one side did in a scenario. */
export interface Observation {
  readonly exitCode: number | null;
  readonly requests: readonly Recorded[];
  readonly health: { readonly status: number; readonly body: unknown } | undefined;
  readonly metrics: string | undefined;
  readonly context: string | undefined;
  /** What an action left in the data folder: each file's name, and its text. */
  readonly files: readonly (readonly [name: string, text: string])[];
}

const END = 'probe: end';
const LIMIT_MS = 90_000;
const STOP_MS = 30_000;
const LOOK_MS = 50;

const probe = (file: string) => fileURLToPath(new URL(`../probe/${file}`, import.meta.url));

/** The interpreter that has Sekoia's SDK. */
export const pythonWithSdk = (): Promise<string> =>
  pythonWith('sekoia-sdk', new URL('../requirements.txt', import.meta.url));

/** Runs the probe on one side as a process, through to its end. */
export async function observe(side: Side, scenario: Scenario): Promise<Observation> {
  const folder = await mkdtemp(join(tmpdir(), `sdk-${side}-`));
  const recorder = await startRecorder(scenario.responses ?? (() => undefined));
  const [liveness, metrics] = [await freePort(), await freePort()];
  await writeCards(folder, scenario);
  await writeFile(join(folder, 'steps.json'), JSON.stringify(scenario.steps ?? []));
  await mkdir(join(folder, 'data'));
  const given = Object.entries(scenario.files ?? {});
  for (const [name, text] of given) await writeFile(join(folder, 'data', name), text);
  const child = await start(side, scenario, folder, {
    PROBE_ROOT: folder,
    PROBE_STEPS: join(folder, 'steps.json'),
    PROBE_ACTIONS: scenario.module === undefined ? '' : scenario.command,
    DATA_STORAGE: join(folder, 'data'),
    TOKEN: 'the-token',
    URL_CALLBACK: `${recorder.url}/api/callback`,
    INTAKE_URL: recorder.url,
    LIVENESS_PORT: String(liveness),
    METRICS_PORT: String(metrics),
    ...texts(scenario.values, recorder.url),
  });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (part: string) => (said += part));
  const ended = once(child, 'close');
  try {
    await untilOver(recorder.requests, child, scenario);
    const alive = child.exitCode === null;
    const health =
      scenario.looksAtHealth === true && alive ? await ask(`http://127.0.0.1:${liveness}/health`) : undefined;
    const page =
      scenario.looksAtHealth === true && alive ? await ask(`http://127.0.0.1:${metrics}/metrics`) : undefined;
    child.kill('SIGTERM');
    const limit = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    const [exitCode] = (await ended) as [number | null];
    clearTimeout(limit);
    return {
      exitCode,
      requests: recorder.requests,
      health: health && { status: health.status, body: JSON.parse(health.text) as unknown },
      metrics: page?.text,
      context: await readFile(join(folder, 'data', 'context.json'), 'utf8').catch(() => undefined),
      files: await filesIn(join(folder, 'data'), [...given.map(([name]) => name), 'context.json']),
    };
  } catch (error) {
    throw new Error(`The probe on the ${side} did not come to its end. It said:\n${said.slice(-4_000)}`, {
      cause: error,
    });
  } finally {
    child.kill('SIGKILL');
    await ended;
    await recorder.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function start(
  side: Side,
  { command, module }: Scenario,
  folder: string,
  values: Readonly<Record<string, string>>,
): Promise<ChildProcess> {
  const shim = module === undefined ? probe('main.mjs') : fileURLToPath(new URL(module.main, module.root));
  const [program, script] = side === 'sdk' ? [await pythonWithSdk(), probe('main.py')] : [process.execPath, shim];
  const env = { ...process.env, NODE_OPTIONS: '', PYTHONDONTWRITEBYTECODE: '1', SYMPHONY_VOLUME: folder, ...values };
  // The SDK reads manifest.json where it is started, and its folder for data must be there.
  return spawn(program, [script, command], { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
}

/** Until the probe has taken its last step, has given up, or has ended. */
async function untilOver(requests: readonly Recorded[], child: ChildProcess, scenario: Scenario): Promise<void> {
  const endsAt = scenario.endsAt ?? 'critical';
  const isRequested = () => requests.some(({ kind }) => kind === scenario.stopAt);
  const startedMs = performance.now();
  while (child.exitCode === null && performance.now() - startedMs < LIMIT_MS) {
    const entries = logEntries(requests);
    if (entries.some(({ message }) => message === END) || isRequested()) return;
    const others = entries.filter(({ message }) => !message.startsWith('probe:')).map(({ level }) => level);
    if (endsAt !== 'end' && others.includes('critical')) return;
    if (endsAt === 'error' && others.includes('error')) return;
    await wait(LOOK_MS);
  }
  if (child.exitCode === null) throw new Error(`nothing came to an end in ${LIMIT_MS / 1_000} s`);
}

async function filesIn(folder: string, except: readonly string[]): Promise<[string, string][]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json') && !except.includes(name)).sort();
  return Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')]));
}

async function ask(url: string): Promise<{ status: number; text: string }> {
  const response = await fetch(url);
  return { status: response.status, text: await response.text() };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function writeCards(folder: string, { manifestSecrets = [], cardSecrets = [], module }: Scenario): Promise<void> {
  if (module !== undefined) {
    for (const card of module.cards) await copyFile(new URL(card, module.root), join(folder, card));
    return;
  }
  const write = (name: string, content: unknown) => writeFile(join(folder, name), JSON.stringify(content));
  const text = { type: 'string' };
  const own = { password: text };
  const configuration = { type: 'object', properties: { tenant: text, api_secret: text }, required: [] };
  const trigger = {
    ...own,
    frequency: { type: 'integer', default: 60 },
    enabled: { type: 'boolean', default: true },
    ratio: { type: 'number', default: 0.5 },
    text: { type: 'string', default: 'default' },
  };
  const connector = {
    ...own,
    intake_key: text,
    intake_server: text,
    chunk_size: { type: 'integer', default: 1000 },
    compress: { type: 'boolean', default: true },
  };
  const action = {
    count: { type: 'integer', default: 10 },
    exact: { type: 'boolean', default: false },
    text: { type: 'string', default: 'default' },
    words: { type: 'array', items: text },
  };
  const files = { rows: { type: 'array' }, rows_path: text, word: text };
  const card = (kind: string, properties: object, required: string[]) => ({
    docker_parameters: `probe_${kind}`,
    arguments: { type: 'object', properties, required, secrets: cardSecrets },
  });
  await write('manifest.json', {
    name: 'Probe',
    slug: 'probe',
    version: '1.2.3',
    configuration: { ...configuration, secrets: manifestSecrets },
  });
  await write('trigger_probe.json', card('trigger', trigger, []));
  await write('connector_probe.json', card('connector', connector, ['intake_key']));
  await write('action_probe.json', card('action', files, []));
  await write('action_typed_probe.json', card('typed_action', action, []));
}

function texts(values: Readonly<Record<string, unknown>>, url: string): Record<string, string> {
  const entries = Object.entries(values).map(([name, value]) => [
    name.toUpperCase(),
    typeof value === 'string' ? value.replace('RECORDER', url) : JSON.stringify(value),
  ]);
  return Object.fromEntries(entries) as Record<string, string>;
}
