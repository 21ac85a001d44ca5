import { afterEach, describe, expect, test } from '@jest/globals';
import { tokenFaults, type AadstsFault } from '@local/testbed';
import { accessByAccount } from '../../../src/sekoia/access-by-account.js';
import type { Access } from '../../../src/sekoia/access.js';
import { application as applicationAdvice } from '../../../src/sekoia/guidance.js';
import { HoursWithATenant } from '../../support/hours-with-a-tenant.js';
import { account, application } from '../../support/sign-in-scenarios.js';

const minute = 60_000;
const hour = 60 * minute;

const byApplication = (clientSecret = application.clientSecret): Access => ({
  api: 'graph',
  credentials: {
    kind: 'token',
    tenant: application.tenantId,
    clientId: application.clientId,
    identity: { clientSecret },
  },
  organization: undefined,
  guidance: applicationAdvice.graph,
});

let life: HoursWithATenant | undefined;
afterEach(() => life?.simulator.close());

async function begin(...parameters: Parameters<typeof HoursWithATenant.begin>): Promise<HoursWithATenant> {
  life = await HoursWithATenant.begin(...parameters);
  const { world } = life.simulator;
  const from = life.clock.trueMs;
  world.add({ rows: 500, from: from - hour + minute, to: from + 8 * hour });
  return life;
}

describe('while the service principal is missing', () => {
  test.each([401, 403] as const)(
    '(HTTP %s) it is said what to do and asked every five minutes, and works without a restart [F-15]',
    async (status) => {
      const life = await begin(byApplication(), { graph: { servicePrincipalError: status } });
      life.simulator.graph.options.servicePrincipalFromMs = life.clock.trueMs + hour;
      await life.live(2 * hour);

      const refused = life.simulator.graph.requests.recent.filter(({ result }) => result === 'service-principal-less');
      expect(refused.length).toBeGreaterThanOrEqual(12);
      expect(refused.length).toBeLessThanOrEqual(13);
      expect(life.log.at('warning').length).toBe(refused.length);
      expect(life.log.at('warning')[0]).toMatch(
        /New-MgServicePrincipal -AppId 8bd644d1-64a1-4d4b-ae52-2e0cbf64e373.*hours/s,
      );
      expect(life.log.at('critical')).toEqual([]);
      // The refusal says nothing about the token: it is not asked for anew each time.
      expect(life.simulator.tokenService.requests.totals.byResult.token).toBeLessThanOrEqual(3);
      expect(life.wrong).toEqual([]);
      expect(life.log.at('info').join()).toContain('Reading works again');
    },
  );
});

describe('a permission that is missing', () => {
  test('is named before Graph is asked, and works with a fresh token once it is granted', async () => {
    const life = await begin(byApplication(), { tokenService: { permissions: [] } });
    await life.live(30 * minute);
    expect(life.log.at('critical')[0]).toMatch(
      /^The sign-in works, but the permission ExchangeMessageTrace\.Read\.All is missing: the token has no permission at all/,
    );
    expect(life.simulator.graph.requests.totals.requests).toBe(0);
    life.simulator.tokenService.options.permissions = ['ExchangeMessageTrace.Read.All'];
    await life.live(2 * hour);
    expect(life.wrong).toEqual([]);
  });

  test('is a warning, once, where the Reporting Web Service is read, which may know better', async () => {
    const access: Access = { ...byApplication(), api: 'reporting_web_service' };
    const life = await begin(access, { tokenService: { permissions: [] } });
    await life.live(30 * minute);
    const warnings = life.log.at('warning').filter((line) => line.endsWith('[MT-PERMISSION]'));
    expect(warnings).toEqual([expect.stringMatching(/permission ReportingWebService\.Read\.All is missing/)]);
    expect(life.simulator.server.requests.totals.requests).toBeGreaterThan(0);
  });
});

describe('tokens', () => {
  test('are renewed before they end, once an hour', async () => {
    const life = await begin(byApplication());
    await life.live(6 * hour);
    const { byResult } = life.simulator.graph.requests.totals;
    expect(byResult.refused).toBeUndefined();
    expect(life.simulator.tokenService.requests.totals.byResult.token).toBe(7);
    expect(life.wrong).toEqual([]);
  });

  test('are not missed while the token service is away for less than their margin', async () => {
    const life = await begin(byApplication());
    await life.live(50 * minute);
    life.simulator.tokenService.faults.failNext('http-503', 4);
    await life.live(2 * hour);
    expect(life.wrong).toEqual([]);
  });
});

describe('a wrong secret', () => {
  test.each([
    ['of the application', byApplication('not the one'), '7000215'],
    [
      'of the account',
      accessByAccount({
        accountName: account.accountName,
        accountPassword: 'not the one',
        clientId: application.clientId,
        api: 'automatic',
      }),
      '50126',
    ],
  ] as const)(
    '%s is tried three times in the first minute at most, and rarely later [F-13]',
    async (_, access, code) => {
      const life = await begin(access);
      await life.live(minute);
      expect(life.simulator.tokenService.requests.totals.requests).toBeLessThanOrEqual(3);
      await life.live(24 * hour);
      // An account gets locked by tries, an application does not.
      const max = code === '50126' ? 40 : 150;
      expect(life.simulator.tokenService.requests.totals.requests).toBeLessThanOrEqual(max);
      expect(life.simulator.graph.requests.totals.requests).toBe(0);
      expect(life.log.at('critical')[0]).toContain(`AADSTS${code}`);
    },
  );
});

const codes = tokenFaults.filter((fault): fault is AadstsFault => fault.startsWith('aadsts-'));
const passing = ['aadsts-50087', 'aadsts-90024', 'aadsts-90033', 'aadsts-90055'];

describe('each code of Entra ID', () => {
  test.each(codes.filter((code) => !passing.includes(code)))(
    '%s is explained once a try, and collecting goes on when it is over [F-13]',
    async (fault) => {
      const life = await begin(byApplication());
      life.simulator.tokenService.faults.failNext(fault);
      await life.live(10 * minute);
      const critical = life.log.at('critical');
      expect(critical.length).toBe(1);
      expect(critical[0]).toMatch(new RegExp(`AADSTS${fault.slice('aadsts-'.length)}\\). .{30,}Trying again in 1 min`));
      expect(life.wrong).toEqual([]);
    },
  );
});
