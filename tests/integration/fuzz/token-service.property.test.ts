import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SettingsError, UnavailableError } from '../../../src/model/errors.js';
import { validateHeaderValue } from 'node:http';
import { requestToken, type SignIn } from '../../../src/microsoft/sign-in/entra-id.js';
import { anyResponse, anyJson, wire } from '../../support/arbitrary-response.js';
import { transportWith } from '../../support/outbound.js';
import { RawServer } from '../../support/raw-server.js';
import { identities, identityNames } from '../../support/microsoft/tenant.js';
import { runs } from '../../../packages/automation-sdk-shim/tests/support/runs.js';

const server = new RawServer();
beforeAll(() => server.open());
afterAll(() => server.close());

/** An answer with the fields that mean something, each of any kind. */
const anyFields = fc
  .record(
    {
      access_token: fc.oneof(
        fc.constantFrom(
          '"eyJ0.eyJ1.c2ln"',
          '"with a blank"',
          '"line\\nbreak"',
          '"\\u20ac"',
          JSON.stringify('x'.repeat(20_000)),
        ),
        anyJson,
      ),
      expires_in: fc.oneof(fc.constantFrom('3599', '"3599"', '1e999', '-1', '1e15', '0'), anyJson),
      token_type: fc.oneof(fc.constant('"Bearer"'), anyJson),
      ...Object.fromEntries(
        [
          ...['ext_expires_in', 'refresh_in', 'scope', 'id_token', 'client_info', 'refresh_token', 'foci', 'error'],
          ...['error_description', 'error_codes', 'suberror', 'timestamp', 'trace_id', 'correlation_id', 'claims'],
        ].map((name) => [name, anyJson]),
      ),
    },
    { requiredKeys: [] },
  )
  .map(
    (fields) =>
      `{${Object.entries(fields)
        .map(([name, json]) => `"${name}":${json}`)
        .join(',')}}`,
  );
const anyTokenResponse = fc.oneof(
  anyResponse,
  fc
    .tuple(fc.constantFrom(200, 400, 401), anyFields)
    .map(([status, body]) => wire({ status, headers: [], body: Buffer.from(body) })),
);

test.each(identityNames)(
  'whatever the token service answers to %s, it is a token that can be sent, or an error of a class of ours in one short line',
  async (name) => {
    const { signal } = new AbortController();
    await fc.assert(
      fc.asyncProperty(anyTokenResponse, async (response) => {
        server.answers = [response];
        const signIn: SignIn = {
          authorityUrl: server.origin,
          tenant: 'example.corp',
          clientId: 'a4c81d92-5b3e-4f67-8a19-2d6c0b7e5f14',
          identity: identities[name],
          scope: 'https://graph.microsoft.com/.default',
        };
        try {
          const { text, lifetimeMs } = await requestToken(signIn, transportWith(), signal);
          validateHeaderValue('Authorization', `Bearer ${text}`);
          expect(text.length).toBeGreaterThan(0);
          expect(lifetimeMs).toBeGreaterThanOrEqual(1000);
        } catch (error) {
          expect([UnavailableError, SettingsError].some((known) => error instanceof known) ? 'known' : error).toBe(
            'known',
          );
          const { message } = error as Error;
          expect(message.length).toBeLessThan(1500);
          expect(message).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
        }
      }),
      runs(60),
    );
  },
);
