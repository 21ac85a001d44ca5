import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { selfSignedCertificate } from '@local/testbed';
import { federatedCredential, serviceAccountToken } from '../support/federation.js';
import { allArrivedOnce, minute, Scenario } from '../support/scenario.js';
import { day, endpoint, noSecret, pem, signInScenarios, type Case } from '../support/sign-in-cases.js';

let scenario: Scenario;
afterEach(() => scenario.close());

/** Starts the module so. The environment names a proxy that does not answer. Requests that must go directly do. */
async function start({ settings = {}, tenant = {}, environment = {}, ...rest }: Omit<Case, 'reads' | 'quote'>) {
  scenario = await Scenario.open({ signInScenario: 'an application on Microsoft Graph', tokenService: tenant });
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

describe.each(Object.entries(signInScenarios))('%s', (_, { right, wrong }) => {
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
    expect(line).toContain(what.quote);
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
      signInScenario: 'an application on Microsoft Graph',
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
