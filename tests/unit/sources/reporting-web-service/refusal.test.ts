import { describe, expect, test } from '@jest/globals';
import { OutOfReachError, RangeRefusedError, SettingsError, UnavailableError } from '../../../../src/errors.js';
import type { Answer } from '../../../../src/microsoft/http.js';
import { refusalOf } from '../../../../src/sources/reporting-web-service/refusal.js';

const html = (text: string) => `<!DOCTYPE html>\r\n<html><head><title>${text}</title></head><body></body></html>`;
const odata = (text: string) => JSON.stringify({ error: { code: '', message: { lang: 'en-US', value: text } } });

function answerOf(status: number, body = '', more: Partial<Answer> = {}): Answer {
  return { status, body, location: undefined, ...more };
}

function expectRefusal(answer: Answer, kind: new (...args: never[]) => Error, ...says: RegExp[]): void {
  const refusal = refusalOf(answer, true);
  expect(refusal).toBeInstanceOf(kind);
  for (const text of says) expect(refusal!.message).toMatch(text);
}

describe('the account is refused', () => {
  const advice = [/account_name and account_password/, /Reports reader role/, /HTTP Basic/, /Microsoft Graph/];

  test.each([
    ['its name or password', answerOf(401, html('401 - Unauthorized')), /HTTP 401: 401 - Unauthorized/],
    ['an empty 401', answerOf(401), /HTTP 401: no explanation/],
    [
      'its role',
      answerOf(403, '{"ErrorCode":"","Message":"No permission to access the report MessageTrace."}'),
      /HTTP 403: No permission to access the report MessageTrace\./,
    ],
  ])('for %s', (_reason, answer, says) => {
    expectRefusal(answer, SettingsError, says, ...advice);
  });

  test.each([
    ['a page', answerOf(200, html('Sign in to your account'))],
    [
      'a page that posts to it',
      answerOf(200, '<html><form action="https://login.microsoftonline.com/common/login"></form></html>'),
    ],
    [
      'a redirect',
      answerOf(302, html('Object moved'), { location: 'https://login.microsoftonline.com/common/oauth2/authorize' }),
    ],
    ['a redirect in China', answerOf(302, '', { location: 'https://login.partner.microsoftonline.cn/common' })],
    ['a redirect in a government cloud', answerOf(302, '', { location: 'https://login.microsoftonline.us/common' })],
    ['a redirect of old', answerOf(302, '', { location: 'https://login.windows.net/common' })],
  ])('by sending it to the sign-in, with %s', (_means, answer) => {
    expectRefusal(answer, SettingsError, /sign-in page/, ...advice);
    expect(refusalOf(answer, false)).toBeInstanceOf(SettingsError);
  });
});

describe('the service is not there', () => {
  test.each([404, 410])('by %i for a first page, so that the address or the service is to be changed', (status) => {
    expectRefusal(answerOf(status, html('Gone')), SettingsError, /api_url/, /retired/, /Microsoft Graph/);
  });

  test.each([
    ['https://elsewhere.example/ecp', /redirects to https:\/\/elsewhere\.example\/ecp,/],
    [undefined, /redirects to no address,/],
  ])('by a redirect to %s', (location, says) => {
    expectRefusal(answerOf(301, '', { location }), SettingsError, says, /Check api_url\.$/);
  });
});

describe('the query is refused', () => {
  test.each([
    ["Invalid StartDate value. The StartDate can't be older than 30 days from today.", 30],
    ["The StartDate can't be older than 10 days from today.", 10],
    ['The start date is older than the last 90 days.', 90],
    ['Data is kept within 7 days.', 7],
    ['Only the past 1 day is available, the last 1 day.', 1],
  ])('for its age: %s', (text, days) => {
    const refusal = refusalOf(answerOf(400, odata(text)), true);
    expect(refusal).toBeInstanceOf(OutOfReachError);
    expect(refusal).toMatchObject({ historyMs: days * 86_400_000 });
    expect(refusal!.message).toContain(text);
  });

  test.each([
    ['The query is not valid.'],
    ["The range from StartDate to EndDate can't be longer than 10 days."],
    ["The StartDate can't be older than 0 days from today."],
  ])('for another reason: %s', (text) => {
    const refusal = refusalOf(answerOf(400, odata(text)), true);
    expect(refusal).toBeInstanceOf(RangeRefusedError);
    expect(refusal!.message).toContain(`HTTP 400: ${text}`);
  });

  test.each([400, 404, 410])('by %i for a later page, whose link is dead', (status) => {
    const refusal = refusalOf(answerOf(status, odata("The StartDate can't be older than 30 days.")), false);
    expect(refusal).toBeInstanceOf(RangeRefusedError);
    expect(refusal!.message).toContain(`HTTP ${status}`);
  });
});

test.each([401, 403])('a later page that is refused by %i tells about the account, not about the page', (status) => {
  expect(refusalOf(answerOf(status), false)).toBeInstanceOf(SettingsError);
});

test.each([402, 405, 406, 413, 418, 451])('a status without a meaning of its own, such as %i, may pass', (status) => {
  expectRefusal(answerOf(status, odata('No.')), UnavailableError, new RegExp(`HTTP ${status} \\(No\\.\\)`));
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
  expect(refusalOf(answer, true)).toBeUndefined();
  expect(refusalOf(answer, false)).toBeUndefined();
});
