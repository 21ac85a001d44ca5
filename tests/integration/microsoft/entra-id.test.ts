import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { passingFaults, type Simulator, type TokenFault } from '@local/testbed';
import { PlanAgainError, UnavailableError } from '../../../src/model/errors.js';
import { respond, startLoopback } from '../../support/loopback.js';
import { account, application } from '../../support/sign-in-scenarios.js';
import {
  askForToken,
  identities,
  identityNames,
  httpErrorTo,
  secrets,
  signInTo,
  startTenant,
} from '../../support/microsoft/tenant.js';

let tenant: Simulator;
beforeAll(async () => {
  tenant = await startTenant();
});
afterAll(() => tenant.close());

const requests = () => tenant.tokenService.requests.totals.requests;

describe.each(identityNames)('%s', (name) => {
  const identity = identities[name];

  test('is given a token by one request, which the API takes', async () => {
    const before = requests();
    const { text, lifetimeMs } = await askForToken(signInTo(tenant, identity));
    expect(requests() - before).toBe(1);
    // The library counts in whole seconds. A busy machine takes its time.
    expect(lifetimeMs).toBeGreaterThan(3_540_000);
    expect(lifetimeMs).toBeLessThanOrEqual(3_600_000);
    const url = `${tenant.graphUrl}/admin/exchange/tracing/messageTraces?$filter=${encodeURIComponent(lastHour())}`;
    const answered = await fetch(url, { headers: { Authorization: `Bearer ${text}` } });
    expect(answered.status).toBe(200);
  });

  test('is given a token for the Reporting Web Service', async () => {
    const scope = 'https://outlook.office365.com/.default';
    const { text } = await askForToken(signInTo(tenant, identity, { scope }));
    const headers = { Accept: 'application/json', Authorization: `Bearer ${text}` };
    const answered = await fetch(`${tenant.apiUrl}/MessageTrace`, { headers });
    expect(answered.status).toBe(200);
  });

  test('may name the tenant by a domain, and the address of Entra ID with a slash at its end', async () => {
    const changes = { tenant: 'examplecorp.onmicrosoft.com', authorityUrl: `${tenant.authorityUrl}/` };
    expect((await askForToken(signInTo(tenant, identity, changes))).text).not.toBe('');
  });

  test('asks anew each time, and is given another token', async () => {
    const before = requests();
    const first = await askForToken(signInTo(tenant, identity));
    const second = await askForToken(signInTo(tenant, identity));
    expect(second.text).not.toBe(first.text);
    expect(requests() - before).toBe(2);
  });

  test.each<TokenFault>([
    ...passingFaults,
    'http-429',
    'http-503-retry-after-date',
    'sign-in-page',
    'temporarily-unavailable',
    'no-fields-200',
    'no-fields-400',
  ])('is told to ask later after %s, which costs one request, and the next one goes out at once', async (fault) => {
    tenant.tokenService.faults.failNext(fault);
    const before = requests();
    const error = await httpErrorTo(signInTo(tenant, identity));
    expect(error).toBeInstanceOf(UnavailableError);
    expect(error.message).toContain(new URL(tenant.authorityUrl).host);
    expect(requests() - before).toBe(1);
    const told = inspect(error, { depth: Infinity, showHidden: true });
    for (const secret of secrets) expect(told).not.toContain(secret);

    await askForToken(signInTo(tenant, identity));
    expect(requests() - before).toBe(2);
  });

  test.each<TokenFault>(['http-429-retry-after-seconds', 'http-503-retry-after-seconds', 'http-503-retry-after-date'])(
    'is told how long to wait after %s',
    async (fault) => {
      tenant.tokenService.faults.failNext(fault);
      const error = await httpErrorTo(signInTo(tenant, identity));
      // A date is cut to the second.
      expect([16_000, 17_000]).toContain((error as { retryAfterMs?: number }).retryAfterMs);
    },
  );

  test('ends with the reason of whoever stops it', async () => {
    tenant.tokenService.faults.failNext('no-answer');
    const stop = new AbortController();
    const arrived = tenant.tokenService.requests.next();
    const asking = askForToken(signInTo(tenant, identity), stop.signal);
    await arrived;
    const reason = new Error('the module stops');
    stop.abort(reason);
    await expect(asking).rejects.toBe(reason);
  });
});

function lastHour(): string {
  const [from, to] = [Date.now() - 3_600_000, Date.now() - 1000].map((ms) => new Date(ms).toISOString());
  return `receivedDateTime ge ${from!} and receivedDateTime le ${to!}`;
}

test('after a refusal that asks for a minute of rest the library does not refuse by itself', async () => {
  const before = requests();
  for (let time = 0; time < 3; time += 1) {
    tenant.tokenService.faults.failNext('http-429-retry-after-seconds');
    await httpErrorTo(signInTo(tenant, identities['an account with its password']));
  }
  expect(requests() - before).toBe(3);
});

test('an Entra ID that takes no connections is away', async () => {
  const server = await startLoopback((_, response) => respond(response, 200, '{}'));
  await server.close();
  const signIn = signInTo(tenant, { clientSecret: 'any secret' }, { authorityUrl: server.origin });
  const error = await httpErrorTo(signIn);
  expect(error).toBeInstanceOf(UnavailableError);
  expect(error).not.toBeInstanceOf(PlanAgainError);
  expect(error.message).toBe(`${new URL(server.origin).host} could not be reached: ECONNREFUSED.`);
});

test('the whole request is one form to the token endpoint of the tenant', async () => {
  const server = await startLoopback((_, response) => respond(response, 503, ''));
  const signIn = signInTo(tenant, account, { authorityUrl: server.origin });
  await httpErrorTo(signIn);
  expect(server.received).toHaveLength(1);
  const [{ method, target, headers, body }] = server.received as [(typeof server.received)[number]];
  expect([method, target.split('?')[0]]).toEqual(['POST', `/${application.tenantId}/oauth2/v2.0/token`]);
  expect(headers['content-type']).toMatch(/^application\/x-www-form-urlencoded/);
  expect(headers['user-agent']).toBe('message-trace-test/1.0');
  const form = new URLSearchParams(body);
  expect(Object.fromEntries(form)).toMatchObject({
    grant_type: 'password',
    client_id: application.clientId,
    username: account.accountName,
    password: account.accountPassword,
  });
  expect(form.get('scope')!.split(' ')).toContain('https://graph.microsoft.com/.default');
});

test('a lifetime that is told as text is a lifetime too', async () => {
  const server = await startLoopback((_, response) =>
    respond(response, 200, { token_type: 'Bearer', expires_in: '600', access_token: 'a-token' }),
  );
  const signIn = signInTo(tenant, { clientSecret: 'any secret' }, { authorityUrl: server.origin });
  const { text, lifetimeMs } = await askForToken(signIn);
  expect(text).toBe('a-token');
  expect(lifetimeMs).toBeGreaterThan(540_000);
  expect(lifetimeMs).toBeLessThanOrEqual(601_000);
});

test.each([0, -5, null, undefined, 'soon'])('a token that lives for %j seconds is none', async (expires_in) => {
  const server = await startLoopback((_, response) =>
    respond(response, 200, { token_type: 'Bearer', expires_in, access_token: 'a-token' }),
  );
  const signIn = signInTo(tenant, { clientSecret: 'any secret' }, { authorityUrl: server.origin });
  const error = await httpErrorTo(signIn);
  expect(error).toBeInstanceOf(UnavailableError);
  expect(inspect(error)).not.toContain('a-token');
});
