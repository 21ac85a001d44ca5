import { describe, expect, test } from '@jest/globals';
import { RangeRefusedError, SettingsError } from '../../../../src/model/errors.js';
import type { Response } from '../../../../src/microsoft/http/transport.js';
import { httpErrorOf } from '../../../../src/microsoft/reporting-web-service.js';
import { guidance } from '../../../support/microsoft/reading.js';

const html = (text: string) => `<!DOCTYPE html>\r\n<html><head><title>${text}</title></head><body></body></html>`;
const signInUrl = 'https://login.microsoftonline.com/common/oauth2/authorize';

function responseOf(status: number, body = '', location?: string): Response {
  return { host: 'reports.office365.com', status, body, location, retryAfterMs: undefined };
}

describe('an account that is sent to the sign-in is refused, on any page', () => {
  test.each([
    ['a page', responseOf(200, html('Sign in to your account'))],
    [
      'a page that posts to it',
      responseOf(200, '<html><form action="https://login.microsoftonline.com/common/login"></form></html>'),
    ],
    ['a redirect', responseOf(302, html('Object moved'), signInUrl)],
    ['a redirect in China', responseOf(302, '', 'https://login.partner.microsoftonline.cn/common')],
    ['a redirect in a government cloud', responseOf(302, '', 'https://login.microsoftonline.us/common')],
    ['a redirect of old', responseOf(302, '', 'https://login.windows.net/common')],
    ['a redirect for personal accounts', responseOf(302, '', 'https://login.live.com/')],
  ])('with %s', (_means, response) => {
    for (const httpError of [httpErrorOf(response, true, guidance), httpErrorOf(response, false, guidance)]) {
      expect(httpError).toBeInstanceOf(SettingsError);
      expect(httpError!.message).toBe(`The Reporting Web Service sent us to a sign-in page. ${guidance.refused}`);
    }
  });
});

test.each([
  ['rows', responseOf(200, '{"value":[]}')],
  [
    'rows about the sign-in',
    responseOf(200, '{"value":[{"Subject":"<html>Sign in to your account: login.microsoftonline.com"}]}'),
  ],
  ['a page of something in between', responseOf(200, html('Maintenance'))],
  ['nothing', responseOf(204)],
])('an answer that succeeds with %s is no refusal', (_what, response) => {
  expect(httpErrorOf(response, true, guidance)).toBeUndefined();
  expect(httpErrorOf(response, false, guidance)).toBeUndefined();
});

test('a refusal whose page mentions the sign-in means what its status says', () => {
  const page = html('Sign in to your account');
  expect(httpErrorOf(responseOf(404, page), true, guidance)?.message).toContain(guidance.absent);
  expect(httpErrorOf(responseOf(400, page), true, guidance)).toBeInstanceOf(RangeRefusedError);
});

test.each([
  [responseOf(401, html('401 - Unauthorized')), 'HTTP 401: 401 - Unauthorized'],
  [
    responseOf(403, '{"ErrorCode":"","Message":"No permission to access the report MessageTrace."}'),
    'HTTP 403: No permission to access the report MessageTrace.',
  ],
  [responseOf(400, '{"odata.error":{"message":{"value":"No such filter."}}}'), 'HTTP 400: No such filter.'],
])('every other refusal is explained in the words of the service: %j', (response, says) => {
  expect(httpErrorOf(response, true, guidance)?.message).toMatch(/^The Reporting Web Service /);
  expect(httpErrorOf(response, true, guidance)?.message).toContain(says);
});
