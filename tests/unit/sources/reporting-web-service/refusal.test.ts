import { describe, expect, test } from '@jest/globals';
import { RangeRefusedError, SettingsError } from '../../../../src/errors.js';
import type { Answer } from '../../../../src/microsoft/transport.js';
import { refusalOf } from '../../../../src/sources/reporting-web-service/refusal.js';
import { advice } from '../reading.js';

const html = (text: string) => `<!DOCTYPE html>\r\n<html><head><title>${text}</title></head><body></body></html>`;
const signInUrl = 'https://login.microsoftonline.com/common/oauth2/authorize';

function answerOf(status: number, body = '', location?: string): Answer {
  return { host: 'reports.office365.com', status, body, location, retryAfterMs: undefined };
}

describe('an account that is sent to the sign-in is refused, on any page', () => {
  test.each([
    ['a page', answerOf(200, html('Sign in to your account'))],
    [
      'a page that posts to it',
      answerOf(200, '<html><form action="https://login.microsoftonline.com/common/login"></form></html>'),
    ],
    ['a redirect', answerOf(302, html('Object moved'), signInUrl)],
    ['a redirect in China', answerOf(302, '', 'https://login.partner.microsoftonline.cn/common')],
    ['a redirect in a government cloud', answerOf(302, '', 'https://login.microsoftonline.us/common')],
    ['a redirect of old', answerOf(302, '', 'https://login.windows.net/common')],
    ['a redirect for personal accounts', answerOf(302, '', 'https://login.live.com/')],
  ])('with %s', (_means, answer) => {
    for (const refusal of [refusalOf(answer, true, advice), refusalOf(answer, false, advice)]) {
      expect(refusal).toBeInstanceOf(SettingsError);
      expect(refusal!.message).toBe(`The Reporting Web Service sent us to a sign-in page. ${advice.refused}`);
    }
  });
});

test.each([
  ['rows', answerOf(200, '{"value":[]}')],
  [
    'rows about the sign-in',
    answerOf(200, '{"value":[{"Subject":"<html>Sign in to your account: login.microsoftonline.com"}]}'),
  ],
  ['a page of something in between', answerOf(200, html('Maintenance'))],
  ['nothing', answerOf(204)],
])('an answer that succeeds with %s is no refusal', (_what, answer) => {
  expect(refusalOf(answer, true, advice)).toBeUndefined();
  expect(refusalOf(answer, false, advice)).toBeUndefined();
});

test('a refusal whose page mentions the sign-in means what its status says', () => {
  const page = html('Sign in to your account');
  expect(refusalOf(answerOf(404, page), true, advice)?.message).toContain(advice.absent);
  expect(refusalOf(answerOf(400, page), true, advice)).toBeInstanceOf(RangeRefusedError);
});

test.each([
  [answerOf(401, html('401 - Unauthorized')), 'HTTP 401: 401 - Unauthorized'],
  [
    answerOf(403, '{"ErrorCode":"","Message":"No permission to access the report MessageTrace."}'),
    'HTTP 403: No permission to access the report MessageTrace.',
  ],
  [answerOf(400, '{"odata.error":{"message":{"value":"No such filter."}}}'), 'HTTP 400: No such filter.'],
])('every other refusal is explained in the words of the service: %j', (answer, says) => {
  expect(refusalOf(answer, true, advice)?.message).toMatch(/^The Reporting Web Service /);
  expect(refusalOf(answer, true, advice)?.message).toContain(says);
});
