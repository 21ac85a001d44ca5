import { describe, expect, test } from '@jest/globals';
import { OutOfReachError, RangeRefusedError, SettingsError, UnavailableError } from '../../../src/model/errors.js';
import type { Response } from '../../../src/microsoft/http/transport.js';
import { DeadLinkError } from '../../../src/microsoft/paging/detours.js';
import { httpErrorBy } from '../../../src/microsoft/classify-response.js';
import { guidance } from '../../support/microsoft/reading.js';

const odata = (text: string) => JSON.stringify({ error: { code: '', message: { lang: 'en-US', value: text } } });

function responseOf(status: number, body = '', more: Partial<Response> = {}): Response {
  return { host: 'api.example', status, body, location: undefined, retryAfterMs: undefined, ...more };
}

const ofFirst = (response: Response) => httpErrorBy('The service', response, true, guidance);
const ofLater = (response: Response) => httpErrorBy('The service', response, false, guidance);

describe('who asks is refused', () => {
  test.each([401, 403])('by %i, on any page, with what the operator does about it', (status) => {
    const response = responseOf(status, odata('No permission.'));
    for (const httpError of [ofFirst(response), ofLater(response)]) {
      expect(httpError).toBeInstanceOf(SettingsError);
      expect(httpError!.message).toBe(
        `The service refused access (HTTP ${status}: No permission.). ${guidance.refused}`,
      );
    }
  });

  test('without a word', () => {
    expect(ofFirst(responseOf(401))?.message).toContain('HTTP 401: no explanation');
  });
});

describe('there is no message trace at the address', () => {
  test.each([404, 410])('by %i for a first page, with what the operator does about it', (status) => {
    const httpError = ofFirst(responseOf(status, odata('Gone')));
    expect(httpError).toBeInstanceOf(SettingsError);
    expect(httpError!.message).toBe(`There is no message trace at this address (HTTP ${status}). ${guidance.absent}`);
  });

  test.each([
    [301, 'https://elsewhere.example/ecp', 'redirects to https://elsewhere.example/ecp,'],
    [302, undefined, 'redirects to no address,'],
    [307, '/elsewhere', 'redirects to /elsewhere,'],
    [399, '/elsewhere', 'redirects to /elsewhere,'],
  ])('by a redirect %i to %s', (status, location, says) => {
    const response = responseOf(status, '', { location });
    for (const httpError of [ofFirst(response), ofLater(response)]) {
      expect(httpError).toBeInstanceOf(SettingsError);
      expect(httpError!.message).toContain(says);
      expect(httpError!.message).toMatch(/Check api_url\.$/);
    }
  });
});

describe('the query is refused', () => {
  test.each([
    ["Invalid StartDate value. The StartDate can't be older than 30 days from today.", 30],
    ["The StartDate can't be older than 10 days from today.", 10],
    ['The start date is older than the last 90 days.', 90],
    ['The start date is older than the past 90 days.', 90],
    ['Data is kept for the last 7 days.', 7],
    ['Only the past 1 day is available, the last 1 day.', 1],
  ])('for its age: %s', (text, days) => {
    const httpError = ofFirst(responseOf(400, odata(text)));
    expect(httpError).toBeInstanceOf(OutOfReachError);
    expect(httpError).toMatchObject({ historyMs: days * 86_400_000 });
    expect(httpError!.message).toBe(`The service keeps ${days} days (${text}).`);
  });

  test.each([
    ['The query is not valid.'],
    ["The range from StartDate to EndDate can't be longer than 10 days."],
    ["The StartDate can't be older than 0 days from today."],
    ["The StartDate can't be older than 1000 days from today."],
  ])('for another reason: %s', (text) => {
    const httpError = ofFirst(responseOf(400, odata(text)));
    expect(httpError).toBeInstanceOf(RangeRefusedError);
    expect(httpError!.message).toBe(`The service refused the query (HTTP 400: ${text}).`);
  });

  test.each([400, 404, 410])('by %i for a later page, whose link is dead, whatever it says', (status) => {
    const httpError = ofLater(responseOf(status, odata("The StartDate can't be older than 30 days.")));
    expect(httpError).toBeInstanceOf(DeadLinkError);
    expect(httpError!.message).toBe(
      `The service gave a link to a page that it does not know (HTTP ${status}: The StartDate can't be older than 30 days.).`,
    );
  });
});

describe('what may pass by itself', () => {
  test.each([408, 429, 500, 502, 503, 504])('is %i, after as long as the service asks for', (status) => {
    for (const httpErrorOf of [ofFirst, ofLater]) {
      expect(httpErrorOf(responseOf(status))).toBeInstanceOf(UnavailableError);
      expect(httpErrorOf(responseOf(status, '', { retryAfterMs: 7000 }))).toMatchObject({ retryAfterMs: 7000 });
      expect(httpErrorOf(responseOf(status))).toMatchObject({ retryAfterMs: 0 });
      expect(httpErrorOf(responseOf(status))?.message).toContain(`HTTP ${status}`);
    }
  });

  test.each([402, 405, 406, 413, 418, 451])('is %i, a status without a meaning of its own', (status) => {
    const httpError = ofFirst(responseOf(status, odata('No.')));
    expect(httpError).toBeInstanceOf(UnavailableError);
    expect(httpError!.message).toBe(`The service answered HTTP ${status} (No.).`);
  });
});

test.each([200, 204, 299])('an answer that succeeds with %i is no refusal, whatever it holds', (status) => {
  for (const body of ['{"value":[]}', '<html>Maintenance</html>', '']) {
    expect(ofFirst(responseOf(status, body))).toBeUndefined();
    expect(ofLater(responseOf(status, body))).toBeUndefined();
  }
});
