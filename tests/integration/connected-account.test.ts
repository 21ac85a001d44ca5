import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  type Platform,
  selfSignedCertificate,
  type Simulator,
  startPlatform,
  startSimulator,
  TriggerProcess,
} from '@local/testbed';
import { piecesOf } from '../../tools/testbed/src/chaos/test-bed/output-watch.js';
import { startAlteringFront, type AlteringFront } from '../support/altering-front.js';
import { allArrivedOnce, minute, Scenario } from '../support/scenario.js';
import { application, token } from '../support/sign-in-scenarios.js';

const modulePath = fileURLToPath(new URL('../../dist/bundle/main.js', import.meta.url));
const NOWHERE = 'http://127.0.0.1:1';
const pair = selfSignedCertificate('Message trace', 'rsa');
/** The first and last lines of a PEM block are no secret, and sentences quote them. */
const withoutMarkers = (value: unknown) => String(value).replaceAll(/-----[A-Z ]+-----/g, '');
const readerPath = "/servicePrincipals(appId='8bd644d1-64a1-4d4b-ae52-2e0cbf64e373')";

type Settings = Readonly<Record<string, unknown>>;

/** What an account has besides its secrets. */
const openly = ({ graphUrl, authorityUrl }: Simulator): Settings => ({
  tenant_id: application.tenantId,
  client_id: application.clientId,
  api_url: graphUrl,
  authority_url: authorityUrl,
});
const secret = { client_secret: application.clientSecret };

describe('the check of a connected account', () => {
  let simulator: Simulator;
  let platform: Platform;
  let front: AlteringFront;
  let dataFolder: string;
  const output: string[] = [];

  beforeEach(async () => {
    output.length = 0;
    simulator = await startSimulator({
      graph: { quotaRequests: 100_000 },
      tokenService: { ...application, certificates: [pair.certificate] },
    });
    front = await startAlteringFront(simulator.origin);
    dataFolder = await mkdtemp(join(tmpdir(), 'account-'));
  });

  afterEach(async () => {
    await Promise.all([simulator.close(), platform.close(), front.close()]);
    await rm(dataFolder, { recursive: true, force: true });
  });

  interface Answer {
    readonly success: boolean;
    readonly error: string;
  }

  /** Runs the command as the platform does, which hands the secrets out apart. */
  async function check(settings: Settings, secrets: Settings = secret): Promise<Answer> {
    platform = await startPlatform({ token, secrets });
    const masked = Object.fromEntries(Object.keys(secrets).map((name) => [name, '*****']));
    const run = await TriggerProcess.start({
      modulePath,
      dockerParameters: 'validate_module_configuration',
      configuration: {},
      moduleConfiguration: { ...masked, ...settings },
      dataFolder,
      token,
      urlCallback: platform.callbackUrl,
      onLine: ({ text }) => output.push(text),
    });
    expect(await run.exited).toMatchObject({ exitCode: 0 });
    const [started, finished, ...more] = platform.records().requests.map(({ body }) => body);
    expect([started, more]).toEqual([{ status: 'running' }, []]);
    expectNoSecret(secrets);
    const { results, error = '' } = finished as { results: { success: boolean }; error?: string };
    return { success: results.success, error };
  }

  function expectNoSecret(secrets: Settings): void {
    const told = [...output, JSON.stringify(platform.records().requests.map(({ body }) => body))].join('\n');
    const hidden = [...Object.values(secrets).map(withoutMarkers), ...simulator.tokenService.issued];
    const found = hidden.flatMap(piecesOf).filter((piece) => told.includes(piece));
    expect(found.map((piece) => piece.slice(0, 4))).toEqual([]);
  }

  const good = { success: true, error: '' };

  test('finds that it works, with one sign-in and one row', async () => {
    simulator.world.add({ rows: 500, from: Date.now() - 50 * minute, to: Date.now() - 5 * minute });
    expect(await check(openly(simulator))).toEqual(good);
    expect(simulator.tokenService.requests.totals.requests).toBe(1);
    // The other is for the service principal, which the simulated directory does not know.
    expect(simulator.graph.requests.totals).toMatchObject({ requests: 2, rows: 1 });
    for (const name of ['settings', 'sign-in', 'permission', 'service principal', 'query'])
      expect(output.join('\n')).toContain(`The check \\"${name}\\"`);
    expect(output.join('\n')).toContain('Its newest row is of 20');
  });

  test.each<[string, (simulator: Simulator) => Settings, Settings]>([
    ['with a certificate', openly, { client_certificate: pair.certificate + pair.privateKey }],
    ['of the Reporting Web Service', (there) => ({ ...openly(there), api_url: there.apiUrl }), secret],
  ])('finds that one %s works', async (_, settings, secrets) => {
    expect(await check(settings(simulator), secrets)).toEqual(good);
  });

  test.each([-3 * minute, 3 * minute])(
    'finds that it works where the clocks differ by %i ms',
    async (clockOffsetMs) => {
      const { graph, tokenService } = simulator;
      for (const { options } of [graph, tokenService]) options.clockOffsetMs = clockOffsetMs;
      expect(await check(openly(simulator))).toEqual(good);
    },
  );

  test('does not need a token that tells what it permits', async () => {
    simulator.tokenService.options.opaqueTokens = true;
    expect(await check(openly(simulator))).toEqual(good);
    expect(output.join('\n')).toContain('cannot be read: the query will tell');
  });

  test('has nothing to check in an empty account', async () => {
    expect(await check({ tenant_id: '', client_id: null, api_url: ' ' }, {})).toEqual(good);
    expect(simulator.tokenService.requests.totals.requests).toBe(0);
  });

  interface Wrong {
    readonly settings?: Settings;
    readonly secrets?: Settings;
    readonly tenant?: (simulator: Simulator) => void;
    /** What the directory says of the service principal. */
    readonly directory?: { readonly status: number; readonly body: unknown };
    readonly reads: RegExp;
    /** What Microsoft is asked for, at most. */
    readonly asked: readonly [signIns: number, queries: number];
  }

  const refusing = (there: Simulator) => (there.graph.options.servicePrincipalFromMs = null);

  test.each<[string, Wrong]>([
    [
      'the client secret is wrong',
      {
        secrets: { client_secret: 'n0t~the.secret-of-the-app' },
        reads: /^Entra ID refused to sign the application \S+ in \(AADSTS7000215\)\. .*client_secret must be its Value/,
        asked: [1, 0],
      },
    ],
    [
      'the application is unknown',
      {
        settings: { client_id: '00000000-1111-2222-3333-444444444444' },
        reads: /AADSTS700016\).*correct client_id/,
        asked: [1, 0],
      },
    ],
    [
      'the tenant is unknown',
      { settings: { tenant_id: 'nobody.example' }, reads: /AADSTS90002\).*correct tenant_id/, asked: [1, 0] },
    ],
    [
      'consent is missing',
      {
        tenant: (there) => (there.tokenService.options.permissions = []),
        reads:
          /permission ExchangeMessageTrace\.Read\.All is missing: the token has no permission at all\. In Entra ID/,
        asked: [1, 0],
      },
    ],
    [
      'another permission was consented to',
      {
        tenant: (there) => (there.tokenService.options.permissions = ['ReportingWebService.Read.All']),
        reads: /permission ExchangeMessageTrace\.Read\.All is missing.*with admin consent/,
        asked: [1, 0],
      },
    ],
    [
      'Microsoft’s service principal is absent',
      { tenant: refusing, reads: /service principal of Microsoft's.*New-MgServicePrincipal -AppId/, asked: [1, 1] },
    ],
    [
      'Microsoft’s service principal is absent, and the directory says so',
      {
        tenant: refusing,
        directory: { status: 404, body: { error: { code: 'Request_ResourceNotFound' } } },
        reads: /it has no service principal.*New-MgServicePrincipal/,
        asked: [1, 0],
      },
    ],
    [
      'Microsoft’s service principal is still activating',
      {
        tenant: refusing,
        directory: { status: 200, body: { id: 'x', accountEnabled: true } },
        reads: /is there, but not active yet.*some hours/,
        asked: [1, 1],
      },
    ],
    [
      'Graph refuses',
      {
        tenant: (there) => there.graph.faults.failNext('http-403', 10),
        reads: /^Microsoft Graph refused access \(HTTP 403: .*In Entra ID, give the application.*api_url/,
        asked: [1, 1],
      },
    ],
    [
      'Graph is overloaded',
      {
        tenant: (there) => there.graph.faults.failNext('http-503', 10),
        reads: /not available.*HTTP 503/,
        asked: [1, 1],
      },
    ],
    [
      'Entra ID cannot be reached',
      {
        settings: { authority_url: NOWHERE },
        reads: /127\.0\.0\.1:1 could not be reached: .*check authority_url/,
        asked: [0, 0],
      },
    ],
    [
      'Graph cannot be reached',
      { settings: { api_url: NOWHERE }, reads: /127\.0\.0\.1:1 could not be reached: .*check api_url/, asked: [1, 0] },
    ],
    [
      'nothing proves who signs in',
      {
        secrets: {},
        reads: /^Nothing proves.*"client_secret" \(Client secret\) or "client_certificate"/,
        asked: [0, 0],
      },
    ],
    [
      'there are two proofs',
      {
        secrets: { ...secret, client_certificate: pair.certificate + pair.privateKey },
        reads: /^Only one of "client_secret"/,
        asked: [0, 0],
      },
    ],
    [
      'the certificate has no key',
      { secrets: { client_certificate: pair.certificate }, reads: /"client_certificate".*private key/, asked: [0, 0] },
    ],
    [
      'an id is none',
      {
        settings: { client_id: 'my app' },
        reads: /^"client_id" \(Client ID\) must be the app.*not a text of 6/,
        asked: [0, 0],
      },
    ],
    [
      'only an address is given',
      {
        settings: { tenant_id: '', client_id: '' },
        reads: /^"tenant_id".*is missing.*"client_id".*is missing/,
        asked: [0, 0],
      },
    ],
    [
      'an address is none',
      {
        settings: { api_url: 'graph.microsoft.us' },
        reads: /^"api_url" \(API address\) must be an https/,
        asked: [0, 0],
      },
    ],
  ])('says so where %s', async (_, { settings, secrets = secret, tenant, directory, reads, asked }) => {
    tenant?.(simulator);
    const asks: string[] = [];
    front.alter = (response, url) => {
      const path = decodeURI(url.pathname);
      asks.push(path);
      if (!path.endsWith(readerPath) || directory === undefined) return response;
      return { status: directory.status, headers: {}, body: JSON.stringify(directory.body) };
    };
    const graphUrl = simulator.graphUrl.replace(simulator.origin, front.origin);
    const { success, error } = await check({ ...openly(simulator), api_url: graphUrl, ...settings }, secrets);
    expect(success).toBe(false);
    expect(error).toMatch(reads);
    expect(error).not.toMatch(/undefined|\n/);
    expect(simulator.tokenService.requests.totals.requests).toBe(asked[0]);
    expect(asks.filter((path) => path.endsWith('/messageTraces'))).toHaveLength(asked[1]);
  });
});

describe('a trigger and the connected account', () => {
  let scenario: Scenario;
  let platform: Platform | undefined;

  beforeEach(async () => {
    platform = undefined;
    scenario = await Scenario.open({ signInScenario: 'an application on Microsoft Graph' });
    const now = Date.now();
    scenario.simulator.world.add({ rows: 500, from: now - 20 * minute, to: now });
  });
  afterEach(async () => {
    await scenario.close();
    await platform?.close();
  });

  /** What identifies the application and its cloud, left out of the trigger's own settings. */
  const nothing = {
    tenant_id: undefined,
    client_id: undefined,
    client_secret: undefined,
    api_url: undefined,
    authority_url: undefined,
  };

  async function start(own: Settings, account: Settings, secrets: Settings): Promise<TriggerProcess> {
    platform = await startPlatform({ token, secrets });
    return scenario.start(own, { moduleConfiguration: account, urlCallback: platform.callbackUrl });
  }

  const masked = (there: Simulator) => ({ ...openly(there), client_secret: '*****' });

  test.each([
    ['left out', nothing],
    [
      'left as a form fills them in',
      {
        ...nothing,
        tenant_id: '',
        client_secret: null,
        api_url: 'https://graph.microsoft.com/v1.0',
        authority_url: 'https://login.microsoftonline.com/',
      },
    ],
  ])('the account is used where the settings are %s', async (_, own) => {
    await start(own, masked(scenario.simulator), secret);
    expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
    const logs = scenario.output.join('\n');
    expect(logs).toMatch(/The connected account .* gives .*\(Tenant ID\).*\(Client secret\)/);
    expect(logs).not.toContain(application.clientSecret);
  });

  test('its own settings come first', async () => {
    const wrong = { tenant_id: 'nobody.example', client_id: '00000000-1111-2222-3333-444444444444', api_url: NOWHERE };
    await start({}, { ...wrong, authority_url: NOWHERE }, { client_secret: 'another~secret' });
    expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
  });

  test.each([
    ['answers', undefined],
    ['refuses to hand out secrets', '503'],
  ] as const)('nothing changes without an account, where the platform %s', async (_, fault) => {
    platform = await startPlatform({ token });
    if (fault !== undefined) platform.faults.secrets.failNext(fault, 1_000);
    await scenario.start({}, { urlCallback: platform.callbackUrl });
    expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
    expect(scenario.output.join('\n')).not.toContain('connected account');
  });

  test('what is wrong with the account is told as the account’s', async () => {
    const trigger = await start(nothing, { ...masked(scenario.simulator), client_id: 'my app' }, secret);
    const [line] = await trigger.waitForOutput(/.*Configuration error.*/);
    expect(line).toMatch(/\(Client ID\) must be the application's ID.*The connected account .* gives .*\(Client ID\)/);
    expect(line).not.toContain('my app');
  });
});
