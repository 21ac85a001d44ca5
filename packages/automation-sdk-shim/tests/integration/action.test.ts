import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { MAX_ACTION_LOG_CHARACTERS } from '../../src/budgets.js';
import { respond, startLoopback, type Handler, type Loopback } from '../support/loopback.js';
import { ModuleProcess } from '../support/module-process.js';
import { S3Server } from '../support/s3-server.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const TOKEN = 'the-platform-token';
const API_SECRET = 'the-api-secret';
const PASSWORD = 'the-password-given';

jest.setTimeout(60_000);

let platform: Loopback;
let handle: Handler;
let data: string;
let module: ModuleProcess;

beforeAll(() => {
  const repository = fileURLToPath(new URL('../../../../', import.meta.url));
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b', 'packages/automation-sdk-shim'], {
    cwd: repository,
  });
});

beforeEach(async () => {
  data = join(temporaryFolder(), 'data');
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

const onPlatform = () => ({ TOKEN, URL_CALLBACK: `${platform.url}/api/callback` });

function start(given: unknown, values: Record<string, string> = onPlatform(), command = 'act'): void {
  const env = {
    DATA_STORAGE: data,
    MODULE_CONFIGURATION: JSON.stringify({ tenant: 'contoso' }),
    ...(given !== undefined && { ARGUMENTS: JSON.stringify(given) }),
    ...values,
  };
  module = new ModuleProcess(env, [command]);
}

interface Finished {
  readonly status: string;
  readonly results?: Record<string, unknown>;
  readonly error?: string;
  readonly logs?: string;
  readonly outputs?: Record<string, boolean>;
}

const told = () => platform.received.map((request) => request.json());
const finished = () => told().at(-1) as Finished;

/** Runs the action to its end, which must have been told. */
async function act(given: unknown): Promise<Finished> {
  start(given);
  expect(await module.ended).toEqual({ code: 0, signal: null });
  expect(finished().status).toBe('finished');
  return finished();
}

describe('an action', () => {
  test('tells the platform that it runs, and its results, outputs and logs', async () => {
    await act({ count: '5', exact: 'yes', senders: [' a@contoso.com '], password: PASSWORD, unheard_of: 1, match: '' });
    for (const request of platform.received) {
      expect(request).toMatchObject({ method: 'PATCH', path: '/api/callback' });
      expect(request.headers['authorization']).toBe(`Bearer ${TOKEN}`);
    }
    expect(told()).toEqual([
      { status: 'running', need_secrets: true },
      {
        status: 'finished',
        results: {
          given: {
            behaviour: 'succeed',
            count: 5,
            exact: true,
            senders: ['a@contoso.com'],
            match: 'contains',
            password: '***',
          },
          tenant: 'contoso',
          key: '***',
        },
        logs: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}: warning: asks with \*\*\* and \*\*\*\n$/),
        outputs: { found: true, not_found: false },
      },
    ]);
    expect(existsSync(data)).toBe(false);
  });

  test('that reports an error hands over its results and outputs all the same', async () => {
    expect(await act({ behaviour: 'tellError' })).toEqual({
      status: 'finished',
      results: { partial: true },
      error: 'The tenant does not know ***.',
      outputs: { found: false },
    });
  });

  test.each([
    ['throws', 'fail', 'The action failed (Error: no answer about ***). Try again; if it fails again, report it.'],
    ['names a setting', 'misconfigured', '"tenant" is not known. Correct it. [SDK-CONFIGURATION]'],
    ['returns a text', 'returnText', 'The action returned a string where an object was expected. Please report it.'],
    ['returns a number that JSON has no form for', 'returnBigInt', expect.stringMatching(/not JSON \(TypeError: .*\)/)],
    ['returns what contains itself', 'returnCycle', expect.stringMatching(/not JSON \(RangeError: .*\)/)],
  ])('that %s has failed, without results', async (_what, behaviour, error) => {
    const { results, error: said, outputs } = await act({ behaviour });
    expect(said).toEqual(error);
    expect(results).toBeUndefined();
    expect(outputs).toEqual(behaviour === 'fail' ? { found: true } : undefined);
    // Stacks stay on standard error.
    expect(JSON.stringify(told())).not.toMatch(/\n\s+at |main\.mjs/);
    expect(JSON.stringify(told()) + module.text).not.toContain(API_SECRET);
  });

  test('that returns nothing has finished, with nothing', async () => {
    expect(await act({ behaviour: 'returnNothing' })).toEqual({ status: 'finished' });
  });

  test('hands over large results whole, in one request', async () => {
    const { results } = await act({ behaviour: 'large', count: 12_000 });
    expect(platform.received).toHaveLength(2);
    expect(platform.received[1]!.body.length).toBeGreaterThan(2_000_000);
    const rows = (results as { rows: { n: number; text: string }[] }).rows;
    expect(rows).toHaveLength(12_000);
    expect(rows.at(-1)).toEqual({ n: 11_999, text: 'é'.repeat(100) });
  });

  test('keeps a secret out of what leaves for as long as it hides it', async () => {
    const { logs } = await act({ behaviour: 'hideToken' });
    expect(logs).toMatch(/in use: \*\*\*\n.*expired: a-token\n$/);
  });

  test('hands over the newest of its log', async () => {
    const { logs = '' } = await act({ behaviour: 'say', count: 400 });
    expect(logs.length).toBeLessThan(MAX_ACTION_LOG_CHARACTERS + 100);
    const [note, ...lines] = logs.trimEnd().split('\n');
    const dropped = Number(/^(\d+) older log entries were dropped\.$/.exec(note!)![1]);
    expect(dropped + lines.length).toBe(400);
    expect(lines[0]).toContain(`info: ${dropped} x`);
    expect(lines.at(-1)).toContain('info: 399 x');
  });
});

describe('arguments', () => {
  test.each([
    [{ count: 'many' }, '"count" (Count) must be an integer of at least 1 (rows to return), not "many".'],
    [{ count: 0 }, '"count" (Count) must be an integer of at least 1 (rows to return), not 0.'],
    [{ match: 'roughly' }, '"match" (Match) must be one of "contains", "equals", not "roughly".'],
    [{ senders: 'a@contoso.com' }, '"senders" (Senders) must be a list whose items are each text, not'],
    [{ since: 2, until: 1 }, '"since" must not be after "until".'],
    [{ password: { is: PASSWORD } }, '"password" (Password) must be text, not a JSON object.'],
  ])('%j are refused by name before the action is run', async (given, sentence) => {
    const { error, results, outputs } = await act(given);
    expect(error).toContain(sentence);
    expect(error).toMatch(/ Correct the arguments in the playbook\. \[SDK-CONFIGURATION\]$/);
    expect([results, outputs]).toEqual([undefined, undefined]);
    expect(JSON.stringify(told()) + module.text).not.toContain(PASSWORD);
  });

  test('and the configuration that are wrong are both named', async () => {
    start({ count: 'many' }, { ...onPlatform(), MODULE_CONFIGURATION: '{"tenant":{}}' });
    expect((await module.ended).code).toBe(0);
    expect(finished().error).toMatch(/"tenant" must be text.*"count" \(Count\) must be an integer/);
  });

  test('that are missing are asked for', async () => {
    const { error } = await act(undefined);
    expect(error).toMatch(/^The arguments are missing\. Give them as JSON in .*\/arguments or .* ARGUMENTS\./);
  });

  test('cannot be checked without a card', async () => {
    start({}, onPlatform(), 'act-without-card');
    expect((await module.ended).code).toBe(0);
    expect(finished().error).toBe(
      'No action_*.json has the docker_parameters "act-without-card". Add its card. [SDK-CARD]',
    );
  });
});

describe('arguments and results by file', () => {
  const put = (name: string, text: string) => {
    mkdirSync(join(data, 'sub'), { recursive: true });
    writeFileSync(join(data, name), text);
  };

  test('a file that an earlier action left is read, and another one is left', async () => {
    put('sub/rows.json', '[1,"é"]');
    const { results = {} } = await act({ behaviour: 'files', rows_path: 'sub/rows.json' });
    expect(results).toEqual({ read: [1, 'é'], copy_path: expect.stringMatching(/^copy-[0-9a-f-]{36}\.json$/) });
    const path = join(data, results['copy_path'] as string);
    expect(readFileSync(path, 'utf8')).toBe('{"rows":[1,"é"],"key":"***"}');
    // Another module's container reads it, as another user.
    expect(statSync(path).mode & 0o777).toBe(0o644);
    // No lock: actions of one playbook run side by side.
    expect(readdirSync(data).sort()).toEqual([results['copy_path'], 'sub'].sort());
  });

  test('in a bucket it is the same, without a lock, and without a local file', async () => {
    const s3 = await S3Server.start();
    s3.store('run/rows.json', '[1,"é"]');
    const { bucket, region, endpoint, credentials } = s3.settings;
    start(
      { behaviour: 'files', rows_path: 'rows.json' },
      {
        ...onPlatform(),
        FILE_BACKEND: 'S3',
        SUB_FOLDER: 'run',
        AWS_BUCKET_NAME: bucket,
        AWS_DEFAULT_REGION: region,
        AWS_S3_ENDPOINT_URL: endpoint!,
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      },
    );
    expect(await module.ended).toEqual({ code: 0, signal: null });
    const { results = {} } = finished();
    const copy = `run/${String(results['copy_path'])}`;
    expect(results['read']).toEqual([1, 'é']);
    expect(s3.keys.sort()).toEqual([copy, 'run/rows.json'].sort());
    expect(s3.objects.get(copy)!.body.toString()).toBe('{"rows":[1,"é"],"key":"***"}');
    expect(existsSync(data)).toBe(false);
    s3.close();
  });

  test('an argument given directly gives the result directly', async () => {
    const { results } = await act({ behaviour: 'files', rows: [1] });
    expect(results).toEqual({ read: [1], copy: { rows: [1], key: '***' } });
    expect(existsSync(data)).toBe(false);
  });

  test('an argument may be left out where it is not required', async () => {
    expect((await act({ behaviour: 'optional' })).results).toEqual({ read: 'nothing' });
  });

  test.each([
    ['is missing', {}, '"rows" is missing. Give the argument "rows" or "rows_path".'],
    ['names no file', { rows_path: 'none.json' }, '"rows_path" names the file "none.json", which is not in'],
    ['names a folder', { rows_path: 'sub' }, '"rows_path" names the file "sub", which is not in'],
    ['leads out', { rows_path: '../secret.json' }, '"../secret.json" leads out of the playbook\'s data folder.'],
    ['leads out, absolutely', { rows_path: '/etc/hostname' }, '"/etc/hostname" leads out of'],
    ['leads beside', { rows_path: '../data-of-others/a.json' }, '"../data-of-others/a.json" leads out of'],
    ['is not JSON', { rows_path: 'broken.json' }, '"rows_path" names the file "broken.json", which is not JSON.'],
    ['is too deep', { rows_path: 'deep.json' }, 'which holds more than 256 levels.'],
    ['is too large', { rows_path: 'large.json' }, 'The file "large.json" is larger than 16 MiB.'],
  ])('an argument that %s is refused', async (_what, given, sentence) => {
    put('broken.json', `{"password":"${API_SECRET}"`);
    put('deep.json', `${'['.repeat(300)}${']'.repeat(300)}`);
    put('large.json', ' '.repeat(16 * 1_048_576 + 1));
    writeFileSync(join(data, '..', 'secret.json'), '"not for actions"');
    const { error, results } = await act({ behaviour: 'files', ...given });
    expect(error).toContain(sentence);
    expect(error).toMatch(/\[SDK-CONFIGURATION\]$/);
    expect(results).toBeUndefined();
    expect(JSON.stringify(told())).not.toContain('not for actions');
  });
});

describe('telling the platform', () => {
  test('is tried again while the platform fails, with the same end', async () => {
    handle = (_request, response) => {
      const fails = [1, 3].includes(platform.received.length);
      respond(response, fails ? 500 : 200, { module_configuration: { value: { api_secret: API_SECRET } } });
    };
    await act({});
    const [one, two, three, four] = told();
    expect([two, four]).toEqual([one, three]);
    expect(told()).toHaveLength(4);
  });

  test('409 to the end is no failure: the playbook run is over', async () => {
    handle = (_request, response) => respond(response, platform.received.length === 1 ? 200 : 409, {});
    start({ behaviour: 'returnNothing' });
    expect((await module.ended).code).toBe(0);
    expect(told()).toHaveLength(2);
  });

  test('another 4xx to the end is one, for exit code 1', async () => {
    handle = (_request, response) => respond(response, platform.received.length === 1 ? 200 : 410, {});
    start({ behaviour: 'returnNothing' });
    expect((await module.ended).code).toBe(1);
    expect((await module.says('it answered 410')).level).toBe('error');
    expect(told()).toHaveLength(2);
  });

  test('where the platform refuses the beginning, the end is told all the same', async () => {
    handle = (_request, response) => respond(response, platform.received.length === 1 ? 400 : 200, {});
    const { error, results } = await act({});
    expect(error).toMatch(/it answered 400\. .*\[SDK-CALLBACK\]$/);
    expect(results).toBeUndefined();
  });

  test('results that are too large for the platform become an error', async () => {
    handle = (request, response) => respond(response, request.body.length > 100_000 ? 413 : 200, {});
    const { error, results } = await act({ behaviour: 'large', count: 1_000 });
    expect(error).toMatch(/^The results are too large for the platform \(it answered 413\)\./);
    expect(results).toBeUndefined();
    expect(told()).toHaveLength(3);
  });

  test('secrets that did not come are missed, not guessed', async () => {
    handle = (_request, response) => respond(response, 200, {});
    start({}, { ...onPlatform(), MODULE_CONFIGURATION: '{"api_secret":"*****"}' });
    expect((await module.ended).code).toBe(0);
    expect(finished().error).toMatch(/^"api_secret" holds a placeholder such as \*\*\*\*\*/);
  });

  test('what the action leaves open does not keep the container running', async () => {
    expect(await act({ behaviour: 'leaveOpen' })).toEqual({ status: 'finished', results: { done: true } });
  });

  test('an exception that nothing caught ends the process, after the platform was told', async () => {
    start({ behaviour: 'crash' });
    expect((await module.ended).code).toBe(1);
    expect(finished()).toMatchObject({
      error: 'The action was stopped before it had finished. Run it again.',
      logs: expect.stringContaining('error: An exception was not caught.'),
    });
  });
});

describe('a stop', () => {
  test.each([
    ['that an action obeys is told', 'wait', 'warning: The action was stopped before it had finished.\n'],
    [
      'that it ignores is told too',
      'hang',
      'It ignored the stop: it went on for 2 s after the stop. Please report it.',
    ],
  ])('%s', async (_what, behaviour, words) => {
    start({ behaviour });
    await module.says('waiting');
    module.kill('SIGTERM');
    expect(await module.ended).toEqual({ code: 0, signal: null });
    expect(finished().error).toBe('The action was stopped before it had finished. Run it again.');
    expect(finished().logs).toContain('info: SIGTERM: the module stops.\n');
    expect(finished().logs).toContain(words);
  });

  test('does not throw away results that were there in time', async () => {
    start({ behaviour: 'finishLate' });
    await module.says('waiting');
    module.kill('SIGTERM');
    expect((await module.ended).code).toBe(0);
    expect(finished()).toMatchObject({ results: { rows: 3 } });
    expect(finished().error).toBeUndefined();
  });

  test('while the platform does not answer ends with 1', async () => {
    handle = () => undefined;
    start({});
    await platform.arrived(1);
    module.kill('SIGTERM');
    expect((await module.ended).code).toBe(1);
    await module.says('stopped before its end was reported');
  });
});

describe('by hand', () => {
  test.each([
    ['succeed', 0],
    ['tellError', 1],
  ])('%s: the report goes to standard output, and the exit code tells', async (behaviour, code) => {
    start({ behaviour }, { MODULE_CONFIGURATION: JSON.stringify({ tenant: 'contoso', api_secret: API_SECRET }) });
    expect((await module.ended).code).toBe(code);
    const report = JSON.parse(module.output) as Finished;
    expect(report.status).toBe('finished');
    expect(report.results).toMatchObject(code === 0 ? { tenant: 'contoso', key: '***' } : { partial: true });
    expect(platform.received).toHaveLength(0);
  });
});
