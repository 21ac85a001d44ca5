import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import {
  selfSignedCertificate,
  tokenFaults,
  type CertificateWithKey,
  type Simulator,
  type TokenServiceOptions,
} from '../../../src/index.js';
import { get, nowMs, traceUrl, withSimulator } from '../../support/client.js';
import { assertionFields } from '../../support/client-assertion.js';
import {
  askToken,
  bearer,
  exchangeScope,
  graphScope,
  passwordForm,
  secretForm,
  tokenUrl,
} from '../../support/token-client.js';

function withTokens(
  tokenService: Partial<TokenServiceOptions>,
  check: (simulator: Simulator) => Promise<void>,
): Promise<void> {
  return withSimulator({}, check, { tokenService });
}

async function codeOf(simulator: Simulator, form: Record<string, string>, tenant?: string): Promise<number> {
  const { status, body } = await askToken(tokenUrl(simulator, tenant), form);
  expect(status).toBeGreaterThanOrEqual(400);
  return body.error_codes?.[0] ?? 0;
}

describe('an application with a secret', () => {
  test.each(['3f6b2c1e-8d47-4b5a-9c20-7e1f5a9d4c36', 'EXAMPLECORP.onmicrosoft.com', 'example.corp'])(
    'gets a token from the tenant %s',
    async (tenant) => {
      await withTokens({ tokenLifetimeSeconds: 120 }, async (simulator) => {
        const { status, body } = await askToken(tokenUrl(simulator, tenant), secretForm(simulator));
        expect(status).toBe(200);
        expect(body).toEqual({
          token_type: 'Bearer',
          expires_in: 120,
          ext_expires_in: 120,
          access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]{1000,}$/),
        });
        expect(simulator.tokenService.requests.totals).toEqual({ requests: 1, rows: 0, byResult: { token: 1 } });
      });
    },
  );

  test.each([
    ['a wrong secret', { client_secret: 'wrong' }, 7000215, 401],
    ['no secret', { client_secret: '' }, 7000216, 401],
    ['another application', { client_id: '00000000-0000-0000-0000-000000000000' }, 700016, 400],
    ['another service', { scope: 'https://elsewhere.example/.default' }, 500011, 400],
    ['a single permission', { scope: 'https://graph.microsoft.com/ExchangeMessageTrace.Read.All' }, 1002012, 400],
    ['two services', { scope: `${graphScope} ${exchangeScope}` }, 70011, 400],
    ['no scope', { scope: ' ' }, 900144, 400],
    ['another grant', { grant_type: 'authorization_code' }, 70003, 400],
    ['no grant', { grant_type: '' }, 900144, 400],
  ])('is refused with %s', async (_, change, code, status) => {
    await withTokens({}, async (simulator) => {
      const response = await askToken(tokenUrl(simulator), { ...secretForm(simulator), ...change });
      expect([response.status, response.body.error_codes]).toEqual([status, [code]]);
      expect(simulator.tokenService.requests.recent).toMatchObject([
        { result: `aadsts-${code}`, credentials: 'wrong', status },
      ]);
    });
  });

  test.each([
    ['elsewhere.example', 90002],
    ['organizations', 50059],
    ['common', 50059],
  ])('is refused by the tenant %s with %i', async (tenant, code) => {
    await withTokens({}, async (simulator) => {
      expect(await codeOf(simulator, secretForm(simulator), tenant)).toBe(code);
    });
  });
});

describe('the tokens that were issued', () => {
  test('are kept, also after their end, and where their answer was cut off', async () => {
    await withTokens({ tokenLifetimeSeconds: 1 }, async (simulator) => {
      const { tokenService } = simulator;
      expect(tokenService.issued).toEqual([]);
      const first = await askToken(tokenUrl(simulator), secretForm(simulator));
      tokenService.options.clockOffsetMs = 2000;
      const second = await askToken(tokenUrl(simulator), secretForm(simulator));
      expect(tokenService.issued).toEqual([first.body.access_token, second.body.access_token]);

      tokenService.faults.failNext('cut-off-json');
      await expect(askToken(tokenUrl(simulator), secretForm(simulator))).rejects.toMatchObject({ name: 'SyntaxError' });
      tokenService.faults.failNext('aadsts-50126');
      await askToken(tokenUrl(simulator), secretForm(simulator));
      expect(tokenService.issued).toHaveLength(3);
    });
  });
});

describe('an application with a certificate', () => {
  let own: CertificateWithKey;
  let stranger: CertificateWithKey;
  beforeAll(() => {
    own = selfSignedCertificate('collector', 'rsa');
    stranger = selfSignedCertificate('stranger', 'rsa');
  });

  const nowSeconds = nowMs / 1000;

  function claims(simulator: Simulator, change: object = {}): object {
    const { clientId } = simulator.tokenService.options;
    const [aud, nbf, exp] = [tokenUrl(simulator), nowSeconds, nowSeconds + 600];
    return { aud, iss: clientId, sub: clientId, jti: 'once', nbf, exp, ...change };
  }

  function form(simulator: Simulator, fields: Record<string, string>): Record<string, string> {
    const { clientId } = simulator.tokenService.options;
    return { grant_type: 'client_credentials', client_id: clientId, scope: graphScope, ...fields };
  }

  function withCertificate(check: (simulator: Simulator) => Promise<void>): Promise<void> {
    return withTokens({ certificates: [own.certificate] }, check);
  }

  test.each(['RS256', 'PS256'] as const)('gets a token for a statement signed with %s', async (algorithm) => {
    await withCertificate(async (simulator) => {
      const fields = assertionFields({ signer: own, algorithm, claims: claims(simulator) });
      const { status } = await askToken(tokenUrl(simulator), form(simulator, fields));
      expect(status).toBe(200);
    });
  });

  test('may name the real token service as its audience', async () => {
    await withCertificate(async (simulator) => {
      const { tenantId } = simulator.tokenService.options;
      const aud = `https://login.microsoftonline.com/${tenantId}/v2.0`;
      const fields = assertionFields({ signer: own, algorithm: 'PS256', claims: claims(simulator, { aud }) });
      expect((await askToken(tokenUrl(simulator), form(simulator, fields))).status).toBe(200);
    });
  });

  test.each([
    ['with another audience', { aud: 'https://login.example/token' }, 700023],
    ['of another application', { iss: 'someone' }, 700021],
    ['that has expired', { exp: nowSeconds - 301 }, 700024],
    ['that is not yet valid', { nbf: nowSeconds + 301 }, 700024],
    ['that never expires', { exp: undefined }, 700024],
  ])('is refused for a statement %s', async (_, change, code) => {
    await withCertificate(async (simulator) => {
      const fields = assertionFields({ signer: own, algorithm: 'PS256', claims: claims(simulator, change) });
      expect(await codeOf(simulator, form(simulator, fields))).toBe(code);
    });
  });

  test('is refused for a certificate that is not registered, and for a signature that is not its own', async () => {
    await withCertificate(async (simulator) => {
      const unknown = assertionFields({ signer: stranger, algorithm: 'PS256', claims: claims(simulator) });
      expect(await codeOf(simulator, form(simulator, unknown))).toBe(700027);
      const forged = assertionFields({ signer: stranger, named: own, algorithm: 'PS256', claims: claims(simulator) });
      expect(await codeOf(simulator, form(simulator, forged))).toBe(700027);
    });
  });

  test('is refused for a statement that was used before', async () => {
    await withCertificate(async (simulator) => {
      const fields = assertionFields({ signer: own, algorithm: 'PS256', claims: claims(simulator) });
      expect((await askToken(tokenUrl(simulator), form(simulator, fields))).status).toBe(200);
      expect(await codeOf(simulator, form(simulator, fields))).toBe(50013);
    });
  });

  test('is refused for a certificate that has ended', async () => {
    const ended = selfSignedCertificate('ended', 'rsa', nowMs - 60 * 86_400_000);
    await withTokens({ certificates: [ended.certificate] }, async (simulator) => {
      const fields = assertionFields({ signer: ended, algorithm: 'PS256', claims: claims(simulator) });
      expect(await codeOf(simulator, form(simulator, fields))).toBe(700027);
    });
  });

  describe('that trusts the tokens of another authority', () => {
    const credential = {
      issuer: 'https://oidc.cluster.example/',
      subject: 'system:serviceaccount:default:collector',
      audience: 'api://AzureADTokenExchange',
    };
    const token = {
      iss: credential.issuer,
      sub: credential.subject,
      aud: [credential.audience],
      exp: nowSeconds + 600,
    };

    function withCredential(check: (simulator: Simulator) => Promise<void>): Promise<void> {
      const keys = [new X509Certificate(own.certificate).publicKey.export({ type: 'spki', format: 'pem' }).toString()];
      return withTokens({ federatedCredentials: [{ ...credential, keys }] }, check);
    }

    test('gets a token for one of them, as often as it is shown', async () => {
      await withCredential(async (simulator) => {
        const fields = assertionFields({ signer: own, algorithm: 'RS256', claims: { ...token, jti: 'same' } });
        const asked = form(simulator, fields);
        expect((await askToken(tokenUrl(simulator), asked)).status).toBe(200);
        expect((await askToken(tokenUrl(simulator), asked)).status).toBe(200);
      });
    });

    test.each([
      ['another issuer', { iss: 'https://oidc.cluster.example' }, 700211],
      ['another subject', { sub: 'system:serviceaccount:default:other' }, 700213],
      ['a subject in another case', { sub: 'system:serviceaccount:DEFAULT:collector' }, 7002138],
      ['another audience', { aud: 'https://kubernetes.default.svc' }, 700212],
      ['an end in the past', { exp: nowSeconds - 301 }, 700024],
      ['no end', { exp: undefined }, 700024],
    ])('is refused for one with %s', async (_, change, code) => {
      await withCredential(async (simulator) => {
        const fields = assertionFields({ signer: own, algorithm: 'RS256', claims: { ...token, ...change } });
        expect(await codeOf(simulator, form(simulator, fields))).toBe(code);
      });
    });

    test('is refused for one that another key has signed', async () => {
      await withCredential(async (simulator) => {
        const fields = assertionFields({ signer: stranger, algorithm: 'RS256', claims: token });
        expect(await codeOf(simulator, form(simulator, fields))).toBe(7000272);
      });
    });
  });

  test('is refused for a statement that is none', async () => {
    await withCertificate(async (simulator) => {
      const fields = assertionFields({ signer: own, algorithm: 'PS256', claims: claims(simulator) });
      for (const client_assertion of ['nonsense', 'a.b.c', `${fields['client_assertion']!}.more`]) {
        expect(await codeOf(simulator, form(simulator, { ...fields, client_assertion }))).toBe(50027);
      }
    });
  });
});

describe('an account', () => {
  test.each(['example.corp', 'organizations'])('gets a token from %s', async (tenant) => {
    await withTokens({}, async (simulator) => {
      const asked = { ...passwordForm(simulator), scope: `${graphScope} openid profile`, client_info: '1' };
      const { status, body } = await askToken(tokenUrl(simulator, tenant), asked);
      expect(status).toBe(200);
      expect(body.scope).toBe('ExchangeMessageTrace.Read.All');
      const claims = JSON.parse(Buffer.from(body.id_token!.split('.')[1]!, 'base64url').toString()) as object;
      expect(claims).toMatchObject({
        aud: simulator.tokenService.options.clientId,
        preferred_username: 'trace.reader@example.corp',
        tid: simulator.tokenService.options.tenantId,
      });
      expect(JSON.parse(Buffer.from(body.client_info!, 'base64url').toString())).toHaveProperty('uid');
    });
  });

  test.each([
    ['a wrong password', { password: 'wrong' }, {}, 50126],
    ['a name that nobody has', { username: 'nobody@example.corp' }, {}, 50034],
    ['no password', { password: '' }, {}, 900144],
    ['an application that needs a secret', {}, { publicClientFlows: false }, 7000218],
    ['an application that nobody has consented to', {}, { permissions: [] }, 65001],
    ['a wrong secret beside', { client_secret: 'wrong' }, {}, 7000215],
  ])('is refused with %s', async (_, change, options, code) => {
    await withTokens(options, async (simulator) => {
      expect(await codeOf(simulator, { ...passwordForm(simulator), ...change })).toBe(code);
    });
  });

  test('cannot sign in at common', async () => {
    await withTokens({}, async (simulator) => {
      expect(await codeOf(simulator, passwordForm(simulator), 'common')).toBe(9001023);
    });
  });

  test('is locked for a while after too many wrong passwords in a row', async () => {
    await withTokens({ lockoutAttempts: 3, lockoutSeconds: 60 }, async (simulator) => {
      const right = passwordForm(simulator);
      const wrong = { ...right, password: 'wrong' };
      const codes = [];
      for (const form of [wrong, wrong, right, wrong, wrong, wrong, right]) {
        codes.push((await askToken(tokenUrl(simulator), form)).body.error_codes?.[0]);
      }
      expect(codes).toEqual([50126, 50126, undefined, 50126, 50126, 50126, 50053]);
      simulator.server.options.now = () => nowMs + 60_000;
      expect((await askToken(tokenUrl(simulator), right)).status).toBe(200);
    });
  });

  test('has the same password in both services, also when it is changed', async () => {
    await withTokens({}, async (simulator) => {
      const old = passwordForm(simulator);
      simulator.server.options.accountPassword = 'n3w';
      expect(await codeOf(simulator, old)).toBe(50126);
      expect((await askToken(tokenUrl(simulator), passwordForm(simulator))).status).toBe(200);
    });
  });
});

test('an error has the documented shape', async () => {
  await withTokens({}, async (simulator) => {
    const form = { ...secretForm(simulator), client_secret: 'wrong', 'client-request-id': 'mine' };
    const { body } = await askToken(tokenUrl(simulator), form);
    expect(body).toEqual({
      error: 'invalid_client',
      error_description: expect.stringMatching(
        /^AADSTS7000215: Invalid client secret provided\..* Trace ID: \S+ Correlation ID: mine Timestamp: 2022-07-25 13:00:00Z$/,
      ),
      error_codes: [7000215],
      timestamp: '2022-07-25 13:00:00Z',
      trace_id: expect.any(String),
      correlation_id: 'mine',
      error_uri: 'https://login.microsoftonline.com/error?code=7000215',
    });
    expect(body.error_description).toContain(simulator.tokenService.options.clientId);
  });
});

describe('the Reporting Web Service', () => {
  const query = { $format: 'json' };

  test('accepts a token for its own audience, but not one for Microsoft Graph', async () => {
    await withTokens({}, async (simulator) => {
      const [own, foreign] = [await bearer(simulator, exchangeScope), await bearer(simulator, graphScope)];
      expect((await get(traceUrl(simulator, query), own)).status).toBe(200);
      const refused = await get(traceUrl(simulator, query), foreign);
      expect([refused.status, refused.headers.get('content-type')]).toEqual([401, 'text/html; charset=utf-8']);
    });
  });

  test('refuses a token that allows nothing with 403, and one that has expired with 401', async () => {
    await withTokens({ permissions: [] }, async (simulator) => {
      const powerless = await bearer(simulator, exchangeScope);
      const refused = await get(traceUrl(simulator, query), powerless);
      expect([refused.status, await refused.json()]).toMatchObject([403, { ErrorCode: '' }]);
      simulator.server.options.now = () => nowMs + 3_599_000;
      expect((await get(traceUrl(simulator, query), powerless)).status).toBe(401);
    });
  });
});

describe('discovery', () => {
  test('tells a tenant where its tokens are, at the host as the client spelled it', async () => {
    await withTokens({}, async (simulator) => {
      const origin = simulator.origin.replace('127.0.0.1', 'localhost');
      const response = await fetch(`${origin}/example.corp/v2.0/.well-known/openid-configuration`);
      expect(await response.json()).toMatchObject({
        token_endpoint: `${origin}/example.corp/oauth2/v2.0/token`,
        issuer: `${origin}/${simulator.tokenService.options.tenantId}/v2.0`,
      });
    });
  });

  test('knows no other tenant', async () => {
    await withTokens({}, async (simulator) => {
      const response = await fetch(`${simulator.origin}/elsewhere.example/v2.0/.well-known/openid-configuration`);
      expect([response.status, await response.json()]).toMatchObject([400, { error_codes: [90002] }]);
    });
  });

  test('of the instance leads to the document of the tenant that was asked for', async () => {
    await withTokens({}, async (simulator) => {
      const asked = encodeURIComponent(`${simulator.origin}/example.corp/oauth2/v2.0/authorize`);
      const path = `/common/discovery/instance?api-version=1.1&authorization_endpoint=${asked}`;
      const document = (await (await fetch(simulator.origin + path)).json()) as { tenant_discovery_endpoint: string };
      expect(document).toMatchObject({ metadata: [{ aliases: [new URL(simulator.origin).host] }] });
      expect((await fetch(document.tenant_discovery_endpoint)).status).toBe(200);
    });
  });

  test('is hit by no fault', async () => {
    await withTokens({}, async (simulator) => {
      simulator.tokenService.faults.failNext('http-500', Infinity);
      expect((await fetch(`${simulator.origin}/common/discovery/instance`)).status).toBe(200);
    });
  });
});

describe('faults', () => {
  const coded = tokenFaults.filter((kind) => kind.startsWith('aadsts-'));

  test.each(coded)('%s is answered with its code', async (kind) => {
    await withTokens({}, async (simulator) => {
      simulator.tokenService.faults.failNext(kind);
      const code = Number(kind.slice('aadsts-'.length));
      const { body } = await askToken(tokenUrl(simulator), secretForm(simulator));
      expect(body.error_codes).toEqual([code]);
      expect(body.error_description).toMatch(new RegExp(`^AADSTS${code}: [^{}]+$`));
      expect((await askToken(tokenUrl(simulator), secretForm(simulator))).status).toBe(200);
    });
  });

  test('have every code that an operator may have to hear of', () => {
    const codes = [
      50126, 50053, 50055, 50144, 50057, 50034, 50076, 50079, 50072, 50074, 53003, 530032, 65001, 700016, 7000215,
      7000222, 7000218, 700027, 700024, 90002, 900432, 90038, 90033, 90024, 50087, 90055,
    ];
    expect(coded).toEqual(expect.arrayContaining(codes.map((code) => `aadsts-${code}`)));
  });

  test.each([
    ['aadsts-50076', 400, { error: 'invalid_grant', suberror: 'basic_action' }],
    ['aadsts-90033', 503, { error: 'temporarily_unavailable' }],
    ['aadsts-90055', 429, { error: 'temporarily_unavailable' }],
    ['temporarily-unavailable', 400, { error: 'temporarily_unavailable' }],
    ['no-fields-200', 200, {}],
    ['no-fields-400', 400, {}],
  ] as const)('%s is answered with %i', async (kind, status, expected) => {
    await withTokens({}, async (simulator) => {
      simulator.tokenService.faults.failNext(kind);
      const response = await askToken(tokenUrl(simulator), secretForm(simulator));
      expect(response).toMatchObject({ status, body: expected });
      expect(Object.hasOwn(response.body, 'error')).toBe('error' in expected);
      expect(simulator.tokenService.requests.totals.byResult).toEqual({ [kind]: 1 });
    });
  });

  test.each([
    ['http-429-retry-after-seconds', 429, /<html/],
    ['http-500', 500, /<html/],
    ['empty-200', 200, /^$/],
    ['cut-off-json', 200, /^\{"token_type":"Bearer"[^}]*$/],
  ] as const)('of the way there: %s is answered with %i', async (kind, status, body) => {
    await withTokens({}, async (simulator) => {
      simulator.tokenService.faults.failNext(kind);
      const form = new URLSearchParams(secretForm(simulator));
      const response = await fetch(tokenUrl(simulator), { method: 'POST', body: form });
      expect(response.status).toBe(status);
      expect(await response.text()).toMatch(body);
    });
  });

  test('without a code are named in this file', async () => {
    const source = await readFile(import.meta.filename, 'utf8');
    const own = tokenFaults.slice(tokenFaults.indexOf('temporarily-unavailable'), -coded.length);
    expect(own).toHaveLength(3);
    expect(own.filter((kind) => !source.includes(`'${kind}'`))).toEqual([]);
  });
});

test('requests by another method, or too long, are refused', async () => {
  await withTokens({}, async (simulator) => {
    const response = await fetch(tokenUrl(simulator));
    expect([response.status, await response.json()]).toMatchObject([400, { error_codes: [900561] }]);
    const long = new URLSearchParams({ scope: 'x'.repeat(70_000) });
    expect((await fetch(tokenUrl(simulator), { method: 'POST', body: long })).status).toBe(413);
  });
});

describe('what an access token tells', () => {
  const told = (text: string) => JSON.parse(Buffer.from(text.split('.')[1]!, 'base64url').toString()) as object;

  test('of an application are its roles, which are left out where there are none; of an account its scopes', async () => {
    await withTokens({}, async (simulator) => {
      const ask = async (form: Record<string, string>) =>
        told((await askToken(tokenUrl(simulator), form)).body.access_token!);
      const aud = 'https://graph.microsoft.com';
      expect(await ask(secretForm(simulator))).toMatchObject({ aud, roles: ['ExchangeMessageTrace.Read.All'] });
      const ofAccount = await ask(passwordForm(simulator));
      expect(ofAccount).toMatchObject({ aud, scp: 'ExchangeMessageTrace.Read.All' });
      expect(ofAccount).not.toHaveProperty('roles');
      simulator.tokenService.options.permissions = [];
      expect(await ask(secretForm(simulator))).not.toHaveProperty('roles');
    });
  });

  test('is nothing where they are to be opaque', async () => {
    await withTokens({ opaqueTokens: true }, async (simulator) => {
      const { body } = await askToken(tokenUrl(simulator), secretForm(simulator));
      expect(body.access_token).toMatch(/^[\w-]{1000,}$/);
    });
  });
});
