import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { respond, startLoopback, type Handler, type Loopback } from '../support/loopback.js';
import { ModuleProcess } from '../support/module-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const TOKEN = 'the-platform-token';
const PASSWORD = 'the-real-password';
const API_SECRET = 'the-api-secret';
const CLEAR_ERROR = 'holds a placeholder such as *****, and the platform did not hand out the secret.';

jest.setTimeout(60_000);

let platform: Loopback;
let respondWithSecrets: Handler;
let folder: string;
let processes: ModuleProcess[];

beforeAll(() => {
  const repository = fileURLToPath(new URL('../../../../', import.meta.url));
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b', 'packages/automation-sdk-shim'], {
    cwd: repository,
  });
});

beforeEach(async () => {
  folder = temporaryFolder();
  processes = [];
  respondWithSecrets = (_request, response) =>
    respond(response, 200, { value: {}, node_value: { password: PASSWORD } });
  platform = await startLoopback((request, response) => {
    if (request.path === '/api/secrets') respondWithSecrets(request, response);
    else respond(response, 200, {});
  });
});

afterEach(async () => {
  for (const started of processes) started.kill('SIGKILL');
  await Promise.all(processes.map(({ ended }) => ended));
  await platform.close();
});

/** Writes a module whose card, manifest or both list secrets. */
function writeCards({ card = ['password'], manifest = [] }: { card?: string[]; manifest?: string[] } = {}): void {
  const text = (title: string) => ({ type: 'string', title, minLength: 1 });
  const properties = {
    intake_key: text('Intake key'),
    intake_server: text('Intake server'),
    password: text('Password'),
    note: { type: 'string', title: 'Note' },
    chunk_size: { type: 'integer', title: 'Chunk size', minimum: 1, default: 10 },
    compress: { type: 'boolean', title: 'Compress', default: true },
    behaviour: { type: 'string', default: 'tellSecrets' },
  };
  const required = ['intake_key', 'password'];
  const settings = { type: 'object', properties, required, secrets: card };
  const configuration = {
    type: 'object',
    properties: { api_secret: { type: 'string', title: 'API secret' } },
    required: manifest,
    secrets: manifest,
  };
  const write = (name: string, content: unknown) => writeFileSync(join(folder, name), JSON.stringify(content));
  write('manifest.json', { slug: 'with-secrets', version: '1.0.0', configuration });
  write('trigger_test.json', { docker_parameters: 'test', arguments: settings, results: {} });
  write('connector_test.json', { docker_parameters: 'test', arguments: settings });
}

function start(settings: Record<string, unknown>, env: Record<string, string> = {}): ModuleProcess {
  const given = { intake_key: 'the-intake-key', intake_server: 'http://127.0.0.1:1', ...settings };
  const name = env['AS_CONNECTOR'] === undefined ? 'TRIGGER_CONFIGURATION' : 'CONNECTOR_CONFIGURATION';
  const started = new ModuleProcess({
    DATA_STORAGE: join(folder, 'data'),
    MODULE_ROOT: folder,
    TOKEN,
    URL_CALLBACK: `${platform.url}/api/callback`,
    [name]: JSON.stringify(given),
    ...env,
  });
  processes.push(started);
  return started;
}

const to = (path: string) => platform.received.filter((request) => request.path === path);
const criticals = () =>
  to('/api/logs')
    .flatMap((request) => (request.json() as { logs: { level: string; message: string }[] }).logs)
    .filter(({ level }) => level === 'critical')
    .map(({ message }) => message);

/** What the trigger has in its settings, as it told the platform. */
async function told(module: ModuleProcess): Promise<Record<string, unknown>> {
  await module.says('runs with');
  return (to('/api/callback')[0]!.json() as { event: Record<string, unknown> }).event;
}

describe('a setting whose value the platform keeps apart', () => {
  test.each([
    ['masked', { password: '*****' }, {}],
    ['masked with bullets', { password: ' •••••••• ' }, {}],
    ['left out', {}, {}],
    ['null', { password: null }, {}],
    ['old', { password: 'an-older-password' }, {}],
    ['masked, for a connector', { password: '***' }, { AS_CONNECTOR: '1' }],
  ])('arrives over one that is %s', async (_what, settings, env) => {
    writeCards();
    const module = start(settings, env);
    expect(await told(module)).toMatchObject({ password: PASSWORD });
    expect(to('/api/secrets')).toHaveLength(1);
    expect(to('/api/secrets')[0]!.headers['authorization']).toBe(`Bearer ${TOKEN}`);
    // The secret is hidden, a placeholder is not: asterisks elsewhere stay as they are.
    expect((await module.says('runs with')).msg).toBe('runs with ***; a line of asterisks: *****');
    expect(module.text).not.toContain(PASSWORD);
  });

  test('that comes masked itself, or null, leaves the setting as it was given', async () => {
    respondWithSecrets = (_request, response) =>
      respond(response, 200, { node_value: { password: '*****', note: null, unheard_of: 'x-x-x-x' } });
    writeCards();
    const module = start({ password: 'typed in', note: 'a note' });
    expect(await told(module)).toMatchObject({ password: 'typed in', note: 'a note' });
  });

  test('comes beside the module’s own secrets', async () => {
    respondWithSecrets = (_request, response) =>
      respond(response, 200, { value: { api_secret: API_SECRET }, node_value: { password: PASSWORD } });
    writeCards({ manifest: ['api_secret'] });
    const module = start({ password: '*****' }, { MODULE_CONFIGURATION: '{"api_secret":"*****"}' });
    expect(await told(module)).toMatchObject({ password: PASSWORD, module: { api_secret: API_SECRET } });
    expect(module.text).not.toContain(API_SECRET);
  });
});

describe('a placeholder that the platform does not replace', () => {
  test.each([
    ['no node_value', { value: {} }, 200],
    ['a node_value without it', { value: {}, node_value: { other: 'x' } }, 200],
    ['a node_value that is masked', { node_value: { password: '•••' } }, 200],
    ['404', 'not here', 404],
  ])('is one clear error: %s', async (_what, body, status) => {
    respondWithSecrets = (_request, response) => respond(response, status, body);
    writeCards();
    const module = start({ password: '*****' });
    const { msg, level } = await module.says('Configuration error');
    expect(level).toBe('critical');
    expect(msg).toBe(
      `Configuration error: "password" (Password) ${CLEAR_ERROR} Open the trigger in the playbook, enter it again ` +
        'and save. If this comes back, update the module. [SDK-CONFIGURATION]',
    );
    module.kill('SIGTERM');
    expect((await module.ended).code).toBe(0);
    expect(criticals()).toEqual([msg]);
    expect(to('/api/secrets')).toHaveLength(status === 200 ? 1 : 3);
    expect(to('/api/callback')).toEqual([]);
  });

  test('names every setting, those that no card calls secret too', async () => {
    respondWithSecrets = (_request, response) => respond(response, 200, {});
    writeCards();
    const module = start({ intake_key: '***', password: '*****', note: '••••' });
    const { msg } = await module.says('Configuration error');
    expect(msg).toContain('"intake_key" (Intake key), "password" (Password), "note" (Note) hold a placeholder');
    expect(msg).toContain('enter them again');
  });

  test('in the module’s configuration points there', async () => {
    respondWithSecrets = (_request, response) => respond(response, 200, { value: {} });
    writeCards({ manifest: ['api_secret'] });
    const module = start({ password: PASSWORD }, { MODULE_CONFIGURATION: '{"api_secret":"*****"}' });
    const { msg } = await module.says('Configuration error');
    expect(msg).toContain(`"api_secret" (API secret) ${CLEAR_ERROR} Open the module's configuration, enter it again`);
  });

  test('is asked for as long as the platform fails', async () => {
    writeCards();
    respondWithSecrets = (_request, response) => {
      if (to('/api/secrets').length <= 4) respond(response, 503, '');
      else respond(response, 200, { node_value: { password: PASSWORD } });
    };
    const module = start({ password: '*****' });
    expect(await told(module)).toMatchObject({ password: PASSWORD });
    expect(module.text).not.toContain('Configuration error');
  });
});

describe('settings that are complete', () => {
  test.each([
    ['has nothing for them', 200, { value: {} }, 1],
    ['has a null for them', 200, { value: null, node_value: null }, 1],
    ['does not know the address', 404, 'not here', 3],
    ['fails', 503, '', 3],
    ['answers no JSON', 200, '<html>', 3],
  ])('start where the platform %s', async (_what, status, body, asked) => {
    respondWithSecrets = (_request, response) => respond(response, status, body);
    writeCards();
    const module = start({ password: 'typed in' });
    expect(await told(module)).toMatchObject({ password: 'typed in' });
    expect(to('/api/secrets')).toHaveLength(asked);
    const lines = module.lines().filter(({ level }) => level !== 'info' && level !== 'debug');
    expect(lines.map(({ msg }) => msg)).toEqual(['runs with ***; a line of asterisks: *****']);
  });

  test('start where the secrets’ address cannot be reached', async () => {
    writeCards();
    const module = start({ password: 'typed in' }, { URL_SECRETS: 'http://127.0.0.1:1/secrets' });
    expect(await told(module)).toMatchObject({ password: 'typed in' });
    expect((await module.says('did not hand out')).msg).toContain('in 3 tries (NetworkError: no answer from');
  });

  test('of a card without secrets are not asked for', async () => {
    writeCards({ card: [] });
    expect(await told(start({ password: 'typed in' }))).toMatchObject({ password: 'typed in' });
    expect(to('/api/secrets')).toEqual([]);
  });
});

describe('wrong settings', () => {
  test('are told after the secrets have come', async () => {
    writeCards();
    const { msg } = await start({ password: '*****', chunk_size: 0 }).says('Configuration error');
    expect(msg).toContain('"chunk_size" (Chunk size) must be');
    expect(msg).not.toContain('Password');
  });

  test('stopping does not wait for a platform that is away', async () => {
    writeCards();
    respondWithSecrets = () => undefined;
    const module = start({ password: '*****' });
    await platform.arrived(1);
    module.kill('SIGTERM');
    expect((await module.ended).code).toBe(0);
  });
});
