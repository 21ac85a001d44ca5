import { describe, expect, test } from '@jest/globals';
import { Quota } from '../../../src/microsoft/http/quota.js';
import type { Request } from '../../../src/microsoft/http/transport.js';
import type { Access } from '../../../src/sekoia/access.js';
import { sourceFor } from '../../../src/sekoia/source-for.js';
import type { Addresses } from '../../../src/settings/options.js';
import { signInMeans, transportWith } from '../../support/outbound.js';

const tenant = '3f6b2c1e-8d47-4b5a-9c20-7e1f5a9d4c36';
const guidance = { refused: 'Check the settings.', absent: 'Check the address.' };
const basic: Access['credentials'] = {
  kind: 'basic',
  accountName: 'svc-trace@contoso.com',
  accountPassword: 'C0rrect-h0rse',
};
const byToken: Access['credentials'] = {
  kind: 'token',
  tenant,
  clientId: 'a4c81d92-5b3e-4f67-8a19-2d6c0b7e5f14',
  identity: { clientSecret: 'cl1ent~Secret' },
};

const graph = 'https://graph.microsoft.com/v1.0';
const reports = 'https://reports.office365.com/ecp/reportingwebservice/reporting.svc';
const globalCloud: Addresses = { apiUrl: graph, authorityUrl: 'https://login.microsoftonline.com' };

const end = Date.UTC(2026, 10, 1, 12);
const range = { start: end - 3_600_000, end };

/** Reads a range that holds no rows from the source that an access leads to, in the place of Microsoft. */
async function read(access: Omit<Access, 'guidance' | 'organization'>, addresses: Addresses = globalCloud) {
  const requests: Request[] = [];
  const hidden = new Set<string>();
  const transport = transportWith();
  transport.send = (request) => {
    requests.push(request);
    const body =
      request.method === 'POST' ? { token_type: 'Bearer', expires_in: 3599, access_token: 'a-token' } : { value: [] };
    const { host } = request.url;
    return Promise.resolve({
      host,
      status: 200,
      body: JSON.stringify(body),
      location: undefined,
      retryAfterMs: undefined,
    });
  };
  const quota = new Quota({ limit: 90, now: () => 0 });
  const hide = (secret: string) => {
    hidden.add(secret);
    return () => void hidden.delete(secret);
  };
  const means = { transport, quota, hide, now: () => 0, ...signInMeans() };
  const source = sourceFor({ ...access, guidance, organization: undefined }, addresses, means);
  const pages = source.pages(range, new AbortController().signal);
  while ((await pages.next()).done !== true);
  return { source, requests, hidden: [...hidden], quota };
}

const addressesOf = (requests: readonly Request[]) => requests.map(({ url }) => `${url.origin}${url.pathname}`);
const scopeIn = (request: Request) => new URLSearchParams(request.body).get('scope');

test('an account without a token reads the Reporting Web Service, with a header that is kept out of the logs', async () => {
  const access = { api: 'reporting_web_service', credentials: basic } as const;
  const { source, requests, hidden } = await read(access, { ...globalCloud, apiUrl: reports });
  expect(source.name).toBe('reporting_web_service');
  expect(addressesOf(requests)).toEqual([`${reports}/MessageTrace`]);
  const header = `Basic ${Buffer.from('svc-trace@contoso.com:C0rrect-h0rse').toString('base64')}`;
  expect(requests[0]!.headers['Authorization']).toBe(header);
  expect(hidden).toEqual([header]);
});

test('a token is asked for, kept out of the logs, and shown to Microsoft Graph', async () => {
  const { source, requests, hidden } = await read({ api: 'graph', credentials: byToken });
  expect(source.name).toBe('graph');
  expect(addressesOf(requests)).toEqual([
    `https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`,
    `${graph}/admin/exchange/tracing/messageTraces`,
  ]);
  expect(scopeIn(requests[0]!)).toContain('https://graph.microsoft.com/.default');
  expect(requests[1]!.headers).toMatchObject({
    Authorization: 'Bearer a-token',
    Prefer: 'include-unknown-enum-members',
  });
  expect(hidden).toEqual(['a-token']);
});

test('a token can be shown to the Reporting Web Service too, which has a scope of its own', async () => {
  const { source, requests } = await read({ api: 'reporting_web_service', credentials: byToken });
  expect(source.name).toBe('reporting_web_service');
  // The form had Graph's address in it.
  expect(addressesOf(requests)[1]).toBe(`${reports}/MessageTrace`);
  expect(scopeIn(requests[0]!)).toContain('https://outlook.office365.com/.default');
  expect(requests[1]!.headers['Authorization']).toBe('Bearer a-token');
});

describe('the quota', () => {
  test('is that of Microsoft Graph, and requests to Entra ID are none of it', async () => {
    const { quota } = await read({ api: 'graph', credentials: byToken });
    expect(quota.used).toBe(1);
  });

  test.each([
    ['HTTP Basic', basic],
    ['a token', byToken],
  ])('does not bind the Reporting Web Service, asked with %s', async (_, credentials) => {
    const { quota } = await read({ api: 'reporting_web_service', credentials });
    expect(quota.used).toBe(0);
  });
});

test('in a national cloud, the scope follows from the address of the API', async () => {
  const { requests } = await read(
    { api: 'graph', credentials: byToken },
    { apiUrl: 'https://graph.microsoft.us/v1.0', authorityUrl: 'https://login.microsoftonline.us' },
  );
  expect(addressesOf(requests)).toEqual([
    `https://login.microsoftonline.us/${tenant}/oauth2/v2.0/token`,
    'https://graph.microsoft.us/v1.0/admin/exchange/tracing/messageTraces',
  ]);
  expect(scopeIn(requests[0]!)).toContain('https://graph.microsoft.us/.default');
});

test('a scope that is set is the one that is asked for', async () => {
  const addresses = { ...globalCloud, tokenScope: 'https://gateway.contoso.com/.default' };
  const { requests } = await read({ api: 'graph', credentials: byToken }, addresses);
  expect(scopeIn(requests[0]!)!.split(' ')).toContain('https://gateway.contoso.com/.default');
  expect(scopeIn(requests[0]!)).not.toContain('graph.microsoft.com');
});

test.each([
  [404, '{"error":{"code":"Request_ResourceNotFound"}}', /has no service principal/],
  [200, '{"id":"x","accountEnabled":true}', /not active yet/],
  [403, '{}', /missing or still being set up/],
])(
  'a refusal for want of the service principal is explained by a look-up that answers HTTP %i',
  async (status, body, words) => {
    const transport = transportWith();
    const tokens = { token_type: 'Bearer', expires_in: 3599, access_token: 'a-token' };
    transport.send = ({ url, method }) => {
      const [itsStatus, itsBody] =
        method === 'POST'
          ? [200, JSON.stringify(tokens)]
          : url.pathname.includes('servicePrincipals')
            ? [status, body]
            : [401, 'Service principal-less Authentication failed'];
      return Promise.resolve({
        host: url.host,
        status: itsStatus,
        body: itsBody,
        location: undefined,
        retryAfterMs: undefined,
      });
    };
    const quota = new Quota({ limit: 90, now: () => 0 });
    const means = { transport, quota, hide: () => () => undefined, now: () => 0, ...signInMeans() };
    const source = sourceFor(
      { api: 'graph', credentials: byToken, guidance, organization: undefined },
      globalCloud,
      means,
    );
    await expect(source.pages(range, new AbortController().signal).next()).rejects.toThrow(words);
    // Asked twice, as a token can end: the look-up takes nothing of the quota.
    expect(quota.used).toBeLessThanOrEqual(2);
  },
);
