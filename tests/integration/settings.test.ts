import { afterEach, describe, expect, test } from '@jest/globals';
import { type SignInScenarioName } from '@local/testbed';
import { allArrivedOnce, minute, Scenario } from '../support/scenario.js';
import { account, application, signInScenarioNames, intakeKey, token } from '../support/sign-in-scenarios.js';

let scenario: Scenario;
afterEach(() => scenario.close());

async function openWithMail(signInScenario?: SignInScenarioName): Promise<void> {
  scenario = await Scenario.open({
    ...(signInScenario !== undefined && { signInScenario }),
    // Short-lived, so that there are several.
    tokenService: { tokenLifetimeSeconds: 5 },
  });
  const now = Date.now();
  scenario.simulator.world.add({ rows: 200, from: now - 10 * minute, to: now });
}

/** The log entries of one level that the platform has received. */
function logged(level: string): string[] {
  return scenario.platform
    .records()
    .logs.filter((entry) => entry.level === level)
    .map(({ message }) => message);
}

function criticalSeen(): Promise<unknown> {
  return scenario.platform.until(({ logs }) => logs.some(({ level }) => level === 'critical'));
}

/** How often each service of the tenant was asked. */
function requests(): object {
  const { server, graph, tokenService } = scenario.simulator;
  return {
    server: server.requests.totals.requests,
    graph: graph.requests.totals.requests,
    tokenService: tokenService.requests.totals.requests,
  };
}

const noRequests = { server: 0, graph: 0, tokenService: 0 };

describe('wrong settings', () => {
  test('are named in one critical log, each with what it should be, and Microsoft is not asked [F-42]', async () => {
    await openWithMail();
    const trigger = await scenario.start({
      account_name: '',
      account_password: undefined,
      frequency: 0,
      start_time: 'yesterday',
      intake_format: 'syslog',
      api_url: 'http://reports.example.com/reporting.svc',
    });
    await criticalSeen();
    const [message, ...others] = logged('critical');
    expect(others).toEqual([]);
    for (const name of ['account_name', 'account_password', 'frequency', 'start_time', 'intake_format', 'api_url']) {
      expect(message).toContain(name);
    }
    expect(message).toMatch(/frequency.*between 1 and 86400/s);
    expect(message).toContain('https://');
    // What the platform has got may not have been read from the pipe yet.
    await trigger.waitForOutput(/"level":"critical"/);
    expect(await trigger.health()).toMatchObject({ status: 200, body: { status: 'misconfigured' } });
    expect(await trigger.stop()).toMatchObject({ exitCode: 0 });
    expect(requests()).toEqual(noRequests);
  });

  test('of every kind are named at once: card, rules, ids that are none', async () => {
    await openWithMail('an application on Microsoft Graph');
    const trigger = await scenario.start({
      tenant_id: 'not a tenant!',
      client_id: 'abc',
      client_secret: undefined,
      intake_key: 12345678901234567890,
      frequency: 'soon',
    });
    await criticalSeen();
    const [message, ...others] = logged('critical');
    expect(others).toEqual([]);
    for (const sentence of [
      /"tenant_id" \(Tenant ID\) must be .* a GUID, or one of its domains/,
      /"client_id" \(Client ID\) must be .* a GUID/,
      /Nothing proves who signs in\. Give one of "client_secret" .*"client_certificate" .*"federated_token_file" /,
      /"intake_key" \(Intake key\) must be text: it is a number, .* Put it in quotes/,
      /"frequency" \(Frequency\) must be an integer between 1 and 86400 .*, not "soon"/,
    ])
      expect(message).toMatch(sentence);
    expect(await trigger.stop()).toMatchObject({ exitCode: 0 });
    expect(requests()).toEqual(noRequests);
  });
});

describe('wrong rules of filters', () => {
  test('are named with their number and the position in them, and no rule is quoted [F-42]', async () => {
    await openWithMail();
    const trigger = await scenario.start({
      do_not_send: ['status: failed', 'sender: *@a.example and from: s3cr3t@b.example', 'direction: internal'],
      send_only: ['subject: "*invoice*'],
    });
    await criticalSeen();
    const [message, ...others] = logged('critical');
    expect(others).toEqual([]);
    for (const sentence of [
      '"send_only" (Send only), rule 1, character 10: expected a second quotation mark at the end of the value.',
      '"do_not_send" (Do not send), rule 2, character 25: expected status, direction, sender, recipient or subject, and a colon.',
      '"do_not_send" (Do not send), rule 3: to tell a direction, "internal_domains" (Internal domains) must hold all mail domains of the tenant.',
      'Correct the settings in the playbook.',
    ])
      expect(message).toContain(sentence);
    expect(await trigger.stop()).toMatchObject({ exitCode: 0 });
    expect(requests()).toEqual(noRequests);
    expect(await scenario.traces()).not.toContain('s3cr3t');
  });
});

describe('settings as the platform may send them', () => {
  const unknown = Object.fromEntries(Array.from({ length: 12 }, (_none, n) => [`unknown_${n}`, n]));

  /** Every warning and worse that the platform has received. */
  const complaints = () => [...logged('warning'), ...logged('error'), ...logged('critical')];

  test('numbers and booleans as text, and unknown ones, are collected with and complain of nothing', async () => {
    await openWithMail();
    await scenario.start({
      ...unknown,
      chunk_size: '1000',
      frequency: ' 1 ',
      start_time: '1.0',
      compress: 'true',
      late_window: 1440.0,
      client_id: null,
      tenant_id: '',
      token_scope: '  ',
    });
    expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
    expect(complaints()).toEqual([]);
  });

  test('a password of digits that comes as a number is the password', async () => {
    scenario = await Scenario.open({ service: { accountPassword: '12345678' } });
    const now = Date.now();
    scenario.simulator.world.add({ rows: 20, from: now - 10 * minute, to: now });
    await scenario.start({ account_password: 12345678 });
    expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
    expect(complaints()).toEqual([]);
    expect(await scenario.traces()).not.toContain('12345678');
  });

  test('white space that was copied along is cut off ids, keys and addresses', async () => {
    await openWithMail('an application on Microsoft Graph');
    const { api_url, authority_url } = scenario.signInScenario.settings(scenario.simulator) as Record<string, string>;
    await scenario.start({
      tenant_id: `\u200b${application.tenantId}\n`,
      client_id: `\ufeff ${application.clientId}\u00a0`,
      intake_key: `${intakeKey}\r\n`,
      api_url: ` ${api_url}\n`,
      authority_url: `${authority_url}\t`,
    });
    expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
    expect(complaints()).toEqual([]);
  });

  test('a secret that ends with white space is used as it is, and named without its value', async () => {
    await openWithMail('an application on Microsoft Graph');
    const trigger = await scenario.start({ client_secret: `${application.clientSecret}\n` });
    await scenario.platform.until(({ logs }) => logs.some(({ message }) => message.includes('AADSTS7000215')));
    expect(logged('warning')).toContainEqual(
      expect.stringMatching(/^"client_secret" \(Client secret\) begins or ends with white space/),
    );
    await trigger.stop();
    expect(await scenario.traces()).not.toContain(application.clientSecret);
  });
});

describe('settings that do not go together', () => {
  const certificate = '-----BEGIN CERTIFICATE-----';

  test.each([
    [
      'an application without a proof',
      'an application on Microsoft Graph',
      { client_secret: undefined },
      'Nothing proves who signs in. Give one of "client_secret" (Client secret), "client_certificate" (Client certificate) and',
    ],
    [
      'an application with two proofs',
      'an application on Microsoft Graph',
      { client_certificate: certificate },
      'Only one of "client_secret" (Client secret) and "client_certificate" (Client certificate) may be given, unless "credential" (Credential) says',
    ],
    [
      'an account for Microsoft Graph without an application',
      'an account on the Reporting Web Service',
      { api: 'graph' },
      /"client_id" \(Client ID\) is missing: it must be .*, as "api" is "graph"\./,
    ],
  ] as const)(
    'are said in one critical log, and Microsoft is not asked: %s [F-42]',
    async (_, signInScenario, settings, sentence) => {
      await openWithMail(signInScenario);
      const trigger = await scenario.start(settings);
      await criticalSeen();
      const [message, ...others] = logged('critical');
      expect(others).toEqual([]);
      expect(message).toEqual(
        typeof sentence === 'string' ? expect.stringContaining(sentence) : expect.stringMatching(sentence),
      );
      expect(await trigger.stop()).toMatchObject({ exitCode: 0 });
      expect(requests()).toEqual(noRequests);
    },
  );
});

describe('a wrong proof of who asks', () => {
  test.each([
    [
      'an account on the Reporting Web Service',
      /refused access.*Check account_name and account_password/s,
      { ...noRequests, server: 1 },
    ],
    [
      'an account on Microsoft Graph',
      /refused.*AADSTS50126.*correct account_name and account_password/s,
      { ...noRequests, tokenService: 1 },
    ],
    [
      'an application on Microsoft Graph',
      /refused.*AADSTS7000215.*client_secret must be its Value, not its Secret ID/s,
      { ...noRequests, tokenService: 1 },
    ],
  ] as const)(
    'of %s is said in one critical log with what to do, and is not tried again at once [F-13]',
    async (signInScenario, guidance, asked) => {
      await openWithMail(signInScenario);
      const wrong = 'n0t-the-right-one';
      const trigger = await scenario.start({ [scenario.signInScenario.secret]: wrong });
      await criticalSeen();
      const [message, ...others] = logged('critical');
      expect(others).toEqual([]);
      expect(message).toMatch(guidance);
      expect(await trigger.health()).toMatchObject({ status: 200, body: { status: 'misconfigured' } });
      expect(await trigger.stop()).toMatchObject({ exitCode: 0 });
      expect(requests()).toEqual(asked);
      expect(await scenario.traces()).not.toContain(wrong);
    },
  );
});

describe('settings as environment variables', () => {
  test('are as good as files', async () => {
    await openWithMail();
    await scenario.start({}, { via: 'environment' });
    expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
  });
});

describe('an unknown command', () => {
  test('ends with exit code 1 and names the known ones', async () => {
    await openWithMail();
    const trigger = await scenario.start({}, { dockerParameters: 'message_traces' });
    expect(await trigger.exited).toMatchObject({ exitCode: 1 });
    expect(trigger.stderr).toContain('"message_trace"');
    expect(trigger.stderr).toContain('"message_trace_graph"');
  });
});

describe('a second process on the same data folder', () => {
  test('ends with a sentence that names the first [F-39]', async () => {
    await openWithMail();
    const first = await scenario.start();
    await scenario.untilNoneIsMissing();
    const second = await scenario.start();
    expect(await second.exited).toMatchObject({ exitCode: 1 });
    expect(second.stderr).toContain(`process ${first.pid!}`);
    expect(await scenario.report()).toMatchObject(allArrivedOnce);
  });
});

describe('the secrets', () => {
  test.each(signInScenarioNames)(
    'are nowhere in output, logs, state, health and metrics, whatever fails: %s [F-48]',
    async (signInScenario) => {
      await openWithMail(signInScenario);
      const { faults } = scenario.service;
      const { tokenService } = scenario.simulator;
      faults.failNext('reset-before-answer', 1);
      faults.failNext('cut-off-json', 1);
      scenario.intake.faults.failNext('401');
      scenario.intake.faults.failNext('500');
      scenario.intake.faults.failNext('reset-after-reading');
      const trigger = await scenario.start();
      expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
      if (scenario.signInScenario.api === 'graph') {
        tokenService.faults.failNext('cut-off-json');
        tokenService.faults.failNext('aadsts-90033');
        await tokenService.requests.next(({ result }) => result === 'aadsts-90033');
      }
      faults.failNext('http-401', Infinity);
      // The intake's refusal was critical already; the platform shows only the first one as such.
      await scenario.platform.until(({ logs }) => logs.some(({ message }) => message.includes('refused access')));
      const responses = [JSON.stringify(await trigger.health()), await trigger.metrics()];
      await trigger.stop();

      const all = [await scenario.traces(), ...responses].join('\n');
      expect(all).toContain('refused access');
      if (scenario.signInScenario.api === 'graph') expect(tokenService.issued.length).toBeGreaterThanOrEqual(2);
      const secrets = [
        account.accountPassword,
        `${account.accountName}:${account.accountPassword}`,
        application.clientSecret,
        intakeKey,
        token,
        // Of a token that came cut off there is only the beginning.
        ...tokenService.issued.map((text) => text.slice(0, 39)),
      ];
      for (const spelling of secrets.flatMap(spellings)) expect(all).not.toContain(spelling);
    },
  );
});

/** How a secret may look in a URL, a form, JSON or a header. */
function spellings(secret: string): string[] {
  return [
    secret,
    encodeURIComponent(secret),
    new URLSearchParams({ '': secret }).toString().slice(1),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString('base64'),
  ];
}
