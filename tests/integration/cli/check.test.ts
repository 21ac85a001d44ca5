import { appendFile, chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Intake, selfSignedCertificate, type Simulator, startIntake, startSimulator } from '@local/testbed';
import { piecesOf } from '../../../tools/testbed/src/chaos/test-bed/output-watch.js';
import { type AlteringFront, startAlteringFront } from '../../support/altering-front.js';
import { accountEnv, applicationEnv, type Ended, runCommand } from '../../support/command-line.js';
import { readOnlyNode } from '../../support/read-only-node.js';
import { day, hour, intakeKey, minute } from '../../support/scenario.js';
import { account, application } from '../../support/sign-in-scenarios.js';

const READER = "/servicePrincipals(appId='8bd644d1-64a1-4d4b-ae52-2e0cbf64e373')";
const expired = selfSignedCertificate('Message trace', 'rsa', Date.now() - 40 * day);
/** Where the outputs are kept, for a person to read: `KEEP_OUTPUTS=/tmp/check.txt npm run jest …`. */
const KEPT = process.env['KEEP_OUTPUTS'];

let simulator: Simulator;
let intake: Intake;
let front: AlteringFront;
let folder: string;

beforeEach(async () => {
  simulator = await startSimulator({
    graph: { quotaRequests: 100_000 },
    options: account,
    tokenService: { ...application, certificates: [expired.certificate] },
  });
  simulator.world.add({ rows: 500, from: Date.now() - 50 * minute, to: Date.now() - 5 * minute });
  intake = await startIntake({ intakeKey });
  front = await startAlteringFront(simulator.origin);
  folder = await mkdtemp(join(tmpdir(), 'cli-check-'));
});
afterEach(async () => {
  await Promise.all([simulator.close(), intake.close(), front.close()]);
  await rm(folder, { recursive: true, force: true });
});

type Env = Record<string, string | undefined>;

const complete = (): Env => ({
  ...applicationEnv(simulator),
  MESSAGE_TRACE_INTAKE_KEY: intakeKey,
  MESSAGE_TRACE_INTAKE_SERVER: intake.url,
  DATA_STORAGE: folder,
});

/** Of the lines, what was not good: the mark and the name. */
const marks = ({ stdout }: Ended) => stdout.match(/^[✗-] [^:]+/gm) ?? [];

async function check(state: string, env: Env, args: readonly string[] = [], node?: string): Promise<Ended> {
  const ended = await runCommand(['check', ...args], { env, ...(node !== undefined && { node }) });
  if (KEPT !== undefined)
    await appendFile(KEPT, `## ${state}\n\n${ended.stdout}${ended.stderr}exit code ${String(ended.code)}\n\n`);
  const told = ended.stdout + ended.stderr;
  const secrets = Object.entries(env)
    .filter(([name]) => /SECRET|PASSWORD|CERTIFICATE|KEY$/.test(name))
    // The first and last lines of a PEM block are no secret.
    .map(([name, secret = '']) => [name, secret.replaceAll(/-----[A-Z ]+-----/g, '')] as const)
    .filter(([, secret]) => secret !== '');
  for (const [, secret] of secrets) expect(piecesOf(secret).filter((piece) => told.includes(piece))).toEqual([]);
  for (const issued of simulator.tokenService.issued) expect(told.includes(issued)).toBe(false);
  return ended;
}

/** What an answer of the directory says of the service principal. */
function directory(status: number, body: unknown): void {
  front.alter = (response, url) =>
    decodeURIComponent(url.pathname).endsWith(READER) ? { status, headers: {}, body: JSON.stringify(body) } : response;
}

describe('check', () => {
  test('all good, and the test event arrives', async () => {
    const ended = await check('all good', complete(), ['--send-test-event']);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(marks(ended)).toEqual(['- service principal', '- quota']);
    expect(ended.stdout).toMatch(
      /✓ query: The last hour was read\. It has 500 rows\. Its newest row is of .*, \d+ min ago/,
    );
    expect(intake.events()).toHaveLength(1);
    expect(intake.events()[0]).toContain('Test event of message-trace check');
  });

  test('all good, without a test event nothing arrives', async () => {
    const ended = await check('all good, no test event', complete(), ['--json']);
    expect(ended.code).toBe(0);
    const lines = ended.stdout.trimEnd().split('\n');
    const results = lines.map((line) => JSON.parse(line) as { name: string; outcome: string });
    expect(results.filter(({ outcome }) => outcome === 'bad')).toEqual([]);
    expect(results.map(({ name }) => name)).toEqual([
      'settings',
      'name resolution',
      'TLS',
      'sign-in',
      'permission',
      'service principal',
      'query',
      'clock',
      'quota',
      'intake',
      'data store',
    ]);
    expect(intake.events()).toEqual([]);
  });

  test('the Reporting Web Service with an account', async () => {
    const ended = await check('Reporting Web Service, all good', { ...accountEnv(simulator), DATA_STORAGE: folder });
    expect(ended.code).toBe(0);
    expect(marks(ended)).toEqual(['- quota', '- intake']);
  });

  test('the quota that an answer names', async () => {
    front.alter = (response) => ({ ...response, headers: { ...response.headers, 'RateLimit-Remaining': '42' } });
    const ended = await check('quota named', {
      ...complete(),
      MESSAGE_TRACE_API_URL: simulator.graphUrl.replace(simulator.origin, front.origin),
    });
    expect(ended.stdout).toContain('✓ quota: Microsoft names the requests that are left: 42.');
  });

  test.each<[string, () => Env | Promise<Env>, RegExp]>([
    [
      'wrong secret',
      () => ({ ...complete(), MESSAGE_TRACE_CLIENT_SECRET: 'n0t~the.secret-of-the-app' }),
      /✗ sign-in: .*\n {2}→ .*client_secret/,
    ],
    [
      'expired certificate',
      () => ({
        ...complete(),
        MESSAGE_TRACE_CLIENT_SECRET: undefined,
        MESSAGE_TRACE_CLIENT_CERTIFICATE: expired.certificate + expired.privateKey,
      }),
      /✗ sign-in: .*(expired|ended)/,
    ],
    [
      'consent missing',
      () => {
        simulator.tokenService.options.permissions = [];
        return complete();
      },
      /✗ permission: .*\n {2}→ .*ExchangeMessageTrace\.Read\.All/,
    ],
    [
      'service principal absent',
      () => {
        simulator.graph.options.servicePrincipalFromMs = null;
        directory(404, { error: { code: 'Request_ResourceNotFound' } });
        return { ...complete(), MESSAGE_TRACE_API_URL: simulator.graphUrl.replace(simulator.origin, front.origin) };
      },
      /✗ service principal: .*\n {2}→ .*New-MgServicePrincipal/,
    ],
    [
      'service principal activating',
      () => {
        simulator.graph.options.servicePrincipalFromMs = Date.now() + hour;
        directory(200, { id: 'x', accountEnabled: true });
        return { ...complete(), MESSAGE_TRACE_API_URL: simulator.graphUrl.replace(simulator.origin, front.origin) };
      },
      /✓ service principal: [^]*✗ query: .*not active yet/,
    ],
    [
      'Reporting Web Service retired',
      () => {
        simulator.server.faults.failNext('http-410', Infinity);
        return { ...accountEnv(simulator), DATA_STORAGE: folder };
      },
      /✗ query: .*410.*\n {2}→ .*Microsoft has retired/,
    ],
    [
      'intake key unknown',
      () => ({ ...complete(), MESSAGE_TRACE_INTAKE_KEY: 'another-k3y-0000' }),
      /✗ intake: The intake does not know the key: .*\n {2}→ Check intake_key/,
    ],
    [
      'DNS failing',
      () => ({ ...complete(), MESSAGE_TRACE_AUTHORITY_URL: 'https://login.no-such-name.invalid' }),
      /✗ name resolution: The name login\.no-such-name\.invalid cannot be resolved \(E[A-Z_]+\)\.\n {2}→ Check authority_url/,
    ],
    [
      'store read-only',
      async () => {
        const file = join(folder, 'file');
        await writeFile(file, '');
        return { ...complete(), DATA_STORAGE: join(file, 'below') };
      },
      /✗ data store: /,
    ],
    [
      'clock wrong',
      () => {
        const { graph, tokenService, server } = simulator;
        for (const { options } of [graph, tokenService, server]) options.clockOffsetMs = 2 * hour;
        return complete();
      },
      /✗ clock: The clock of this machine is 7\d\d\d s behind Microsoft's\.\n {2}→ /,
    ],
  ])('%s', async (state, prepare, expected) => {
    const ended = await check(state, await prepare());
    expect(ended.stdout).toMatch(expected);
    expect(ended.code).toBe(1);
    expect(marks(ended).filter((mark) => mark.startsWith('✗'))).toHaveLength(1);
  });

  test('a read-only file system', async () => {
    const node = await readOnlyNode();
    if (node === undefined) return;
    const ended = await check('store read-only (file system)', complete(), [], node);
    expect(ended.stdout).toMatch(/✗ data store: .*read-only/);
    expect(ended.code).toBe(1);
  });

  test.each<[string, Env]>([
    ['no settings', {}],
    ['two credentials', { MESSAGE_TRACE_CLIENT_ID: 'x', MESSAGE_TRACE_CLIENT_SECRET: 'abcdefgh' }],
    ['a list', { MESSAGE_TRACE_TENANT_ID: 'x', MESSAGE_TRACE_INTERNAL_DOMAINS: 'a.example, b.example' }],
  ])('%s: a 2, with each problem', async (state, env) => {
    const ended = await check(state, env);
    expect(ended.code).toBe(2);
    expect(ended.stdout).toMatch(/✗ settings: .*tenant_id.* in the environment or in a settings file/);
    // Several stand in one variable.
    expect(ended.stdout).not.toContain('internal_domains');
  });

  test('a settings file that others can read is warned of, and an unknown name is a 2', async () => {
    const path = join(folder, 'settings.json');
    const { tenantId, clientId, clientSecret } = application;
    const settings = {
      tenant_id: tenantId,
      client_id: clientId,
      client_secret: clientSecret,
      api_url: simulator.graphUrl,
      authority_url: simulator.authorityUrl,
    };
    await writeFile(path, JSON.stringify(settings));
    await chmod(path, 0o644);
    const ended = await check('settings file', {}, ['--settings', path]);
    expect(ended).toMatchObject({ code: 0, stderr: expect.stringMatching(/chmod 600/) as unknown as string });
    expect(ended.stdout + ended.stderr).not.toContain(clientSecret);
    await writeFile(path, JSON.stringify({ ...settings, client_secrte: 'typo' }));
    const wrong = await check('typo', {}, ['--settings', path]);
    expect(wrong).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/not known: client_secrte/) as unknown as string,
    });
  });
});
