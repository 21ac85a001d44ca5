import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { account, allArrivedOnce, intakeKey, minute, Scenario, token } from '../support/scenario.js';

let scenario: Scenario;
beforeEach(async () => {
  scenario = await Scenario.open();
  const now = Date.now();
  scenario.simulator.world.add({ rows: 200, from: now - 10 * minute, to: now });
});
afterEach(() => scenario.close());

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

describe('wrong settings', () => {
  test('are named in one critical log, each with what it should be, and Microsoft is not asked', async () => {
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
    expect(trigger.stderr).toContain('"level":"critical"');
    expect((await trigger.health()).status).toBe(500);
    expect(await trigger.stop()).toMatchObject({ exitCode: 0 });
    expect(scenario.simulator.server.requests.totals.requests).toBe(0);
  });

  test('that nobody knows are ignored with a warning', async () => {
    await scenario.start({ freqency: 5 });
    expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
    await scenario.platform.until(({ logs }) =>
      logs.some(({ level, message }) => level === 'warning' && message.includes('freqency')),
    );
  });
});

describe('a wrong account', () => {
  test('is said in one critical log with what to do, and is not tried again at once', async () => {
    const trigger = await scenario.start({ account_password: 'not the one' });
    await criticalSeen();
    expect(logged('critical').join()).toMatch(/refused the account.*Check account_name and account_password/s);
    expect((await trigger.health()).status).toBe(500);
    expect(scenario.simulator.server.requests.totals.requests).toBe(1);
    expect(await trigger.stop()).toMatchObject({ exitCode: 0 });
  });
});

describe('settings as environment variables', () => {
  test('are as good as files', async () => {
    await scenario.start({}, { via: 'environment' });
    expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
  });
});

describe('an unknown command', () => {
  test('ends with exit code 1 and names the known ones', async () => {
    const trigger = await scenario.start({}, { dockerParameters: 'message_traces' });
    expect(await trigger.exited).toMatchObject({ exitCode: 1 });
    expect(trigger.stderr).toContain('"message_trace"');
  });
});

describe('a second process on the same data folder', () => {
  test('ends with a sentence that names the first', async () => {
    const first = await scenario.start();
    await scenario.untilNoneIsMissing();
    const second = await scenario.start();
    expect(await second.exited).toMatchObject({ exitCode: 1 });
    expect(second.stderr).toContain(`process ${first.pid!}`);
    expect(await scenario.report()).toMatchObject(allArrivedOnce);
  });
});

describe('the secrets', () => {
  test('are nowhere in output, logs, state, health and metrics, whatever fails', async () => {
    const { server } = scenario.simulator;
    server.faults.failNext('http-500');
    server.faults.failNext('reset-before-answer', 1);
    server.faults.failNext('cut-off-json', 1);
    scenario.intake.faults.failNext('401');
    scenario.intake.faults.failNext('500');
    scenario.intake.faults.failNext('reset-after-reading');
    const trigger = await scenario.start();
    expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
    server.faults.failNext('http-401', Infinity);
    // The intake's refusal was critical already; the platform shows only the first one as such.
    await scenario.platform.until(({ logs }) => logs.some(({ message }) => message.includes('refused the account')));
    const answers = [JSON.stringify(await trigger.health()), await trigger.metrics()];
    await trigger.stop();
    const all = [await scenario.traces(), ...answers].join('\n');
    const pair = `${account.accountName}:${account.accountPassword}`;
    expect(all).toContain('refused the account');
    for (const secret of [account.accountPassword, intakeKey, token]) {
      for (const spelling of [
        secret,
        encodeURIComponent(secret),
        JSON.stringify(secret).slice(1, -1),
        Buffer.from(secret).toString('base64'),
      ]) {
        expect(all).not.toContain(spelling);
      }
    }
    expect(all).not.toContain(Buffer.from(pair).toString('base64'));
  });
});
