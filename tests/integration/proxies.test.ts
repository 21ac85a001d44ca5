import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  beyondProxy,
  startConnectProxy,
  type ConnectProxy,
} from '../../packages/automation-sdk-shim/tests/support/connect-proxy.js';
import { allArrivedOnce, minute, Scenario } from '../support/scenario.js';

const credentials = { user: 'collector', password: 'Pr0xy~p4ssword' };

let scenario: Scenario;
let proxy: ConnectProxy;
/** What makes a trigger trust the simulated tenant. */
let trust: { NODE_EXTRA_CA_CERTS: string };
beforeEach(async () => {
  proxy = await startConnectProxy({ credentials });
  scenario = await Scenario.open({ signInScenario: 'an application on Microsoft Graph', tls: true });
  const { world, certificate } = scenario.simulator;
  const now = Date.now();
  world.add({ rows: 3000, from: now - 20 * minute, to: now });
  trust = { NODE_EXTRA_CA_CERTS: join(scenario.dataFolder, 'trusted.pem') };
  await writeFile(trust.NODE_EXTRA_CA_CERTS, certificate!);
});
afterEach(async () => {
  await scenario.close();
  await proxy.close();
});

const hostOf = (url: string) => new URL(url).host;
/** The tenant under a name that goes through proxies. */
const tenantBeyond = () => ({
  api_url: beyondProxy(scenario.simulator.graphUrl),
  authority_url: beyondProxy(scenario.simulator.authorityUrl),
  token_scope: 'https://graph.microsoft.com/.default',
});

describe('proxies of the environment', () => {
  test('carry what goes to Microsoft, and nothing that is on this machine', async () => {
    const environment = { ...trust, HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url };
    await scenario.start(tenantBeyond(), { environment });
    expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
    await scenario.platform.until(({ logs }) => logs.length > 0);

    // Token service and Graph are one host here, and its connections are kept alive: a tunnel or two for all requests.
    expect(new Set(proxy.connects)).toEqual(new Set([hostOf(tenantBeyond().api_url)]));
    expect(proxy.connects.length).toBeLessThan(5);
    expect(proxy.requests).toEqual([]);
    const traces = await scenario.traces();
    for (const secret of [
      credentials.password,
      Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64'),
    ])
      expect(traces).not.toContain(secret);
  });

  test('are not used for this machine', async () => {
    const environment = { ...trust, HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url };
    await scenario.start({}, { environment });
    expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
    expect([...proxy.connects, ...proxy.requests]).toEqual([]);
  });

  test('that refuse are named in the log, and nothing is lost until they do not', async () => {
    const refusing = await startConnectProxy({ refuse: 403 });
    try {
      const environment = { ...trust, HTTPS_PROXY: refusing.url };
      const trigger = await scenario.start(tenantBeyond(), { environment });
      await trigger.waitForOutput(/"level":"warning".*could not be reached: EPROXYREFUSED/);
      expect(scenario.simulator.tokenService.requests.totals.requests).toBe(0);
      await trigger.stop();
    } finally {
      await refusing.close();
    }
    await scenario.start({}, { environment: trust });
    expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
  });
});
