import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  startPlatform,
  TriggerProcess,
  type LogEntry,
  type Platform,
  type RecordedRequest,
  type TriggerOptions,
} from '@local/testbed';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { allArrivedOnce, minute, Scenario } from '../support/scenario.js';
import { intakeKey, token } from '../support/sign-in-scenarios.js';

const file = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const realModule = file('dist/bundle/main.js');
const talkingModule = file('tests/fixtures/talking-module/main.mjs');
const apiSecret = 's3cret-of-the-api';

let platform: Platform;
let dataFolder: string;
let started: TriggerProcess[];
let startedMs: number;

beforeEach(async () => {
  started = [];
  startedMs = Date.now();
  platform = await startPlatform({ token, secrets: { api_secret: apiSecret } });
  dataFolder = await mkdtemp(join(tmpdir(), 'talking-'));
});

afterEach(async () => {
  await Promise.all(started.map((trigger) => trigger.kill()));
  await platform.close();
  await rm(dataFolder, { recursive: true, force: true });
});

async function start(options: Partial<TriggerOptions>): Promise<TriggerProcess> {
  const trigger = await TriggerProcess.start({
    modulePath: talkingModule,
    dockerParameters: 'talk',
    configuration: {},
    dataFolder,
    token,
    urlCallback: platform.callbackUrl,
    ...options,
  });
  started.push(trigger);
  return trigger;
}

type Said = readonly [level: LogEntry['level'], message: string];

function talk(says: readonly Said[], options: Partial<TriggerOptions> = {}): Promise<TriggerProcess> {
  const configuration = { says: says.map(([level, message]) => ({ level, message })), ...options.configuration };
  return start({ ...options, configuration });
}

/** Resolves once the platform has the message. */
function arrived(message: string, at: Platform = platform): Promise<unknown> {
  return at.until(({ logs }) => logs.some((entry) => entry.message.includes(message)));
}

const said = (wanted: string, at: Platform = platform): Said[] =>
  at
    .records()
    .logs.filter(({ message }) => message.includes(wanted))
    .map(({ level, message }) => [level, message]);

const to = (path: string, at: Platform = platform) => at.records().requests.filter((request) => request.path === path);

/** What every request must be, whatever it is for. */
function expectContract(requests: readonly RecordedRequest[], userAgent: string): void {
  const kinds = ['POST /logs', 'GET /secrets', 'POST /callback', 'PATCH /callback'];
  for (const request of requests) {
    expect(kinds).toContain(`${request.method} ${request.path}`);
    expect(request).toMatchObject({ authorized: true, headers: { 'user-agent': userAgent } });
    if (request.method !== 'GET') expect(request.headers['content-type']).toBe('application/json');
    if (request.path !== '/logs') continue;
    const { logs, ...others } = request.body as { logs: LogEntry[] };
    expect(others).toEqual({});
    // The note about entries that were dropped would be one more.
    expect(logs.length).toBeLessThanOrEqual(51);
    for (const { date, level, message, ...more } of logs) {
      expect(more).toEqual({});
      expect(date).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}$/);
      // That it is UTC shows where the machine's zone is another.
      expect(Date.parse(`${date}Z`)).toBeGreaterThanOrEqual(startedMs);
      expect(Date.parse(`${date}Z`)).toBeLessThanOrEqual(Date.now());
      expect(['debug', 'info', 'warning', 'error', 'critical']).toContain(level);
      expect(message).not.toBe('');
    }
  }
}

describe('the life of the module, as the platform sees it', () => {
  test('is one question for secrets, then logs alone: at the start, of what fails and what comes back, and to the last entry at the stop', async () => {
    const scenario = await Scenario.open();
    try {
      const now = Date.now();
      scenario.simulator.world.add({ rows: 50, from: now - 10 * minute, to: now });
      scenario.intake.faults.failNext('401', 3);
      const trigger = await scenario.start({}, { environment: { TZ: 'Asia/Kolkata' } });
      expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
      await arrived('takes events again', scenario.platform);
      expect(await trigger.stop()).toMatchObject({ exitCode: 0 });

      const { version } = JSON.parse(await readFile(file('manifest.json'), 'utf8')) as { version: string };
      const { requests, logs } = scenario.platform.records();
      expectContract(requests, `sekoiaio-module/microsoft365-message-trace-${version}`);
      const kinds = requests.map(({ method, path }) => `${method} ${path}`);
      expect(new Set(kinds)).toEqual(new Set(['GET /secrets', 'POST /logs']));
      expect(kinds.filter((kind) => kind === 'GET /secrets')).toHaveLength(1);
      expect(logs[0]).toMatchObject({ level: 'info', message: expect.stringContaining('message_trace of') as unknown });
      expect(logs.filter(({ level }) => level === 'critical')).toHaveLength(1);
      expect(logs.some(({ message }) => message.includes('SIGTERM: the module stops.'))).toBe(true);
      const everything = JSON.stringify(requests);
      expect(everything).not.toContain(intakeKey);
      expect(everything).not.toContain(token);
    } finally {
      await scenario.close();
    }
  });
});

describe('the settings of the real module, whose secrets the platform keeps apart', () => {
  test('are complete with node_value: every row is collected once, and nothing names the password', async () => {
    const scenario = await Scenario.open();
    const { account_password: password } = scenario.signInScenario.settings(scenario.simulator);
    const apart = await startPlatform({ token, nodeSecrets: { account_password: password } });
    try {
      const now = Date.now();
      scenario.simulator.world.add({ rows: 50, from: now - 10 * minute, to: now });
      await scenario.start({ account_password: '*****' }, { urlCallback: apart.callbackUrl });
      expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
      expect(apart.records().logs.filter(({ level }) => level === 'critical')).toEqual([]);
      expect(JSON.stringify(apart.records()) + (await scenario.traces())).not.toContain(String(password));
    } finally {
      await scenario.close();
      await apart.close();
    }
  });

  test('are refused without it in one entry, and Microsoft is asked for nothing', async () => {
    const scenario = await Scenario.open();
    try {
      const trigger = await scenario.start({ account_password: '*****' });
      await arrived('Configuration error', scenario.platform);
      expect(await trigger.stop()).toMatchObject({ exitCode: 0 });
      const critical = scenario.platform.records().logs.filter(({ level }) => level === 'critical');
      expect(critical.map(({ message }) => message)).toEqual([
        'Configuration error: "account_password" (Account password) holds a placeholder such as *****, and the ' +
          'platform did not hand out the secret. Open the trigger in the playbook, enter it again and save. If this ' +
          'comes back, update the module. [SDK-CONFIGURATION]',
      ]);
      expect(scenario.service.requests.totals.requests).toBe(0);
    } finally {
      await scenario.close();
    }
  });
});

describe('the logs', () => {
  const userAgent = 'sekoiaio-module/talking-module-1.2.3';

  test('of harmless levels are gathered into one request', async () => {
    await talk([
      ['info', 'one'],
      ['warning', 'two'],
      ['info', 'three'],
    ]);
    await arrived('three');
    // One, unless the start took longer than the interval.
    expect(to('/logs').length).toBeLessThanOrEqual(2);
    const { logs } = to('/logs').at(-1)!.body as { logs: LogEntry[] };
    expect(logs.slice(-3).map(({ level, message }) => [level, message])).toEqual([
      ['info', 'one'],
      ['warning', 'two'],
      ['info', 'three'],
    ]);
    expectContract(to('/logs'), userAgent);
  });

  test('come in requests of at most 50 entries, in order', async () => {
    const messages = Array.from({ length: 170 }, (_none, n) => `entry ${n}.`);
    await talk(messages.map((message) => ['info', message]));
    await arrived('entry 169.');
    expect(said('entry').map(([, message]) => message)).toEqual(messages);
    expect(to('/logs').length).toBeGreaterThanOrEqual(4);
    expectContract(to('/logs'), userAgent);
  });

  test('of error and critical do not wait for others', async () => {
    for (const level of ['error', 'critical'] as const) {
      await talk([[level, `${level} at once`]], { dataFolder: join(dataFolder, level) });
      await arrived(`${level} at once`);
      const [first] = to('/logs').filter(({ body }) => JSON.stringify(body).includes(`${level} at once`));
      const { logs } = first!.body as { logs: LogEntry[] };
      // It takes along what was waiting since the start.
      expect(logs.length).toBeGreaterThan(1);
      expect(logs.at(-1)).toMatchObject({ level, message: `${level} at once` });
    }
  });

  test('have the same message once, and one critical entry', async () => {
    const trigger = await talk([
      ['warning', 'again and again'],
      ['warning', 'again and again'],
      ['error', 'again and again'],
      ['error', 'again and again'],
      ['critical', 'crashed first'],
      ['critical', 'crashed second'],
      ['info', 'the end'],
    ]);
    await arrived('the end');
    await trigger.stop();
    expect(said('again and again')).toEqual([
      ['warning', 'again and again'],
      ['error', 'again and again'],
    ]);
    expect(said('crashed')).toEqual([
      ['critical', 'crashed first'],
      ['error', 'crashed second'],
    ]);
  });

  test('wait while the platform answers 500, and then come once each, in order', async () => {
    platform.faults.logs.startOutage('500');
    const trigger = await talk([
      ['error', 'kept 1'],
      ['info', 'kept 2'],
      ['error', 'kept 3'],
    ]);
    await trigger.waitForOutput(/does not take logs: it answered 500/);
    expect(platform.records().logs).toEqual([]);
    platform.faults.logs.endOutage();
    await arrived('kept 3');
    await trigger.stop();
    expect(said('kept')).toEqual([
      ['error', 'kept 1'],
      ['info', 'kept 2'],
      ['error', 'kept 3'],
    ]);
    expectContract(to('/logs'), userAgent);
  });

  test('are there to the last when the module has ended', async () => {
    const trigger = await talk([['info', 'said before']]);
    await trigger.waitForOutput(/said before/);
    expect(await trigger.stop()).toMatchObject({ exitCode: 0 });
    expect(said('said before')).toHaveLength(1);
    expect(said('SIGTERM: the module stops.')).toHaveLength(1);
  });

  test('go to url_logs where it is given', async () => {
    const elsewhere = await startPlatform({ token });
    try {
      const values = { url_logs: elsewhere.callbackUrl.replace('/callback', '/logs') };
      await talk([['error', 'over there']], { values });
      await arrived('over there', elsewhere);
      expect(to('/logs')).toEqual([]);
      // The other addresses still follow from url_callback.
      expect(to('/secrets')).toHaveLength(1);
    } finally {
      await elsewhere.close();
    }
  });
});

describe('secrets and events', () => {
  test('the secrets are fetched once where the manifest lists any, and events carry what the trigger made of them', async () => {
    platform.faults.secrets.failNext('503');
    await talk([['error', `has ${apiSecret}`]], { configuration: { sends: true } });
    await platform.until(({ requests }) => requests.some(({ path }) => path === '/callback'));
    await arrived('has ***');
    expectContract(platform.records().requests, 'sekoiaio-module/talking-module-1.2.3');
    expect(to('/secrets')).toMatchObject([{ method: 'GET', body: undefined }]);
    expect(to('/callback')).toMatchObject([
      {
        method: 'POST',
        body: {
          name: 'talked',
          event: { secret: apiSecret },
          request_id: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
          directory: 'talks/1',
        },
      },
    ]);
    expect(JSON.stringify(to('/logs'))).not.toContain(apiSecret);
  });

  test('an event is sent again until the platform takes it', async () => {
    platform.faults.callback.failNext('502');
    await talk([], { configuration: { sends: true } });
    await platform.until(({ requests }) => requests.some(({ path }) => path === '/callback'));
    expect(to('/callback')).toHaveLength(1);
  });

  test('an event that the platform refuses is an error, and sent by the next run', async () => {
    platform.faults.callback.failNext('404');
    await talk([], { configuration: { sends: true } });
    await arrived('did not take what was sent to its callback: it answered 404');
    await platform.until(({ requests }) => requests.some(({ path }) => path === '/callback'));
  });
});

describe('the check of the module’s configuration', () => {
  const command = 'validate_module_configuration';
  const reports = () => to('/callback').map(({ method, body }) => [method, body]);

  test('has two reports and no logs, and an empty account works', async () => {
    const check = await start({ modulePath: realModule, dockerParameters: command });
    expect(await check.exited).toMatchObject({ exitCode: 0 });
    expect(reports()).toEqual([
      ['PATCH', { status: 'running' }],
      ['PATCH', { status: 'finished', results: { success: true } }],
    ]);
    expect(platform.records().requests).toHaveLength(2);
    expectContract(platform.records().requests, to('/callback')[0]!.headers['user-agent']!);
  });

  test.each([
    [{ tenant: 'contoso' }, { success: true }, {}],
    [
      { tenant: {} },
      { success: false },
      { error: expect.stringContaining('"tenant" (Tenant) must be text, not a JSON object.') },
    ],
  ])('of %j ends with %j', async (moduleConfiguration, results, more) => {
    const check = await start({ dockerParameters: command, moduleConfiguration });
    expect(await check.exited).toMatchObject({ exitCode: 0 });
    expect(reports()[1]).toEqual(['PATCH', { status: 'finished', results, ...more }]);
    expect(to('/secrets')).toEqual([]);
  });
});
