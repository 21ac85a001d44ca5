import { expect, test } from '@jest/globals';
import { excerpt } from '@sekoia/automation-sdk-shim';
import { respond, startLoopback } from '../../support/loopback.js';
import { transportWith } from '../../support/outbound.js';
import { application } from '../../support/sign-in-scenarios.js';
import { identities, identityNames, httpErrorTo } from '../../support/microsoft/tenant.js';

const PROOFS = ['client_secret', 'client_assertion', 'password'];

function signIn(authorityUrl: string, name: (typeof identityNames)[number]) {
  const scope = 'https://graph.microsoft.com/.default';
  return {
    authorityUrl,
    tenant: application.tenantId,
    clientId: application.clientId,
    identity: identities[name],
    scope,
  };
}

// No setting is known to the redaction here: all that it knows it has seen in the requests.
test.each(identityNames)('what proves %s is redacted when Entra ID echoes it as its reason', async (name) => {
  let proof = '';
  const entraId = await startLoopback(({ body }, response) => {
    const fields = new URLSearchParams(body);
    proof = PROOFS.map((field) => fields.get(field) ?? '').join('');
    respond(response, 400, { error: `bad ${'.'.repeat(270)} ${proof}`, error_description: body });
  });
  const { message } = await httpErrorTo(signIn(entraId.origin, name));
  expect(proof.length).toBeGreaterThan(20);
  expect(message).toContain('***');
  for (let at = 0; at + 8 <= proof.length; at += 1) expect(message).not.toContain(proof.slice(at, at + 8));
});

test('a token is redacted from the moment it is answered, by whatever answers next', async () => {
  const token = `eyJ0b2tlbiI6MX0.${'aB3dE6gH9jK2mN5p'.repeat(4)}.s1gn4tureOfIt`;
  const entraId = await startLoopback((_request, response) => {
    respond(response, 200, { access_token: token, refresh_token: 'refresh-t0ken-0123456789', token_type: 'Bearer' });
  });
  // It has no time to live, so it is refused and not kept.
  await httpErrorTo(signIn(entraId.origin, 'an application with its secret'));
  expect(excerpt(`You sent ${token.slice(5, 40)} and refresh-t0ken-0123456789`)).toBe('You sent *** and ***');
});

test('the credential of a request is redacted from the moment it is sent', async () => {
  const server = await startLoopback(({ headers }, response) => respond(response, 403, headers.authorization));
  const headers = { Authorization: 'Bearer a-t0ken-that-no-setting-holds' };
  const { body } = await transportWith().send(
    { method: 'GET', url: new URL(server.origin), headers },
    new AbortController().signal,
  );
  expect(excerpt(body)).toBe('Bearer ***');
});
