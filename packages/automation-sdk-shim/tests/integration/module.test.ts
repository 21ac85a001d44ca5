import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { selfSignedCertificate } from '@local/testbed';
import { beyondProxy, startConnectProxy } from '../support/connect-proxy.js';
import { respond, startLoopback, type Handler, type Loopback } from '../support/loopback.js';
import { ModuleProcess } from '../support/module-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const SECRETS = ['the-intake-key', 'the-password', 'the-platform-token', 'the-api-secret'];
const [INTAKE_KEY, PASSWORD, TOKEN, API_SECRET] = SECRETS as [string, string, string, string];

jest.setTimeout(60_000);

let sekoia: Loopback;
let handle: Handler;
let folder: string;
let processes: ModuleProcess[];

beforeAll(() => {
  // The module runs as a process, which needs JavaScript; without changes since the last build this takes a moment.
  const repository = fileURLToPath(new URL('../../../../', import.meta.url));
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b', 'packages/automation-sdk-shim'], {
    cwd: repository,
  });
});

beforeEach(async () => {
  folder = temporaryFolder();
  processes = [];
  handle = (request, response) => {
    const { jsons } = (request.method === 'POST' ? request.json() : {}) as { jsons?: string[] };
    if (request.path === '/api/secrets') respond(response, 200, { value: { api_secret: API_SECRET } });
    else if (jsons === undefined) respond(response, 200, {});
    else respond(response, 200, { event_ids: jsons });
  };
  sekoia = await startLoopback((request, response) => handle(request, response));
});

afterEach(async () => {
  for (const started of processes) started.kill('SIGKILL');
  await Promise.all(processes.map(({ ended }) => ended));
  await sekoia.close();
});

/** Starts the module by hand, or with `platform` as the platform would. */
function start(
  settings: Record<string, unknown> | undefined,
  env: Record<string, string> = {},
  args?: readonly string[],
): ModuleProcess {
  const given = settings && { intake_key: INTAKE_KEY, intake_server: sekoia.url, password: PASSWORD, ...settings };
  const started = new ModuleProcess(
    { DATA_STORAGE: folder, ...(given && { TRIGGER_CONFIGURATION: JSON.stringify(given) }), ...env },
    args,
  );
  processes.push(started);
  return started;
}

const platform = () => ({ TOKEN, URL_CALLBACK: `${sekoia.url}/api/callback` });

function shippedLogs() {
  return sekoia.received
    .filter(({ path }) => path === '/api/logs')
    .flatMap((request) => (request.json() as { logs: { level: string; message: string }[] }).logs);
}

describe('a module that is started by the platform', () => {
  test('delivers, tells health, metrics and logs, keeps its secrets, and stops cleanly', async () => {
    const module = start({}, platform());
    await module.says('delivered with');
    const health = await fetch(`http://127.0.0.1:${await module.port('health')}/health`);
    const metrics = await fetch(`http://127.0.0.1:${await module.port('metrics')}/metrics`);
    const [healthText, metricsText] = [await health.text(), await metrics.text()];
    module.kill('SIGTERM');
    expect(await module.ended).toEqual({ code: 0, signal: null });

    expect(health.status).toBe(200);
    expect(JSON.parse(healthText)).toMatchObject({
      seconds_without_events_threshold: 21_600,
      last_heartbeat_threshold: 0,
      error_count: 0,
      secret_is: '***',
      delivered: 25,
    });
    expect(metricsText).toContain('symphony_module_common_events_lags{');
    expect(metricsText).toMatch(/symphony_module_common_forwarded_events_total\{intake_key="[0-9a-f]{12}"\} 25/);

    const batches = sekoia.received.filter(({ path }) => path === '/batch');
    expect(batches.flatMap((request) => (request.json() as { jsons: string[] }).jsons)).toHaveLength(25);
    expect(batches[0]!.headers['user-agent']).toBe('sekoiaio-module/test-module-1.2.3');
    expect(JSON.parse(readFileSync(join(folder, 'context.json'), 'utf8'))).toEqual({ delivered: 25 });
    expect(statSync(join(folder, 'context.json')).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['context.json']);

    expect(shippedLogs()).toContainEqual(
      expect.objectContaining({ level: 'warning', message: 'delivered with *** and ***' }),
    );
    const everything = module.text + healthText + metricsText + JSON.stringify(shippedLogs());
    for (const secret of SECRETS) expect(everything).not.toContain(secret);
  });

  test('names all that is wrong with its settings in one critical entry, and waits for the stop', async () => {
    const module = start({ intake_key: '', chunk_size: 0, password: [12345] }, { ...platform(), SUB_FOLDER: '../x' });
    const { msg, level } = await module.says('Configuration error');
    const health = await fetch(`http://127.0.0.1:${await module.port('health')}/health`);
    const healthText = await health.text();
    module.kill('SIGINT');
    expect(await module.ended).toEqual({ code: 0, signal: null });
    expect(level).toBe('critical');
    expect(msg).toContain('"intake_key" (Intake key) is missing: it must be text.');
    expect(msg).toContain('"chunk_size" (Chunk size) must be an integer of at least 1, not 0.');
    expect(msg).toContain('"password" (Password) must be text, not a list.');
    expect(msg).toContain('"sub_folder" leads out of the data folder');
    expect(health.status).toBe(200);
    expect(healthText).toContain('"status":"misconfigured"');
    expect(healthText).toContain('Configuration error');
    expect(healthText + module.text).not.toContain('12345');
    expect(shippedLogs().filter((entry) => entry.level === 'critical')).toHaveLength(1);
    expect(sekoia.received.some(({ path }) => path === '/batch')).toBe(false);
  });

  test('reads its settings from files, and from the connector’s before the trigger’s', async () => {
    const volume = temporaryFolder();
    const settings = { intake_key: INTAKE_KEY, intake_server: sekoia.url, unheard_of: 1 };
    writeFileSync(join(volume, 'connector_configuration'), JSON.stringify(settings));
    const module = start({ intake_server: 'http://127.0.0.1:1' }, { SYMPHONY_VOLUME: volume, LOG_LEVEL: 'debug' });
    const unknown = await module.says('does not know');
    expect(unknown).toMatchObject({ level: 'debug', msg: expect.stringContaining('ignores them: "unheard_of"') });
    await sekoia.arrived(3);
    expect(module.text).toContain('run by hand');
  });

  test('prefers the platform’s intake to the card’s default', async () => {
    start({ intake_server: null }, { INTAKE_URL: `${sekoia.url}/region/intake-http` });
    await sekoia.arrived(1);
    expect(sekoia.received[0]!.path).toBe('/region/intake-http/batch');
  });
});

describe('the life of run()', () => {
  test('it is called again after a failure, whose stack is logged without secrets [F-48]', async () => {
    const module = start({ behaviour: 'failOnce' });
    const { msg } = await module.says('first run failed');
    expect(msg).toMatch(/first run failed with \*\*\*\n +at /);
    await module.says('second run');
    module.kill('SIGTERM');
    expect((await module.ended).code).toBe(0);
  });

  test('a configuration error from it is told once, and nothing happens until stop', async () => {
    const module = start({ behaviour: 'misconfigured' });
    expect((await module.says('is not the one')).level).toBe('critical');
    module.kill('SIGTERM');
    expect((await module.ended).code).toBe(0);
    expect(module.text.match(/is not the one/g)).toHaveLength(1);
  });

  test('when it hangs, the process ends with 1 by itself, and says so', async () => {
    const module = start({ behaviour: 'hang' });
    await module.says('hanging');
    module.kill('SIGTERM');
    expect((await module.ended).code).toBe(1);
    expect((await module.says('did not stop within')).level).toBe('error');
  });

  test('a second signal ends the process at once', async () => {
    const module = start({ behaviour: 'hang' });
    await module.says('hanging');
    module.kill('SIGTERM');
    await module.says('the module stops');
    module.kill('SIGINT');
    expect((await module.ended).code).toBe(130);
    expect(module.text).not.toContain('did not stop within');
  });

  test('a rejection that nobody looked at is logged with its stack, and the module goes on', async () => {
    const module = start({ behaviour: 'reject' });
    await module.says('still here');
    expect((await module.says('nobody looked')).msg).toMatch(/Error: nobody looked\n +at /);
    module.kill('SIGTERM');
    expect((await module.ended).code).toBe(0);
  });

  test('an exception that nobody caught is logged and shipped, and the process ends with 1', async () => {
    const module = start({ behaviour: 'crash' }, platform());
    expect((await module.ended).code).toBe(1);
    expect(module.text).toContain('nobody caught');
    expect(shippedLogs().some(({ message }) => message.includes('nobody caught'))).toBe(true);
    expect(existsSync(join(folder, '.lock'))).toBe(false);
  });
});

describe('the start', () => {
  test.each([
    [['tset'], 1, '"tset" is not a command.'],
    [[], 1, 'No command was given.'],
    [['--help'], 0, 'Give one of the module'],
  ])('with the arguments %j the known commands are named and the exit code is %i', async (args, code, words) => {
    const module = start({}, {}, args);
    expect((await module.ended).code).toBe(code);
    expect(module.text).toContain(words);
    expect(module.text).toContain('"test"');
    expect(module.text).toContain(' validate_module_configuration checks the module');
  });

  test('a command whose card is missing ends with 1, and the image is to be corrected', async () => {
    const module = start({}, {}, ['without-card']);
    expect((await module.ended).code).toBe(1);
    const { msg, level } = await module.says('has the docker_parameters "without-card"');
    expect(level).toBe('critical');
    expect(msg).toMatch(/Add its card\. \[SDK-CARD\]$/);
  });

  test('a misspelt setting is told also where something else is wrong', async () => {
    const module = start({ frequencyy: 1 }, { SUB_FOLDER: '../x', LOG_LEVEL: 'debug' });
    expect((await module.says('does not know')).msg).toContain('"frequencyy"');
    await module.says('Configuration error: The value "sub_folder" leads out of the data folder');
  });

  test('without settings both places are named', async () => {
    const module = start(undefined);
    const { msg } = await module.says('Configuration error');
    expect(msg).toContain('/nowhere/trigger_configuration');
    expect(msg).toContain('TRIGGER_CONFIGURATION');
  });

  test('a port that is taken is a warning, and the module works', async () => {
    const other = createServer().listen(0);
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const module = start({}, { LIVENESS_PORT: String(port) });
    expect((await module.says(`health port ${port} cannot be used (EADDRINUSE)`)).level).toBe('warning');
    await module.says('delivered with');
    other.close();
  });

  test('a data folder that cannot be made is a warning and tried again, and stopping is clean', async () => {
    writeFileSync(join(folder, 'file'), '');
    const module = start({}, { DATA_STORAGE: join(folder, 'file', 'data') });
    const { msg, level } = await module.says('Nothing is collected until it can be used');
    expect(level).toBe('warning');
    expect(msg).toMatch(/delivering without remembering would repeat\. \[SDK-STORE\]$/);
    const health = await fetch(`http://127.0.0.1:${await module.port('health')}/health`);
    expect(health.status).toBe(200);
    module.kill('SIGTERM');
    expect((await module.ended).code).toBe(0);
    expect(sekoia.received).toHaveLength(0);
  });
});

describe('Sentry', () => {
  const register = new URL('../fixtures/sentry/register.mjs', import.meta.url);
  const dsn = () => ({ SENTRY_DSN: `${sekoia.url.replace('://', '://key@')}/1` });

  test('gets errors without secrets, request data or variables before the module ends', async () => {
    const module = start(
      { behaviour: 'failOnce' },
      {
        ...platform(),
        ...dsn(),
        ENVIRONMENT: 'test',
        PLAYBOOK_UUID: 'a-playbook',
        COMMUNITY_UUID: 'a-community',
        NODE_OPTIONS: `--import=${register.href}`,
      },
    );
    await module.says('second run');
    module.kill('SIGTERM');
    expect((await module.ended).code).toBe(0);
    const [report, ...others] = sekoia.received.filter(({ path }) => path === '/sentry');
    expect(others).toEqual([]);
    expect(report!.json()).toEqual([
      {
        level: 'error',
        environment: 'test',
        release: 'test-module@1.2.3',
        tags: {
          module: 'test-module',
          item_type: 'trigger',
          name: 'test',
          community: 'a-community',
          playbook_uuid: 'a-playbook',
        },
        extra: { message: expect.stringContaining('The trigger failed') as unknown },
        exception: {
          values: [
            { type: 'Error', value: 'first run failed with ***', stacktrace: { frames: [{ function: 'run' }] } },
          ],
        },
      },
    ]);
  });

  test('that is asked for but not installed is a debug entry, and the module works', async () => {
    const module = start({}, { ...platform(), ...dsn(), LOG_LEVEL: 'debug' });
    expect((await module.says('npm install @sentry/node')).level).toBe('debug');
    await module.says('delivered with');
  });
});

describe('a token that the trigger hides', () => {
  test('is kept out of the log until it was forgotten as often as it was hidden', async () => {
    const module = start({ behaviour: 'renewToken' });
    expect((await module.says('in use')).msg).toBe('in use: ***');
    expect((await module.says('expired')).msg).toBe('expired: a-token');
  });
});

describe('behind a proxy', () => {
  const PROXY_PASSWORD = 'p@ss:of-the-proxy';

  test('all its https requests to a host go through one tunnel, and the proxy’s password to the proxy only', async () => {
    const { certificate, privateKey } = selfSignedCertificate('loopback', 'ec');
    const trusted = join(folder, 'trusted.pem');
    writeFileSync(trusted, certificate);
    const secure = await startLoopback((request, response) => handle(request, response), {
      cert: certificate,
      key: privateKey,
    });
    const proxy = await startConnectProxy({ credentials: { user: 'module', password: PROXY_PASSWORD } });
    try {
      const intake = beyondProxy(secure.url);
      const module = start(
        { intake_server: intake },
        { ...platform(), HTTPS_PROXY: proxy.url, NODE_EXTRA_CA_CERTS: trusted },
      );
      await module.says('delivered with');
      module.kill('SIGTERM');
      expect((await module.ended).code).toBe(0);
      expect(secure.received.map(({ path }) => path)).toEqual(['/batch', '/batch', '/batch']);
      expect(proxy.connects).toEqual([new URL(intake).host]);
      // The platform is at an http:// address, for which no proxy was named.
      expect(proxy.requests).toEqual([]);
      expect(shippedLogs()).not.toHaveLength(0);
      const headers = JSON.stringify(secure.received.map((request) => request.headers));
      expect(headers.toLowerCase()).not.toContain('proxy-auth');
      expect(module.text).not.toContain('of-the-proxy');
    } finally {
      await proxy.close();
      await secure.close();
    }
  });

  test('an unusable address is told as a configuration error, without its password', async () => {
    const module = start({}, { HTTPS_PROXY: `socks5://module:${PROXY_PASSWORD}@127.0.0.1:1` });
    const { msg, level } = await module.says('Configuration error');
    expect(level).toBe('critical');
    expect(msg).toContain('The environment variable HTTPS_PROXY must be the address of an HTTP proxy');
    expect(module.text).not.toContain('of-the-proxy');
    module.kill('SIGTERM');
    expect((await module.ended).code).toBe(0);
  });

  test('a refusal of the proxy is in the log, its password is not', async () => {
    const proxy = await startConnectProxy({ credentials: { user: 'module', password: PROXY_PASSWORD }, refuse: 403 });
    const module = start({ intake_server: 'https://intake.example' }, { HTTPS_PROXY: proxy.url });
    const { msg } = await module.says('EPROXYREFUSED');
    expect(msg).toContain(`the proxy ${new URL(proxy.url).host} answered 403 to CONNECT`);
    module.kill('SIGTERM');
    expect((await module.ended).code).toBe(0);
    expect(module.text).not.toContain('of-the-proxy');
    await proxy.close();
  });
});

describe('two processes on one data folder', () => {
  test('the second one names the first and ends with 1; after a clean stop a new one starts', async () => {
    const first = start({});
    await first.says('delivered with');
    const second = start({});
    expect((await second.ended).code).toBe(1);
    const { msg, level } = await second.says(`held by the process ${first.child.pid} on the host`);
    expect(level).toBe('error');
    expect(msg).toMatch(/DATA_STORAGE or sub_folder\)\. \[SDK-FOLDER-HELD\]$/);
    first.kill('SIGTERM');
    await first.ended;
    await start({}).says('delivered with');
  });

  test('a holder that was killed is followed', async () => {
    const first = start({});
    await first.says('delivered with');
    first.kill('SIGKILL');
    await first.ended;
    expect(existsSync(join(folder, '.lock'))).toBe(true);
    await start({}).says('delivered with');
  });
});
