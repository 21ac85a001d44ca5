import { expect, test } from '@jest/globals';
import { accountByToken, application, managedIdentity } from '../../../src/sekoia/guidance.js';
import { httpErrorOf } from '../../../src/microsoft/graph/source.js';

const byWho = { 'an account': accountByToken, 'an application': application, 'a managed identity': managedIdentity };

/** What a US Government tenant was seen to answer, and what proxies make of it. */
test.each(
  Object.entries(byWho).flatMap(([who, { graph }]) =>
    ['{"error":{"code":"UnknownError","message":""}}', '{"error":{"code":"UnknownError"}}', ''].map(
      (body) => [who, body, graph] as const,
    ),
  ),
)('%s that Graph refuses with 403 %s reads that the tenant may be in a national cloud', (_who, body, guidance) => {
  const response = { host: 'graph.example', status: 403, body, location: undefined, retryAfterMs: undefined };
  const { message } = httpErrorOf(response, true, guidance)!;
  expect(message).toContain('HTTP 403');
  expect(message).toMatch(/national cloud \(US Government, China\).*set api to reporting_web_service/);
  // The code where there is no message, and never the JSON itself.
  expect(message).toContain(body === '' ? 'no explanation' : 'UnknownError');
  expect(message).not.toMatch(/[{}]/);
});
