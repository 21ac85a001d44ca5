import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  type MailRow,
  type Platform,
  type Simulator,
  startPlatform,
  startSimulator,
  TriggerProcess,
} from '@local/testbed';
import { Ajv } from 'ajv';
import { minute } from '../support/scenario.js';
import { application, token } from '../support/sign-in-scenarios.js';

const root = new URL('../../', import.meta.url);
const modulePath = fileURLToPath(new URL('dist/bundle/main.js', root));
const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';
const COMMANDS = ['search_message_traces', 'get_message_trace_details', 'find_message_recipients'] as const;
type Command = (typeof COMMANDS)[number];

let simulator: Simulator;
let platform: Platform | undefined;
let dataFolder: string;

beforeEach(async () => {
  simulator = await startSimulator({ graph: { quotaRequests: 100_000 }, tokenService: application });
  dataFolder = await mkdtemp(join(tmpdir(), 'actions-'));
});

afterEach(async () => {
  await Promise.all([simulator.close(), platform?.close()]);
  platform = undefined;
  await rm(dataFolder, { recursive: true, force: true });
});

interface Finished {
  readonly status: string;
  readonly results?: Readonly<Record<string, unknown>>;
  readonly error?: string;
  readonly outputs?: Readonly<Record<string, boolean>>;
  readonly logs?: string;
}

/** Runs an action as the platform does, which hands the account's secret out with the answer to the first PATCH. */
async function run(
  command: Command,
  given: Readonly<Record<string, unknown>>,
  { account = {}, secret = application.clientSecret }: { account?: Record<string, unknown>; secret?: string } = {},
): Promise<Finished> {
  platform = await startPlatform({ token, secrets: { client_secret: secret } });
  const output: string[] = [];
  const action = await TriggerProcess.start({
    modulePath,
    dockerParameters: command,
    configuration: {},
    moduleConfiguration: {
      tenant_id: application.tenantId,
      client_id: application.clientId,
      client_secret: '*****',
      api_url: simulator.graphUrl,
      authority_url: simulator.authorityUrl,
      ...account,
    },
    values: { arguments: JSON.stringify(given) },
    dataFolder,
    token,
    urlCallback: platform.callbackUrl,
    onLine: ({ text }) => output.push(text),
  });
  expect(await action.exited).toMatchObject({ exitCode: 0 });
  const [started, finished, ...more] = platform.records().requests.map(({ body }) => body);
  expect([started, more]).toEqual([{ status: 'running', need_secrets: true }, []]);
  const told = `${output.join('\n')}${JSON.stringify(finished)}`;
  for (const hidden of [secret, ...simulator.tokenService.issued]) expect(told.includes(hidden)).toBe(false);
  return finished as Finished;
}

/** Whether results are as the card promises them to the playbook's author. */
async function expectAsCard(command: Command, results: unknown): Promise<void> {
  const card = JSON.parse(await readFile(new URL(`action_${command}.json`, root), 'utf8')) as { results: object };
  const ajv = new Ajv({ allErrors: true });
  const validate = ajv.compile(withoutUnknown(card.results));
  validate(results);
  expect(validate.errors ?? []).toEqual([]);
}

/** The schema in which a member that it does not name is wrong. */
function withoutUnknown(schema: object): object {
  const closed = Object.fromEntries(
    Object.entries(schema).map(([name, value]) => [
      name,
      typeof value === 'object' && !Array.isArray(value) ? withoutUnknown(value as object) : (value as unknown),
    ]),
  );
  return 'properties' in closed && closed['type'] === 'object' ? { ...closed, additionalProperties: false } : closed;
}

function allRows(): MailRow[] {
  const { world } = simulator;
  const now = Date.now();
  const everything = { fromMs: -Infinity, toMs: Infinity, inclusive: true };
  return Array.from(world.select(everything, now), (key) => world.row(key, now));
}

function addMail(rows: number): void {
  const now = Date.now();
  simulator.world.add({ rows, from: now - 60 * minute, to: now - 5 * minute });
}

/** One message with so many recipients. */
function addMessage(recipients: number): MailRow[] {
  const from = Date.now() - 90 * minute;
  simulator.world.add({ rows: recipients, recipients, from, to: from + 1 });
  return allRows().filter(({ receivedMs }) => receivedMs === from);
}

const lowered = (rows: readonly { recipient: string }[]) => rows.map(({ recipient }) => recipient.toLowerCase()).sort();
interface ResultRow {
  readonly recipient: string;
}

describe('search_message_traces', () => {
  test('finds what fits, with the branch "found"', async () => {
    addMail(3_000);
    const [{ sender }] = allRows() as [MailRow];
    const wanted = allRows().filter((row) => row.sender.toLowerCase() === sender.toLowerCase());
    const { results, outputs, error } = await run('search_message_traces', { sender: [sender.toUpperCase()] });
    expect(error).toBeUndefined();
    expect(outputs).toEqual({ found: true, not_found: false });
    expect(results).toMatchObject({ complete: true, count: wanted.length });
    const found = results!['message_traces'] as ResultRow[];
    expect(lowered(found)).toEqual(lowered(wanted));
    await expectAsCard('search_message_traces', results);
  });

  test('finds nothing, with the branch "not_found"', async () => {
    addMail(100);
    const { results, outputs } = await run('search_message_traces', { message_trace_id: UNKNOWN_ID });
    expect(outputs).toEqual({ found: false, not_found: true });
    expect(results).toMatchObject({ complete: true, count: 0, message_traces: [] });
  });

  test('filters by itself for a status that the service refuses to filter by', async () => {
    addMail(300);
    const { results, error } = await run('search_message_traces', { status: ['recalled', 'failed'] });
    expect(error).toBeUndefined();
    const failed = allRows().filter(({ status }) => status === 'Failed');
    expect(results).toMatchObject({ complete: true, count: failed.length });
  });

  test('finds an address with a quote in it', async () => {
    addMail(500);
    const { sender } = allRows().find((row) => row.sender.includes("'"))!;
    const wanted = allRows().filter((row) => row.sender.toLowerCase() === sender.toLowerCase());
    const { results } = await run('search_message_traces', { sender: [sender] });
    expect(results).toMatchObject({ complete: true, count: wanted.length });
  });

  test('writes a long list to a file that the next action reads', async () => {
    addMail(2_500);
    const { results } = await run('search_message_traces', { max_rows: 5_000 });
    expect(results).toMatchObject({ complete: true, count: 2_500 });
    expect(results).not.toHaveProperty('message_traces');
    const path = results!['message_traces_path'] as string;
    const rows = JSON.parse(await readFile(join(dataFolder, path), 'utf8')) as ResultRow[];
    expect(lowered(rows)).toEqual(lowered(allRows()));
    await expectAsCard('search_message_traces', results);
  });

  test('says what is missing where the service refuses in the middle', async () => {
    simulator.graph.options.pageRows = 100;
    Object.assign(simulator.graph.options, { quotaRequests: 3, quotaWindowMs: 2_000 });
    addMail(1_000);
    // As many as are sent without a pause.
    const { results, outputs } = await run('search_message_traces', { max_requests: 7 });
    // It waits for the tenant's quota as it is asked to, and goes on where it was.
    const { byResult } = simulator.graph.requests.totals;
    expect(byResult['over-quota']).toBeGreaterThan(0);
    expect(byResult.page).toBeGreaterThan(3);
    expect(results).toMatchObject({ complete: false, count: 100 * byResult.page! });
    expect(results!['incomplete_reason']).toMatch(/needs more than 7 requests.* raise the limit/);
    expect(outputs).toEqual({ found: true, not_found: false });
    await expectAsCard('search_message_traces', results);
  });

  test('names each wrong argument, and asks nothing', async () => {
    const { error, results } = await run('search_message_traces', { sender: ['nobody'], period: 'often' });
    expect(error).toMatch(/period must be a number of minutes.* sender must be an address such as name@example\.com/);
    expect(results).toBeUndefined();
    expect(simulator.tokenService.requests.totals.requests).toBe(0);
  });
});

describe('get_message_trace_details', () => {
  test('tells why a message was not delivered, in the words of the remote server', async () => {
    addMail(3_000);
    const failed = allRows().find((row) => row.status === 'Failed' && row.toIp !== null)!;
    const { results, outputs } = await run('get_message_trace_details', {
      message_trace_id: failed.traceId,
      recipient: failed.recipient,
    });
    expect(outputs).toEqual({ found: true, not_found: false });
    expect(results).toMatchObject({ found: true, final_status: 'failed' });
    expect(results!['failure_reason']).toContain('550 5.1.1');
    expect(results!['remote_server']).toContain('mx.partner.example');
    await expectAsCard('get_message_trace_details', results);
  });

  test('knows nothing of a foreign message, with the branch "not_found"', async () => {
    addMail(10);
    const { results, outputs } = await run('get_message_trace_details', {
      message_trace_id: UNKNOWN_ID,
      recipient: 'nobody@contoso.com',
    });
    expect(outputs).toEqual({ found: false, not_found: true });
    expect(results).toMatchObject({ found: false, steps: [] });
    await expectAsCard('get_message_trace_details', results);
  });

  test('takes an address with a quote in it', async () => {
    addMail(500);
    const { traceId, recipient } = allRows().find((row) => row.recipient.includes("'"))!;
    const { results } = await run('get_message_trace_details', { message_trace_id: traceId, recipient });
    expect(results).toMatchObject({ found: true });
  });
});

describe('find_message_recipients', () => {
  test('equals the books for 12,000 recipients, in a file', async () => {
    addMail(500);
    const rows = addMessage(12_000);
    const { results, outputs } = await run('find_message_recipients', { message_id: rows[0]!.messageId });
    expect(outputs).toEqual({ delivered: true, none_delivered: false, not_found: false });
    expect(results).toMatchObject({ complete: true, count: 12_000, messages: 1 });
    const path = results!['recipients_path'] as string;
    const entries = JSON.parse(await readFile(join(dataFolder, path), 'utf8')) as ResultRow[];
    expect(lowered(entries)).toEqual(lowered(rows));
    await expectAsCard('find_message_recipients', results);
  });

  test('tells internal from external recipients by the domains given', async () => {
    const [row] = addMessage(50) as [MailRow];
    const domain = row.recipient.split('@')[1]!;
    const { results } = await run('find_message_recipients', {
      message_trace_id: row.traceId,
      internal_domains: [domain],
    });
    const here = allRows().filter(({ recipient }) => recipient.toLowerCase().endsWith(`@${domain.toLowerCase()}`));
    expect(results).toMatchObject({ count: 50, internal: { recipients: here.length } });
    await expectAsCard('find_message_recipients', results);
  });

  test('finds nobody, with the branch "not_found"', async () => {
    const { results, outputs } = await run('find_message_recipients', { message_id: '<nowhere@example.com>' });
    expect(outputs).toEqual({ delivered: false, none_delivered: false, not_found: true });
    expect(results).toMatchObject({ complete: true, count: 0, recipients: [] });
  });

  test('asks for a name of the message', async () => {
    expect((await run('find_message_recipients', { sender: 'a@b.example' })).error).toMatch(/Name the message/);
  });
});

const given: Readonly<Record<Command, Record<string, unknown>>> = {
  search_message_traces: {},
  get_message_trace_details: { message_trace_id: UNKNOWN_ID, recipient: 'a@contoso.com' },
  find_message_recipients: { message_trace_id: UNKNOWN_ID },
};

test.each(COMMANDS)('%s says what to do about an account that cannot sign in, or does not exist', async (command) => {
  const wrong = await run(command, given[command], { secret: 'a-secret-that-has-ended' });
  expect(wrong.error).toMatch(/Entra ID refused to sign the application .* in \(AADSTS7000215\)\..*\[MT-SETTINGS\]/);
  expect(wrong.results).toBeUndefined();
  expect(Object.values(wrong.outputs ?? {})).not.toContain(true);
  await platform?.close();
  const old = await run(command, given[command], { account: { api_url: simulator.apiUrl } });
  expect(old.error).toMatch(/The Reporting Web Service, .* cannot be searched\. .*\[MT-SETTINGS\]/);
});
