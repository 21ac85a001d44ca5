import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { selfSignedCertificate, signInScenarios } from '@local/testbed';
import { allArrivedOnce, hour, minute, Scenario, second } from '../support/scenario.js';
import { application } from '../support/sign-in-scenarios.js';

const byApplication = 'an application on Microsoft Graph';

let scenario: Scenario;
afterEach(() => scenario.close());

describe('a message to 50 people', () => {
  test('over two pages becomes 50 events', async () => {
    scenario = await Scenario.open({ signInScenario: byApplication, graph: { pageRows: 30 }, intake: { keep: 'all' } });
    const { world } = scenario.simulator;
    const now = Date.now();
    world.add({ rows: 5000, from: now - 20 * minute, to: now - 10 * minute });
    const recipientsOf = new Map<string, number>();
    for (const { traceId } of world.visibleRows(now)) recipientsOf.set(traceId, (recipientsOf.get(traceId) ?? 0) + 1);
    const [message] = [...recipientsOf].find(([, recipients]) => recipients === 50)!;

    await scenario.start();
    expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
    const events = scenario.intake.events().map((text) => JSON.parse(text) as Record<string, unknown>);
    const recipients = events.filter(({ id }) => id === message).map(({ recipientAddress }) => recipientAddress);
    expect(new Set(recipients).size).toBe(50);
    expect(recipients.length).toBe(50);
  });
});

describe('a token', () => {
  test('that ends in the middle of a range is replaced by a fresh one, and the page is asked for again [F-14]', async () => {
    scenario = await Scenario.open({ signInScenario: byApplication, graph: { pageRows: 500 } });
    const { world, graph, tokenService } = scenario.simulator;
    const now = Date.now();
    world.add({ rows: 5000, from: now - 20 * minute, to: now });
    graph.faults.failNext('http-401', 1, { page: 5 });
    await scenario.start();
    expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
    expect(graph.requests.totals.byResult).toMatchObject({ 'http-401': 1 });
    expect(tokenService.requests.totals.byResult).toEqual({ token: 2 });
    expect(scenario.output.filter((line) => /"level":"(warning|error|critical)"/.test(line))).toEqual([]);
  });

  test('is renewed in the middle of a range that takes longer than it lives [F-14]', async () => {
    scenario = await Scenario.open({
      signInScenario: byApplication,
      graph: { pageRows: 500, latencyMs: 400 },
      tokenService: { tokenLifetimeSeconds: 2 },
    });
    const { world, tokenService } = scenario.simulator;
    const now = Date.now();
    world.add({ rows: 4000, from: now - 20 * minute, to: now });
    await scenario.start();
    expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
    expect(tokenService.requests.totals.requests).toBeGreaterThan(2);
    expect(scenario.output.join('\n')).not.toContain('"level":"critical"');
  });
});

describe('over https, with a certificate that only NODE_EXTRA_CA_CERTS knows', () => {
  test('an application proves itself by its own certificate', async () => {
    const { certificate, privateKey } = selfSignedCertificate('message trace', 'rsa');
    scenario = await Scenario.open({
      signInScenario: byApplication,
      tls: true,
      tokenService: { certificates: [certificate] },
    });
    const { simulator } = scenario;
    const now = Date.now();
    simulator.world.add({ rows: 2000, from: now - 20 * minute, to: now });
    const trusted = join(scenario.dataFolder, '..', `trusted-${scenario.simulator.origin.slice(-5)}.pem`);
    await writeFile(trusted, simulator.certificate!);
    await scenario.start(
      // As a form of one line sends it.
      { client_secret: undefined, client_certificate: `${privateKey}${certificate}`.replaceAll('\n', ' ') },
      { environment: { NODE_EXTRA_CA_CERTS: trusted } },
    );
    expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
    expect(simulator.tokenService.requests.totals.byResult).toEqual({ token: 1 });
    expect(await scenario.traces()).not.toContain(privateKey.split('\n')[3]);
  });

  test('a service whose certificate nobody knows is not asked, and the log says why and what to do', async () => {
    scenario = await Scenario.open({ signInScenario: byApplication, tls: true });
    const trigger = await scenario.start();
    await trigger.waitForOutput(
      /could not be reached: DEPTH_ZERO_SELF_SIGNED_CERT, as nobody trusted here [^.]* NODE_EXTRA_CA_CERTS [^.]*\. Nothing is lost; trying again\. \[MT-UNAVAILABLE\]"/,
    );
    expect(scenario.simulator.tokenService.requests.totals.requests).toBe(0);
  });
});

describe('the other API on the same data folder', () => {
  test('goes on where the first one stopped, in the middle of a range and back again', async () => {
    scenario = await Scenario.open();
    const { world } = scenario.simulator;
    const now = Date.now();
    world.add({
      rows: 10_000,
      from: now - hour + minute,
      to: now - second,
      changingShare: 0.1,
      changeSeconds: [1, 4],
    });
    const mail = world.live({ rowsPerHour: 36_000, from: now });
    const onTheService = signInScenarios['an account on the Reporting Web Service'].settings(scenario.simulator);
    const onGraph = signInScenarios['an account on Microsoft Graph'].settings(scenario.simulator);

    let events = 3000;
    for (const settings of [onTheService, onGraph, onTheService]) {
      const trigger = await scenario.start({ chunk_size: 100, ...settings });
      await scenario.intake.until((totals) => totals.events >= events);
      expect(await trigger.stop()).toMatchObject({ exitCode: 0 });
      events += 3000;
    }
    await scenario.start(onGraph);
    mail.stop();
    await scenario.untilNoneIsMissing();
    await new Promise((resolve) => setTimeout(resolve, 5 * second));
    expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
    expect(scenario.simulator.graph.requests.totals.rows).toBeGreaterThan(3000);
    expect(scenario.simulator.server.requests.totals.rows).toBeGreaterThan(3000);
  });
});

describe('where Graph has no message trace', () => {
  test('an application reads the Reporting Web Service with its token', async () => {
    scenario = await Scenario.open({ signInScenario: byApplication });
    const { world, apiUrl, server } = scenario.simulator;
    const now = Date.now();
    world.add({ rows: 2000, from: now - 20 * minute, to: now });
    await scenario.start({ api: 'reporting_web_service', api_url: apiUrl });
    expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
    expect(server.requests.totals.rows).toBeGreaterThan(0);
    expect(scenario.simulator.graph.requests.totals.requests).toBe(0);
  });

  test('so does an account', async () => {
    scenario = await Scenario.open();
    const { world, authorityUrl, tokenService } = scenario.simulator;
    const now = Date.now();
    world.add({ rows: 2000, from: now - 20 * minute, to: now });
    await scenario.start({
      client_id: application.clientId,
      api: 'reporting_web_service',
      authority_url: authorityUrl,
    });
    expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
    expect(tokenService.requests.totals.byResult).toEqual({ token: 1 });
  });
});

describe('a Reporting Web Service that Microsoft has retired', () => {
  test.each(['http-410', 'http-404', 'http-401', 'http-403', 'sign-in-page', 'sign-in-redirect'] as const)(
    '(%s) is told with the settings that lead to Graph [F-16]',
    async (fault) => {
      scenario = await Scenario.open();
      scenario.simulator.server.faults.failNext(fault, Infinity);
      const trigger = await scenario.start();
      const [line] = await trigger.waitForOutput(/.*"level":"critical".*/);
      expect(line).toMatch(/client_id.*tenant_id.*Microsoft Graph/);
    },
  );
});
