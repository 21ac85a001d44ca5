import { describe, expect, test } from '@jest/globals';
import {
  NotReadyError,
  OutOfReachError,
  PlanAgainError,
  RangeRefusedError,
  SettingsError,
  UnavailableError,
} from '../../../../src/model/errors.js';
import type { Response } from '../../../../src/microsoft/http/transport.js';
import { httpErrorOf } from '../../../../src/microsoft/graph/source.js';
import { guidance } from '../../../support/microsoft/reading.js';

const errorOf = (code: string, message: string) =>
  JSON.stringify({ error: { code, message, innerError: { date: '2022-07-25T13:00:00', 'request-id': 'x' } } });

function responseOf(status: number, body = '', more: Partial<Response> = {}): Response {
  return { host: 'graph.microsoft.com', status, body, location: undefined, retryAfterMs: undefined, ...more };
}

const ofFirst = (response: Response) => httpErrorOf(response, true, guidance);
const ofLater = (response: Response) => httpErrorOf(response, false, guidance);

describe("a tenant without the service principal of Microsoft's application is not ready", () => {
  test.each([
    [401, errorOf('Unauthorized', 'Service principal-less Authentication failed: it was not found.')],
    [403, errorOf('Forbidden', 'Service principal-less Authentication failed: it was not found.')],
    [401, 'SERVICE PRINCIPAL-LESS authentication failed'],
    [403, errorOf('Forbidden', 'App 8bd644d1-64a1-4d4b-ae52-2e0cbf64e373 has no service principal here.')],
  ])('by %i: %s', (status, body) => {
    for (const httpError of [ofFirst(responseOf(status, body)), ofLater(responseOf(status, body))]) {
      expect(httpError).toBeInstanceOf(NotReadyError);
      expect(httpError!.message).toContain(`HTTP ${status}`);
      expect(httpError!.message).toContain('New-MgServicePrincipal -AppId 8bd644d1-64a1-4d4b-ae52-2e0cbf64e373');
      expect(httpError!.message).toMatch(/it takes some hours\.$/);
    }
  });

  test('but only where it refuses who asks', () => {
    const body = errorOf('BadRequest', 'Service principal-less Authentication failed');
    expect(ofFirst(responseOf(400, body))).toBeInstanceOf(RangeRefusedError);
    expect(ofFirst(responseOf(200, '{"value":[{"subject":"Service principal-less"}]}'))).toBeUndefined();
  });
});

test.each([
  [401, errorOf('InvalidAuthenticationToken', 'Access token validation failure.')],
  [403, errorOf('Authorization_RequestDenied', 'Insufficient privileges to complete the operation.')],
])('any other refusal of who asks, by %i, is one that a person must act on', (status, body) => {
  expect(ofFirst(responseOf(status, body))).toBeInstanceOf(SettingsError);
  expect(ofFirst(responseOf(status, body))!.message).toMatch(
    new RegExp(`^Microsoft Graph refused access \\(HTTP ${status}: (Access|Insufficient)`),
  );
  expect(ofFirst(responseOf(status, body))!.message).toContain(guidance.refused);
});

test.each([
  ['the page', responseOf(200, '<!DOCTYPE html><html><head><title>Sign in to your account</title></head></html>')],
  [
    'a page that posts to it',
    responseOf(200, '<html><form action="https://login.microsoftonline.us/login"></form></html>'),
  ],
  ['a redirect', responseOf(302, '', { location: 'https://login.microsoftonline.com/common/oauth2/authorize' })],
])('to be sent to the sign-in is a matter of the session: %s', (_means, response) => {
  for (const httpError of [ofFirst(response), ofLater(response)]) {
    expect(httpError).toBeInstanceOf(SettingsError);
    expect(httpError!.message).toBe(`Microsoft Graph sent us to a sign-in page. ${guidance.refused}`);
  }
});

test.each([
  responseOf(200, '<html><head><title>502 Bad Gateway</title></head></html>'),
  responseOf(200, '<!DOCTYPE html><html><title>Service Unavailable</title></html>'),
  responseOf(200, '{"value":[{"subject":"<html>Sign in to your account"}]}'),
])("a gateway's page is no refusal, and rows about a sign-in are not, either", (response) => {
  expect(ofFirst(response)).toBeUndefined();
});

describe('a tenant that has used up its quota is left alone', () => {
  const body = errorOf('TooManyRequests', 'Your recent queries have surpassed the permitted limit.');

  test.each([
    ["the client's own waits, where nothing is said", undefined, 0],
    ['as long as is said', 17_000, 17_000],
    ['not at all, where that is said', 0, 0],
  ])('for %s', (_how, retryAfterMs, waitMs) => {
    for (const httpError of [ofFirst, ofLater].map((httpErrorOf) =>
      httpErrorOf(responseOf(429, body, { retryAfterMs })),
    )) {
      expect(httpError).toBeInstanceOf(UnavailableError);
      expect(httpError).toMatchObject({ retryAfterMs: waitMs });
      expect(httpError!.message).toContain('HTTP 429');
    }
  });
});

describe('an error of the service', () => {
  const hiding = (name: string, message: unknown) =>
    JSON.stringify({
      error: { code: 'UnknownError', message: '', [name]: { message: 'Failed.', internalexception: { message } } },
    });

  test.each(['innererror', 'innerError'])('may hide a bad request in its %s, which is the reason then', (name) => {
    const httpError = ofFirst(responseOf(500, hiding(name, 'Invalid filter clause.')));
    expect(httpError).toBeInstanceOf(RangeRefusedError);
    expect(httpError!.message).toBe('Microsoft Graph refused the query (HTTP 400: Invalid filter clause.).');
  });

  test('tells no more of the reason than an operator reads', () => {
    expect(ofFirst(responseOf(500, hiding('innererror', 'x'.repeat(10_000))))!.message.length).toBeLessThan(400);
  });

  test.each([
    ['an empty reason', 500, hiding('innererror', '')],
    ['a reason that is no text', 500, hiding('innererror', {})],
    ['an inner error without an exception', 500, errorOf('generalException', 'Try again.')],
    ['an error that is a text', 500, '{"error":"failed"}'],
    ['a page', 500, '<html><title>Server Error</title></html>'],
    ['nothing', 500, ''],
    ['a reason, but as a gateway', 503, hiding('innererror', 'Invalid filter clause.')],
  ])('passes where it holds %s', (_what, status, body) => {
    expect(ofFirst(responseOf(status, body))).toBeInstanceOf(UnavailableError);
    expect(ofFirst(responseOf(status, body))).not.toBeInstanceOf(PlanAgainError);
  });
});

describe('a bad request', () => {
  const future = errorOf('BadRequest', 'The end of receivedDateTime must not be in the future.');

  test('for time in the future of the service is planned again', () => {
    expect(ofFirst(responseOf(400, future))).toBeInstanceOf(PlanAgainError);
    expect(ofFirst(responseOf(400, future))!.message).toContain('must not be in the future');
  });

  test('for a later page is a dead link, whatever it says', () => {
    expect(ofLater(responseOf(400, future))).toBeInstanceOf(RangeRefusedError);
  });

  test('for time that is no longer kept tells how long it is kept', () => {
    const body = errorOf('BadRequest', "Invalid receivedDateTime. The start date can't be older than 90 days.");
    expect(ofFirst(responseOf(400, body))).toBeInstanceOf(OutOfReachError);
    expect(ofFirst(responseOf(400, body))).toMatchObject({ historyMs: 90 * 86_400_000 });
  });

  test.each([
    ['The query is not valid.'],
    ["The range of receivedDateTime can't be longer than 10 days."],
    ["'unknownFutureValue' is not a valid value."],
  ])('for another reason is a refused range: %s', (text) => {
    expect(ofFirst(responseOf(400, errorOf('BadRequest', text)))).toBeInstanceOf(RangeRefusedError);
    expect(ofFirst(responseOf(400, errorOf('BadRequest', text)))!.message).toBe(
      `Microsoft Graph refused the query (HTTP 400: ${text}).`,
    );
  });
});

test('what any service may answer is understood as it is of any service', () => {
  expect(ofFirst(responseOf(404))!.message).toContain(guidance.absent);
  expect(ofFirst(responseOf(302, '', { location: '/x' }))!.message).toMatch(/^Microsoft Graph redirects to \/x,/);
  expect(ofLater(responseOf(410))).toBeInstanceOf(RangeRefusedError);
  expect(ofFirst(responseOf(200, '{"value":[]}'))).toBeUndefined();
});
