import { randomUUID } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { respond, startLoopback } from '../support/loopback.js';
import { ModuleProcess } from '../support/module-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** At the start a holder that may be dead is waited for first. */
const SOON_MS = 60_000;
const cleanup: (() => unknown)[] = [];

// Not after each: the tests run at the same time.
afterAll(async () => {
  for (const close of cleanup.splice(0)) await close();
});

function fifo(path: string): string {
  execFileSync('mkfifo', [path]);
  return path;
}

async function startModule(env: Record<string, string>) {
  const intake = await startLoopback((request, response) => {
    const { jsons } = request.json() as { jsons: string[] };
    respond(response, 200, { event_ids: jsons.map(() => randomUUID()) });
  });
  const settings = { intake_key: 'the-intake-key', intake_server: intake.url, behaviour: 'deliver', chunk_size: 10 };
  const module = new ModuleProcess({ TRIGGER_CONFIGURATION: JSON.stringify(settings), ...env });
  cleanup.push(
    () => intake.close(),
    () => module.kill('SIGKILL'),
  );
  return { module, intake };
}

interface Response {
  readonly status: string;
  readonly reasons: { readonly reason: string }[];
}

async function health(module: ModuleProcess): Promise<Response> {
  const response = await fetch(`http://127.0.0.1:${await module.port('health')}/health`);
  return (await response.json()) as Response;
}

/** The health answer once it says that the storage hangs. */
async function hanging(module: ModuleProcess): Promise<Response> {
  const deadline = Date.now() + SOON_MS;
  for (;;) {
    const told = await health(module);
    if (told.reasons.some(({ reason }) => /hangs|cannot be used/.test(reason))) return told;
    if (Date.now() > deadline) throw new Error(`health does not tell: ${JSON.stringify(told)}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** How long the process takes to end after SIGTERM, and with what; it is killed after 15 s. */
async function stopped(module: ModuleProcess) {
  const began = Date.now();
  module.kill('SIGTERM');
  const timer = setTimeout(() => module.kill('SIGKILL'), 15_000);
  const { code, signal } = await module.ended;
  clearTimeout(timer);
  return { tookMs: Date.now() - began, code, signal };
}

const places: Record<string, (folder: string) => Record<string, string>> = {
  'at the start, while it looks who holds the folder': (folder) => {
    mkdirSync(join(folder, '.lock'));
    fifo(join(folder, '.lock-holder.json'));
    return {};
  },
  'at the start, before the folder is there': (folder) => ({
    NODE_OPTIONS: `--import ${new URL('../fixtures/hanging-volume.mjs', import.meta.url).href}`,
    HANGS_AT: `stat ${folder}`,
    HANGING_FIFO: fifo(`${folder}.fifo`),
  }),
  'while it remembers what was delivered': (folder) => {
    fifo(join(folder, 'context.json.new'));
    return {};
  },
  'while it flushes what it has written': (folder) => ({
    NODE_OPTIONS: `--import ${new URL('../fixtures/hanging-volume.mjs', import.meta.url).href}`,
    HANGS_AT: 'rename context.json',
    HANGING_FIFO: fifo(`${folder}.fifo`),
  }),
};

test.concurrent.each(Object.entries(places))(
  'a folder that hangs %s: health tells, nothing more is delivered, and SIGTERM ends the process within 10 s',
  async (place, prepare) => {
    const folder = temporaryFolder();
    const { module, intake } = await startModule({ DATA_STORAGE: folder, ...prepare(folder) });
    const told = await hanging(module);
    expect(told.status).toBe('degraded');
    const events = intake.received.length;
    expect(events).toBeLessThanOrEqual(place.includes('start') ? 0 : 1);
    const end = await stopped(module);
    expect(end.tookMs).toBeLessThan(10_000);
    expect([end.code, end.signal]).toEqual([null, 'SIGKILL']);
    expect(intake.received).toHaveLength(events);
  },
  120_000,
);

test.concurrent(
  'a folder that hangs when the process lets go of it: SIGTERM ends it within 10 s, with its logs',
  async () => {
    const folder = temporaryFolder();
    const { module } = await startModule({
      DATA_STORAGE: folder,
      NODE_OPTIONS: `--import ${new URL('../fixtures/hanging-volume.mjs', import.meta.url).href}`,
      HANGS_AT: 'rm .lock-holder',
      HANGING_FIFO: fifo(`${folder}.fifo`),
    });
    await module.says('delivered with');
    const end = await stopped(module);
    expect(end.tookMs).toBeLessThan(10_000);
    expect([end.code, end.signal]).toEqual([null, 'SIGKILL']);
    expect(module.lines().map(({ msg }) => msg)).toContainEqual(expect.stringContaining('could not be closed'));
  },
  120_000,
);

async function silentServer(): Promise<{ url: string; server: Server }> {
  const server = createServer(() => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanup.push(
    () => server.closeAllConnections(),
    () => server.close(),
  );
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

test.concurrent(
  'an object storage that never answers: health tells, nothing is delivered, and SIGTERM ends the process within 10 s',
  async () => {
    const { url } = await silentServer();
    const { module, intake } = await startModule({
      DATA_STORAGE: temporaryFolder(),
      FILE_BACKEND: 'S3',
      AWS_BUCKET_NAME: 'bucket',
      AWS_DEFAULT_REGION: 'eu-west-3',
      AWS_ACCESS_KEY_ID: 'an-access-key-id',
      AWS_SECRET_ACCESS_KEY: 'a-secret-access-key',
      AWS_S3_ENDPOINT_URL: url,
    });
    expect((await hanging(module)).status).toBe('degraded');
    expect(intake.received).toHaveLength(0);
    const end = await stopped(module);
    expect(end.tookMs).toBeLessThan(10_000);
    expect(end).toMatchObject({ code: 0, signal: null });
  },
  120_000,
);
