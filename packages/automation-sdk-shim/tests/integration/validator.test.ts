import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { respond, startLoopback, type Handler, type Loopback } from '../support/loopback.js';
import { ModuleProcess } from '../support/module-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const TOKEN = 'the-platform-token';
const API_SECRET = 'the-api-secret';

jest.setTimeout(60_000);

let platform: Loopback;
let handle: Handler;
let folder: string;
let module: ModuleProcess;

beforeAll(() => {
  const repository = fileURLToPath(new URL('../../../../', import.meta.url));
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b', 'packages/automation-sdk-shim'], {
    cwd: repository,
  });
});

beforeEach(async () => {
  folder = temporaryFolder();
  handle = (_request, response) => {
    const value = { tenant: 'not taken from here', api_secret: API_SECRET };
    respond(response, 200, { module_configuration: { value } });
  };
  platform = await startLoopback((request, response) => handle(request, response));
});

afterEach(async () => {
  module.kill('SIGKILL');
  await module.ended;
  await platform.close();
});

function start(configuration: unknown, values: Record<string, string> = onPlatform()): void {
  const env = { DATA_STORAGE: join(folder, 'data'), MODULE_CONFIGURATION: JSON.stringify(configuration), ...values };
  module = new ModuleProcess(env, ['validate_module_configuration']);
}

const onPlatform = () => ({ TOKEN, URL_CALLBACK: `${platform.url}/api/callback` });
const told = () => platform.received.map((request) => request.json());

describe('the check of the module’s configuration', () => {
  test('tells the platform that it runs, and that the configuration works', async () => {
    start({ tenant: 'right' });
    expect(await module.ended).toEqual({ code: 0, signal: null });
    expect(told()).toEqual([{ status: 'running' }, { status: 'finished', results: { success: true } }]);
    for (const request of platform.received) {
      expect(request).toMatchObject({ method: 'PATCH', path: '/api/callback' });
      expect(request.headers['authorization']).toBe(`Bearer ${TOKEN}`);
    }
    // The secret comes with the answer to the first request; the rest is what the operator has just filled in.
    expect((await module.says('checks')).msg).toBe('checks right with ***');
    expect(existsSync(join(folder, 'data'))).toBe(false);
  });

  test.each([
    ['does not work', { tenant: 'wrong' }, '"tenant" is not one that *** opens. Correct it.'],
    [
      'does not fit the manifest',
      { tenant: {} },
      '"tenant" must be text, not a JSON object. Correct the settings in the playbook. [SDK-CONFIGURATION]',
    ],
    [
      'cannot be checked',
      { tenant: 'unknown' },
      'The check failed (Error: no answer about ***). Try again; if it fails again, report it.',
    ],
  ])('says why it %s', async (_what, configuration, error) => {
    start(configuration);
    expect((await module.ended).code).toBe(0);
    expect(told()).toEqual([{ status: 'running' }, { status: 'finished', results: { success: false }, error }]);
    expect(module.text).not.toContain(API_SECRET);
  });

  test('ends with 1 where the platform does not take its result', async () => {
    handle = (_request, response) => respond(response, platform.received.length === 1 ? 200 : 410, {});
    start({ tenant: 'right' });
    expect((await module.ended).code).toBe(1);
    expect(platform.received).toHaveLength(2);
    const { level, msg } = await module.says('it answered 410');
    expect(level).toBe('error');
    expect(msg).toMatch(/report it to the support of Sekoia\.io\. \[SDK-CALLBACK\]$/);
  });

  test('is tried again while the platform fails', async () => {
    handle = (_request, response) => respond(response, platform.received.length === 1 ? 503 : 200, {});
    start({ tenant: 'right' });
    expect((await module.ended).code).toBe(0);
    expect(told()).toHaveLength(3);
  });

  test('stops at once when it is told to', async () => {
    handle = () => undefined;
    start({ tenant: 'right' });
    await platform.arrived(1);
    module.kill('SIGTERM');
    expect((await module.ended).code).toBe(1);
    await module.says('stopped before its result was told');
  });

  test.each([
    ['right', 0, 'works'],
    ['wrong', 1, 'does not work. "tenant" is not'],
  ])('by hand, the log and the exit code tell: %s', async (tenant, code, words) => {
    start({ tenant, api_secret: API_SECRET }, {});
    expect((await module.ended).code).toBe(code);
    await module.says(words);
    expect(module.text).not.toContain(API_SECRET);
    expect(platform.received).toHaveLength(0);
  });
});
