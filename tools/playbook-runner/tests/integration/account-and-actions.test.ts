import { readdirSync, statSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { AccountSettings, AccountTestResult, ActionResults, ActionRun } from '../../src/wire/module.js';
import type { Live } from '../../src/wire/live.js';
import type { PlaybookSettings, Refused } from '../../src/wire/playbook.js';
import type { PageClient } from '../support/page-client.js';
import { RunnerFolder } from '../support/started-runner.js';

const built = (path: string) => fileURLToPath(new URL(`../../../../${path}`, import.meta.url));
/** The module and the simulator themselves. */
const files = { module: built('dist/module/main.js'), simulator: built('tools/testbed/dist/microsoft/main.js') };
const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';
const WITHIN_MS = 60_000;
const SECRET = 'a-secret~that.Nobody_knows';
const again = 'Type it again: it would go to another address than before.';

let folder: RunnerFolder;
let client: PageClient;
beforeEach(async () => {
  folder = await RunnerFolder.make(files, { rate: 0 });
  ({ client } = await folder.start());
});
afterEach(() => folder.remove());

async function until<Found>(look: () => Promise<Found | undefined | null>): Promise<Found> {
  const deadline = Date.now() + WITHIN_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== null) return found;
    if (Date.now() > deadline) throw new Error('Not seen in time.');
    await delay(50);
  }
}

const account = () => client.call<AccountSettings>(200, 'GET', '/api/account');
const useTenant = () => client.call<AccountSettings>(200, 'POST', '/api/account/simulated-tenant');
const put = (status: number, settings: object, secrets: object = {}) =>
  client.call<AccountSettings & Refused>(status, 'PUT', '/api/account', { settings, secrets });

async function testAccount(): Promise<AccountTestResult> {
  await client.call(202, 'POST', '/api/account/test');
  return until(async () => (await account()).test?.result);
}

async function run(command: string, given: object): Promise<ActionRun> {
  await client.call<ActionRun>(202, 'POST', `/api/actions/${command}/run`, { arguments: given });
  return ended(command);
}

function ended(command: string): Promise<ActionRun> {
  return until(async () => {
    const action = await client.call<ActionRun>(200, 'GET', `/api/actions/${command}`);
    return action.state === 'running' ? undefined : action;
  });
}

const resultsOf = (command: string) => client.call<ActionResults>(200, 'GET', `/api/actions/${command}/results`);
interface Row {
  readonly message_trace_id: string;
  readonly recipient: string;
}

const keyOf = (row: Row) => `${row.message_trace_id} ${row.recipient}`.toLowerCase();

/** What the simulator itself says is to be seen in its tenant. */
async function visibleRows(address: string): Promise<Row[]> {
  const text = await (await fetch(new URL('/simulator/rows', address))).text();
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { traceId: string; recipient: string })
    .map(({ traceId, recipient }) => ({ message_trace_id: traceId, recipient }));
}

describe('the connected account', () => {
  test('is empty at first, and there is nothing to test then', async () => {
    expect(await account()).toEqual({
      settings: {},
      savedSecrets: [],
      problems: [],
      usesSimulatedTenant: false,
      test: null,
    });
    const { error } = await client.call<Refused>(409, 'POST', '/api/account/test');
    expect(error).toMatch(/fill it in and save it first/);
  });

  test('works once it is filled in with the simulated tenant, as the module itself says', async () => {
    expect(await useTenant()).toMatchObject({
      usesSimulatedTenant: true,
      savedSecrets: ['client_secret'],
      problems: [],
    });
    expect(await testAccount()).toEqual({ success: true, error: null, tookMs: expect.any(Number) });
    const { test: tested } = await account();
    expect(tested?.logs.map(({ message }) => message).join('\n')).toMatch(/The check "sign-in".*The check "query"/s);
  });

  test('that does not work is told in a sentence, which a change forgets', async () => {
    const { settings } = await useTenant();
    await put(200, settings, { client_secret: SECRET });
    const { success, error } = await testAccount();
    expect(success).toBe(false);
    expect(error).toMatch(/AADSTS7000215.*client_secret/s);
    await put(200, settings, { client_secret: SECRET });
    expect((await account()).test).toBeNull();
    expect(client.responses.join('\n')).not.toContain(SECRET);
  });

  test('is refused with what is wrong with each setting, and nothing is changed then', async () => {
    const { problems } = await put(422, { api_url: 'ftp://x', typo: 1, client_secret: SECRET }, { tenant_id: 'x' });
    const settings = problems.map(({ setting }) => setting);
    expect(new Set(settings)).toEqual(new Set(['typo', 'client_secret', 'tenant_id', 'api_url']));
    expect(await account()).toMatchObject({ settings: {}, savedSecrets: [] });
  });

  test('asks for its secrets again where an address changes', async () => {
    const { settings } = await useTenant();
    const elsewhere = { ...settings, authority_url: 'http://127.0.0.1:9' };
    expect((await put(422, elsewhere)).problems).toEqual([{ setting: 'client_secret', message: again }]);
    expect((await account()).settings).toEqual(settings);
    expect(await put(200, elsewhere, { client_secret: SECRET })).toMatchObject({ usesSimulatedTenant: false });
    expect(await put(200, {}, { client_secret: null })).toMatchObject({ savedSecrets: [] });
  });

  test('is in memory only', async () => {
    const { settings } = await useTenant();
    await put(200, settings, { client_secret: SECRET });
    await testAccount();
    const names = readdirSync(folder.dataFolder, { recursive: true });
    expect(names.map(String).filter((name) => name.includes('account'))).toEqual([]);
    await folder.stop();
    ({ client } = await folder.start());
    expect(await account()).toMatchObject({ settings: {}, savedSecrets: [] });
  });
});

describe('a trigger of an application', () => {
  test('takes from the account what is empty in its own settings, and starts again with another one', async () => {
    const id = await client.add('message_trace_graph');
    const path = `/api/playbooks/${id}`;
    const change = { name: 'Graph', settings: { frequency: 5 }, secrets: { intake_key: 'key' } };
    expect((await client.call<Refused>(422, 'PUT', path, change)).problems?.map(({ setting }) => setting)).toEqual([
      'tenant_id',
      'client_id',
      'client_secret',
    ]);
    const { settings } = await useTenant();
    expect(await client.call<PlaybookSettings>(200, 'PUT', path, change)).toMatchObject({ problems: [] });
    await client.call(202, 'POST', `${path}/start`);
    // The delivery audit compares it with the tenant that the account leads to.
    await client.untilNoneIsMissing(id);
    await client.until(id, ({ logs }) => logs.find(({ message }) => /The connected account .* gives/.test(message)));
    const summary = async () => (await client.call<Live>(200, 'GET', '/api/live')).playbooks[0];
    expect(await summary()).toMatchObject({ needsRestart: false });
    await put(200, settings, { client_secret: SECRET });
    expect(await summary()).toMatchObject({ needsRestart: true });
  });

  test('gets nothing of the account where it has an address that is not the account’s', async () => {
    const { settings } = await useTenant();
    const id = await client.add('message_trace_graph');
    const save = (status: number, own: object) =>
      client.call<Refused>(status, 'PUT', `/api/playbooks/${id}`, {
        name: 'Graph',
        settings: own,
        secrets: { intake_key: 'key' },
      });
    for (const name of ['api_url', 'authority_url']) {
      const { problems } = await save(422, { [name]: 'http://127.0.0.1:9' });
      expect(problems?.map(({ setting }) => setting)).toEqual(['client_secret']);
    }
    await save(200, { api_url: settings['api_url'] });
    // Now the account moves away: the address is the trigger's alone.
    await put(200, { ...settings, api_url: 'http://127.0.0.1:9' }, { client_secret: SECRET });
    const { problems } = await client.call<Refused>(422, 'POST', `/api/playbooks/${id}/start`);
    expect(problems?.map(({ setting }) => setting)).toEqual(['client_secret']);
  });
});

describe('actions', () => {
  test('search the simulated tenant, and tell what happened to a message and who got it', async () => {
    const { settings } = await useTenant();
    const visible = await visibleRows(String(settings['api_url']));
    const search = await run('search_message_traces', { period: '2h' });
    expect(search).toMatchObject({ state: 'finished', error: null, outputs: { found: true, not_found: false } });
    const { message_traces: rows, ...found } = await resultsOf('search_message_traces');
    expect(found).toMatchObject({ complete: true, count: (rows as Row[]).length });
    // Rows that appear late may have appeared since.
    const shown = new Set((rows as Row[]).map(keyOf));
    expect(visible.filter((row) => !shown.has(keyOf(row)))).toEqual([]);
    expect(visible.length).toBeGreaterThan(100);
    const [row] = rows as Row[];

    const details = await run('get_message_trace_details', {
      message_trace_id: row!.message_trace_id,
      recipient: row!.recipient,
    });
    expect(details).toMatchObject({ state: 'finished', outputs: { found: true, not_found: false } });
    expect(await resultsOf('get_message_trace_details')).toMatchObject({ found: true, steps: expect.anything() });

    const recipients = await run('find_message_recipients', { message_trace_id: row!.message_trace_id });
    expect(recipients.state).toBe('finished');
    const { recipients: entries } = await resultsOf('find_message_recipients');
    expect((entries as Row[]).map(({ recipient }) => recipient.toLowerCase())).toContain(row!.recipient.toLowerCase());
    const { runs } = await client.call<{ runs: ActionRun[] }>(200, 'GET', '/api/actions');
    expect(runs.map(({ number, command }) => [number, command])).toEqual([
      [1, 'search_message_traces'],
      [2, 'get_message_trace_details'],
      [3, 'find_message_recipients'],
    ]);
  });

  test('that write a large result to a file show it, and leave no file behind', async () => {
    await useTenant();
    await client.call(200, 'PATCH', '/api/tenant', { rowsPerHour: 1_000_000 });
    await delay(6_000);
    await client.call(200, 'PATCH', '/api/tenant', { rowsPerHour: 0 });
    const search = await run('search_message_traces', { max_rows: 5_000 });
    expect(search).toMatchObject({ state: 'finished', error: null, hasResults: true });
    const results = await resultsOf('search_message_traces');
    expect(results['count']).toBeGreaterThan(1_000);
    expect(results['message_traces']).toHaveLength(results['count'] as number);
    expect(results).not.toHaveProperty('message_traces_path');
    const actions = join(folder.dataFolder, 'actions');
    expect(statSync(actions).mode & 0o777).toBe(0o700);
    expect(readdirSync(actions)).toEqual([]);
    await folder.stop();
    expect(existsSync(actions)).toBe(false);
  });

  test('say what is wrong with an argument, an account or an address', async () => {
    const path = '/api/actions/search_message_traces/run';
    const wrong = { max_rows: 0, status: ['delivered', 'lost'], typo: 1, sender: 'one@example.com' };
    const { problems } = await client.call<Refused>(422, 'POST', path, { arguments: wrong });
    expect(Object.fromEntries(problems?.map(({ setting, message }) => [setting, message]) ?? [])).toEqual({
      typo: 'The action has no such argument: leave it out.',
      sender: 'Write a list.',
      status:
        'Choose one of delivered, failed, pending, expanded, quarantined, filteredAsSpam, gettingStatus, recalled.',
      max_rows: 'Write a whole number from 1 to 100000.',
    });
    await client.call(404, 'GET', '/api/actions/search_message_traces');
    await client.call(404, 'POST', '/api/actions/no_such_action/run', { arguments: {} });
    const empty = await run('search_message_traces', {});
    expect(empty).toMatchObject({ state: 'failed', hasResults: false });
    expect(empty.error).toMatch(/connected account/);
    const { settings } = await useTenant();
    await put(200, settings, { client_secret: SECRET });
    const refused = await run('search_message_traces', {});
    expect(refused.error).toMatch(/AADSTS7000215/);
    const odd = await run('get_message_trace_details', { message_trace_id: 'none', recipient: 'a@example.com' });
    expect(odd).toMatchObject({ state: 'failed', error: expect.stringContaining('message_trace_id') });
    expect(client.responses.join('\n')).not.toContain(SECRET);
  });

  test('end on demand, and when the runner ends', async () => {
    await useTenant();
    // Nothing answers: the action waits and tries again.
    await client.call(200, 'PATCH', '/api/tenant', { outage: true });
    const path = '/api/actions/find_message_recipients';
    const begin = () =>
      client.call<ActionRun>(202, 'POST', `${path}/run`, { arguments: { message_trace_id: UNKNOWN_ID } });
    expect(await begin()).toMatchObject({ state: 'running', tookMs: null });
    await client.call(409, 'POST', `${path}/run`, { arguments: { message_trace_id: UNKNOWN_ID } });
    await until(async () => ((await client.call<ActionRun>(200, 'GET', path)).logs.length > 0 ? true : undefined));
    await client.call(202, 'POST', `${path}/stop`);
    expect(await ended('find_message_recipients')).toMatchObject({ state: 'stopped' });
    await client.call(409, 'POST', `${path}/stop`);
    await begin();
    await folder.stop();
    expect(existsSync(join(folder.dataFolder, 'actions'))).toBe(false);
  });
});
