import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { tokenFaults, type AadstsFault, type Simulator } from '@local/testbed';
import { SettingsError, UnavailableError } from '../../../src/model/errors.js';
import type { Identity, SignIn } from '../../../src/microsoft/sign-in/entra-id.js';
import { respond, startLoopback } from '../../support/loopback.js';
import { account, application } from '../../support/sign-in-scenarios.js';
import {
  certificateOf,
  identities,
  identityNames,
  httpErrorTo,
  secrets,
  signInTo,
  startTenant,
  stranger,
} from '../../support/microsoft/tenant.js';

let tenant: Simulator;
beforeAll(async () => {
  tenant = await startTenant();
});
beforeEach(() => tenant.tokenService.faults.clear());
afterAll(() => tenant.close());

const codes = tokenFaults
  .filter((fault): fault is AadstsFault => fault.startsWith('aadsts-'))
  .map((fault) => Number(fault.slice('aadsts-'.length)));

/** Those after which the same request may succeed later. */
const passing = [50087, 90024, 90033, 90055];

/** What the operator must read after the others that are known: which setting, or what to do in Entra ID. */
const guidance: Record<number, readonly RegExp[]> = {
  50034: [/no such account/i, /account_name/],
  50053: [/locked/, /account_password/],
  50055: [/expired/, /account_password/],
  50057: [/disabled/, /enable it/],
  50059: [/tenant_id/],
  50072: [/multi-factor/, /"Message Trace \(Microsoft Graph\)"/],
  50074: [/second factor/, /"Message Trace \(Microsoft Graph\)"/],
  50076: [/second factor/, /"Message Trace \(Microsoft Graph\)"/],
  50079: [/multi-factor/, /"Message Trace \(Microsoft Graph\)"/],
  50126: [/wrong/, /account_name and account_password/],
  50144: [/expired/, /account_password/],
  53003: [/Conditional Access/],
  65001: [/consent/, /ExchangeMessageTrace\.Read\.All/, /ReportingWebService\.Read/],
  70021: [/federated credential/i, /issuer, subject and audience/],
  90002: [/no such tenant/, /tenant_id/],
  90038: [/another cloud/, /authority_url/, /api_url/],
  90061: [/issuer/, /openid-configuration/],
  500011: [/api_url/, /token_scope/],
  530032: [/policy/],
  700016: [/no such application/, /client_id/],
  700023: [/tenant_id/, /authority_url/],
  700024: [/clock/, /token file/],
  700027: [/client_certificate/],
  700211: [/Federated credentials/, /issuer/],
  700212: [/Federated credentials/, /audience api:\/\/AzureADTokenExchange/],
  700213: [/Federated credentials/, /subject/],
  900432: [/another cloud/, /authority_url/, /api_url/],
  7000215: [/client_secret/, /Value/, /Secret ID/],
  7000216: [/client_secret, client_certificate and federated_token_file/],
  7000218: [/allow public client flows/],
  7000222: [/expired/, /client_secret/],
  7000272: [/key/, /issuer/],
  7002138: [/upper and lower case/, /subject/],
};

function expectNoSecretIn(error: Error): void {
  const told = `${inspect(error, { depth: Infinity, showHidden: true })}\n${error.stack ?? ''}`;
  for (const secret of secrets) expect(told).not.toContain(secret);
}

test('the simulator knows all errors whose meaning is tested here', () => {
  expect(codes).toEqual(expect.arrayContaining([...passing, ...Object.keys(guidance).map(Number)]));
});

describe.each(identityNames)('when %s is refused', (name) => {
  const ask = (code: number) => {
    tenant.tokenService.faults.failNext(`aadsts-${code}` as AadstsFault);
    return httpErrorTo(signInTo(tenant, identities[name]));
  };

  test.each(passing)('with AADSTS%i, it is worth asking again', async (code) => {
    const error = await ask(code);
    expect(error).toBeInstanceOf(UnavailableError);
    expectNoSecretIn(error);
  });

  test.each(codes.filter((code) => !passing.includes(code)))(
    'with AADSTS%i, a person must act, and reads who, why and what to do',
    async (code) => {
      const before = tenant.tokenService.requests.totals.requests;
      const error = await ask(code);
      expect(error).toBeInstanceOf(SettingsError);
      expect(error.message).toContain(`(AADSTS${code})`);
      expect(error.message).toContain(name.startsWith('an account') ? account.accountName : application.clientId);
      for (const words of guidance[code] ?? [/tenant_id/, /client_id/, /sign-in logs/])
        expect(error.message).toMatch(words);
      // After wrong passwords accounts get locked.
      expect(tenant.tokenService.requests.totals.requests - before).toBe(1);
      expectNoSecretIn(error);
    },
  );
});

test.each(passing)('AADSTS%i passes whatever status it comes with', async (code) => {
  const server = await startLoopback((_, response) =>
    respond(response, 400, { error: 'invalid_request', error_description: `AADSTS${code}: A transient error.` }),
  );
  const error = await httpErrorTo(signInTo(tenant, account, { authorityUrl: server.origin }));
  expect(error).toBeInstanceOf(UnavailableError);
  expect(error.message).toContain(`AADSTS${code}`);
});

describe('what Entra ID itself finds wrong is named', () => {
  test.each<[string, number, Identity, Partial<SignIn>]>([
    ['a password', 50126, { ...account, accountPassword: 'not-the-pass-word' }, {}],
    ['an account', 50034, { ...account, accountName: 'nobody@example.corp' }, {}],
    ['a client secret', 7000215, { clientSecret: 'not-the-secret' }, {}],
    ['a certificate', 700027, certificateOf(stranger), {}],
    ['an application', 700016, account, { clientId: '11111111-2222-3333-4444-555555555555' }],
    ['a tenant', 90002, account, { tenant: 'nobody.example' }],
    ['a tenant with strange characters', 90002, account, { tenant: 'no/body?x=#' }],
    ['an API', 500011, identities['an application with its secret'], { scope: 'https://graph.example/.default' }],
  ])('%s: AADSTS%i', async (_, code, identity, changes) => {
    const error = await httpErrorTo(signInTo(tenant, identity, changes));
    expect(error).toBeInstanceOf(SettingsError);
    expect(error.message).toContain(`(AADSTS${code})`);
    expect(error.message).not.toMatch(/not-the-/);
    expectNoSecretIn(error);
  });

  test('an application that does not allow public client flows', async () => {
    tenant.tokenService.options.publicClientFlows = false;
    try {
      const error = await httpErrorTo(signInTo(tenant, account));
      expect(error.message).toMatch(/AADSTS7000218.*allow public client flows/);
    } finally {
      tenant.tokenService.options.publicClientFlows = true;
    }
  });

  test('a consent that is missing', async () => {
    const { permissions } = tenant.tokenService.options;
    tenant.tokenService.options.permissions = [];
    try {
      const error = await httpErrorTo(signInTo(tenant, account));
      expect(error.message).toMatch(/AADSTS65001.*grant admin consent/);
    } finally {
      tenant.tokenService.options.permissions = permissions;
    }
  });
});
