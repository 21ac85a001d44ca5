import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { appServicePath, selfSignedCertificate, type TokenServiceOptions } from '@local/microsoft365-simulator';
import { federatedCredential, serviceAccountToken } from '../support/federation.js';
import { allArrivedOnce, minute, Scenario } from '../support/scenario.js';

const identity = 'b7a3d6c2-1f4e-4d0b-8a55-6e9c0d2b7f22';
const day = 24 * 60 * minute;
const pair = selfSignedCertificate('Message trace', 'rsa');
const stranger = selfSignedCertificate('Somebody else', 'rsa');
const ended = selfSignedCertificate('Last year', 'rsa', Date.now() - 60 * day);
const pem = ({ certificate, privateKey }: typeof pair) => certificate + privateKey;

let scenario: Scenario;
afterEach(() => scenario.close());

interface Case {
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly tenant?: Partial<TokenServiceOptions>;
  /** The content of the token file. */
  readonly file?: string | undefined;
  readonly environment?: Readonly<Record<string, string>>;
  /** What the operator reads. */
  readonly reads: RegExp;
}

interface Way {
  readonly right: Omit<Case, 'reads'>;
  readonly wrong: Readonly<Record<string, Case>>;
}

const noSecret = { client_secret: undefined };
const federated = { ...noSecret, federated_token_file: '<file>' };
const managed = { ...noSecret, tenant_id: undefined, client_id: undefined, credential: 'managed_identity' };
const endpoint = {
  // An address of this machine that is none of loopback: only what goes directly whatever the environment says gets there.
  IDENTITY_ENDPOINT: `http://0.0.0.0:<port>${appServicePath}`,
  IDENTITY_HEADER: 'header-of-the-endpoint',
};
const azure = {
  identityHeader: endpoint.IDENTITY_HEADER,
  managedIdentities: [{ kind: 'user-assigned', clientId: identity }],
} as const;

const ways: Readonly<Record<string, Way>> = {
  'a client secret': {
    right: {},
    wrong: {
      'that is wrong': {
        settings: { client_secret: 'not-the-secret' },
        reads: /AADSTS7000215\).*Value, not its Secret ID/,
      },
      'of an application that is unknown': {
        settings: { client_id: identity },
        reads: /AADSTS700016\).*correct client_id/,
      },
      'without a permission': {
        tenant: { permissions: [] },
        reads:
          /The sign-in works, but the permission ExchangeMessageTrace\.Read\.All is missing: the token has no permission at all/,
      },
    },
  },
  'a certificate': {
    right: { settings: { ...noSecret, client_certificate: pem(pair) }, tenant: { certificates: [pair.certificate] } },
    wrong: {
      'that is not registered': {
        settings: { ...noSecret, client_certificate: pem(stranger) },
        tenant: { certificates: [pair.certificate] },
        reads: /AADSTS700027\).*upload it there/,
      },
      'that has ended': {
        settings: { ...noSecret, client_certificate: pem(ended) },
        tenant: { certificates: [ended.certificate] },
        reads: /client_certificate ended on \d{4}-\d\d-\d\d\. Upload a new one/,
      },
    },
  },
  'a federated token': {
    right: {
      settings: federated,
      file: serviceAccountToken(),
      tenant: { federatedCredentials: [federatedCredential] },
    },
    wrong: {
      'for another audience': {
        file: serviceAccountToken({ aud: ['https://kubernetes.default.svc'] }),
        reads:
          /AADSTS700212\).*audience api:\/\/AzureADTokenExchange.*the audience \\"https:\/\/kubernetes\.default\.svc\\"/,
      },
      'of another issuer': {
        file: serviceAccountToken({ iss: 'https://other.example' }),
        reads: /AADSTS700211\).*correct the issuer.*\\"https:\/\/other\.example\\"/,
      },
      'of another subject': {
        file: serviceAccountToken({ sub: 'system:serviceaccount:default:other' }),
        reads: /AADSTS700213\).*correct the subject/,
      },
      'whose subject differs in case': {
        file: serviceAccountToken({ sub: federatedCredential.subject.toUpperCase() }),
        reads: /AADSTS7002138\).*upper and lower case/,
      },
      'signed with another key': {
        file: serviceAccountToken({}, { isForged: true }),
        reads: /AADSTS7000272\).*signed with a key/,
      },
      'that expired an hour ago': {
        file: serviceAccountToken({}, { nowMs: Date.now() - 2 * 60 * minute }),
        reads:
          /token file \S+, which \\"federated_token_file\\" \(Federated token file\) names, holds a token that expired at/,
      },
      'that is not valid yet': {
        file: serviceAccountToken({}, { nowMs: Date.now() + 60 * minute }),
        reads: /AADSTS700024\)/,
      },
      'in a file that is empty': { file: '', reads: /token file \S+, which \\"federated_token_file\\".* is empty/ },
      'in a file that does not exist': {
        file: undefined,
        reads: /token file \S+, .* does not exist\. Mount the token/,
      },
    },
  },
  'a managed identity': {
    right: { settings: { ...managed, client_id: identity }, tenant: azure, environment: endpoint },
    wrong: {
      'that is unknown': {
        settings: { ...managed, client_id: '00000000-1111-2222-3333-444444444444' },
        tenant: azure,
        environment: endpoint,
        reads: /Azure gave no token for the managed identity .*No managed identity was found.*client_id/,
      },
      'that is system-assigned, where there is none': {
        settings: managed,
        tenant: azure,
        environment: endpoint,
        reads: /Azure gave no token.*leave client_id empty/,
      },
      'at an endpoint that does not know the module': {
        settings: { ...managed, client_id: identity },
        tenant: { ...azure, identityHeader: 'another' },
        environment: endpoint,
        reads: /Azure gave no token.*HTTP 401/,
      },
      'without a permission': {
        settings: { ...managed, client_id: identity },
        tenant: { ...azure, permissions: [] },
        environment: endpoint,
        reads: /permission ExchangeMessageTrace\.Read\.All is missing.*up to 24 hours/,
      },
    },
  },
};

/** Starts the module so. A proxy that nobody answers stands in the environment: what must go directly does. */
async function start({ settings = {}, tenant = {}, environment = {}, ...rest }: Omit<Case, 'reads'>) {
  scenario = await Scenario.open({ way: 'an application on Microsoft Graph', tokenService: tenant });
  const { origin } = scenario.simulator;
  const file = join(scenario.dataFolder, '..', `token-${origin.slice(-5)}`);
  if (rest.file !== undefined) await writeFile(file, rest.file);
  const filled = (values: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        typeof value === 'string' ? value.replace('<file>', file).replace('<port>', new URL(origin).port) : value,
      ]),
    );
  const trigger = await scenario.start(filled(settings), {
    environment: {
      HTTP_PROXY: 'http://127.0.0.1:1',
      HTTPS_PROXY: 'http://127.0.0.1:1',
      ...(filled(environment) as Record<string, string>),
    },
  });
  return { trigger, file };
}

function addMail(rows: number): void {
  const now = Date.now();
  scenario.simulator.world.add({ rows, from: now - 20 * minute, to: now - 1000 });
}

describe.each(Object.entries(ways))('%s', (_, { right, wrong }) => {
  test('signs in, and every row arrives once', async () => {
    await start(right);
    addMail(500);
    expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
    expect(scenario.simulator.tokenService.requests.totals.byResult).toEqual({ token: 1 });
    expect(scenario.output.filter((line) => /"level":"(error|critical)"/.test(line))).toEqual([]);
    const traces = await scenario.traces();
    for (const secret of [right.file, endpoint.IDENTITY_HEADER, ...scenario.simulator.tokenService.issued])
      if (secret !== undefined) expect(traces).not.toContain(secret);
  });

  test.each(Object.entries(wrong))('%s is refused, and the operator reads why and what to do', async (_, what) => {
    const { trigger, file } = await start({ ...right, ...what, tenant: { ...right.tenant, ...what.tenant } });
    const [line] = await trigger.waitForOutput(/.*"level":"critical".*/);
    expect(line).toMatch(what.reads);
    expect(line).toContain('[MT-SETTINGS]');
    expect(scenario.simulator.graph.requests.totals.requests).toBe(0);
    const traces = await scenario.traces();
    if (what.file !== undefined && what.file !== '') expect(traces).not.toContain(what.file);
    expect(traces).not.toContain(endpoint.IDENTITY_HEADER);
    expect(file).not.toBe('');
  });
});

describe('Azure workload identity', () => {
  test('needs no setting at all: its webhook puts everything into the environment', async () => {
    scenario = await Scenario.open({
      way: 'an application on Microsoft Graph',
      tokenService: { federatedCredentials: [federatedCredential], tokenLifetimeSeconds: 2 },
    });
    const { options } = scenario.simulator.tokenService;
    const file = join(scenario.dataFolder, '..', `token-${scenario.simulator.origin.slice(-5)}`);
    await writeFile(file, serviceAccountToken());
    await scenario.start(
      { client_secret: undefined, tenant_id: undefined, client_id: undefined, authority_url: undefined },
      {
        environment: {
          AZURE_FEDERATED_TOKEN_FILE: file,
          AZURE_TENANT_ID: options.tenantId,
          AZURE_CLIENT_ID: options.clientId,
          AZURE_AUTHORITY_HOST: `${scenario.simulator.authorityUrl}/`,
        },
      },
    );
    addMail(500);
    expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);

    // The next sign-in takes the token that has been put in its place, as Kubernetes does: by renaming.
    const fresh = serviceAccountToken({ jti: 'fresh' });
    await writeFile(`${file}.new`, fresh);
    await rename(`${file}.new`, file);
    const { requests } = scenario.simulator.tokenService;
    await requests.nth(requests.totals.requests + 1);
    addMail(100);
    expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
    expect(Object.keys(requests.totals.byResult)).toEqual(['token']);
    expect(await scenario.traces()).not.toContain(fresh);
  });
});

test('a token that tells nothing is not judged: Graph itself refuses it', async () => {
  const { trigger } = await start({ tenant: { opaqueTokens: true, permissions: [] } });
  await trigger.waitForOutput(/"level":"critical".*refused access \(HTTP 403/);
});

test('a certificate that ends soon is worth a warning, with the day', async () => {
  const soon = selfSignedCertificate('Soon', 'rsa', Date.now() - 25 * day);
  const { trigger } = await start({
    settings: { ...noSecret, client_certificate: pem(soon) },
    tenant: { certificates: [soon.certificate] },
  });
  await trigger.waitForOutput(
    /"level":"warning".*client_certificate ends on \d{4}-\d\d-\d\d, in 5 days\..*\[MT-EXPIRY\]/,
  );
  addMail(100);
  expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
});

test('without anything that proves who signs in, the log lists the four ways', async () => {
  const { trigger } = await start({ settings: noSecret });
  await trigger.waitForOutput(
    /"level":"critical".*Give one of .*client_secret.*client_certificate.*federated_token_file.*managed_identity.*\[SDK-CONFIGURATION\]/,
  );
});
