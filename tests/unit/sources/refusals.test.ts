import { describe, expect, test } from '@jest/globals';
import { OutOfReachError, RangeRefusedError, SettingsError, UnavailableError } from '../../../src/errors.js';
import type { Answer } from '../../../src/microsoft/transport.js';
import { DeadLinkError } from '../../../src/sources/dead-link.js';
import { refusalBy } from '../../../src/sources/refusals.js';
import { advice } from './reading.js';

const odata = (text: string) => JSON.stringify({ error: { code: '', message: { lang: 'en-US', value: text } } });

function answerOf(status: number, body = '', more: Partial<Answer> = {}): Answer {
  return { host: 'api.example', status, body, location: undefined, retryAfterMs: undefined, ...more };
}

const ofFirst = (answer: Answer) => refusalBy('The service', answer, true, advice);
const ofLater = (answer: Answer) => refusalBy('The service', answer, false, advice);

describe('who asks is refused', () => {
  test.each([401, 403])('by %i, on any page, with what the operator does about it', (status) => {
    const answer = answerOf(status, odata('No permission.'));
    for (const refusal of [ofFirst(answer), ofLater(answer)]) {
      expect(refusal).toBeInstanceOf(SettingsError);
      expect(refusal!.message).toBe(`The service refused access (HTTP ${status}: No permission.). ${advice.refused}`);
    }
  });

  test('without a word', () => {
    expect(ofFirst(answerOf(401))?.message).toContain('HTTP 401: no explanation');
  });
});

describe('there is no message trace at the address', () => {
  test.each([404, 410])('by %i for a first page, with what the operator does about it', (status) => {
    const refusal = ofFirst(answerOf(status, odata('Gone')));
    expect(refusal).toBeInstanceOf(SettingsError);
    expect(refusal!.message).toBe(`There is no message trace at this address (HTTP ${status}). ${advice.absent}`);
  });

  test.each([
    [301, 'https://elsewhere.example/ecp', 'redirects to https://elsewhere.example/ecp,'],
    [302, undefined, 'redirects to no address,'],
    [307, '/elsewhere', 'redirects to /elsewhere,'],
    [399, '/elsewhere', 'redirects to /elsewhere,'],
  ])('by a redirect %i to %s', (status, location, says) => {
    const answer = answerOf(status, '', { location });
    for (const refusal of [ofFirst(answer), ofLater(answer)]) {
      expect(refusal).toBeInstanceOf(SettingsError);
      expect(refusal!.message).toContain(says);
      expect(refusal!.message).toMatch(/Check api_url\.$/);
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
    const refusal = ofFirst(answerOf(400, odata(text)));
    expect(refusal).toBeInstanceOf(OutOfReachError);
    expect(refusal).toMatchObject({ historyMs: days * 86_400_000 });
    expect(refusal!.message).toBe(`The service keeps ${days} days (${text}).`);
  });

  test.each([
    ['The query is not valid.'],
    ["The range from StartDate to EndDate can't be longer than 10 days."],
    ["The StartDate can't be older than 0 days from today."],
    ["The StartDate can't be older than 1000 days from today."],
  ])('for another reason: %s', (text) => {
    const refusal = ofFirst(answerOf(400, odata(text)));
    expect(refusal).toBeInstanceOf(RangeRefusedError);
    expect(refusal!.message).toBe(`The service refused the query (HTTP 400: ${text}).`);
  });

  test.each([400, 404, 410])('by %i for a later page, whose link is dead, whatever it says', (status) => {
    const refusal = ofLater(answerOf(status, odata("The StartDate can't be older than 30 days.")));
    expect(refusal).toBeInstanceOf(DeadLinkError);
    expect(refusal!.message).toBe(
      `The service gave a link to a page that it does not know (HTTP ${status}: The StartDate can't be older than 30 days.).`,
    );
  });
});

describe('what may pass by itself', () => {
  test.each([408, 429, 500, 502, 503, 504])('is %i, after as long as the service asks for', (status) => {
    for (const refusalOf of [ofFirst, ofLater]) {
      expect(refusalOf(answerOf(status))).toBeInstanceOf(UnavailableError);
      expect(refusalOf(answerOf(status, '', { retryAfterMs: 7000 }))).toMatchObject({ retryAfterMs: 7000 });
      expect(refusalOf(answerOf(status))).toMatchObject({ retryAfterMs: 0 });
      expect(refusalOf(answerOf(status))?.message).toContain(`HTTP ${status}`);
    }
  });

  test.each([402, 405, 406, 413, 418, 451])('is %i, a status without a meaning of its own', (status) => {
    const refusal = ofFirst(answerOf(status, odata('No.')));
    expect(refusal).toBeInstanceOf(UnavailableError);
    expect(refusal!.message).toBe(`The service answered HTTP ${status} (No.).`);
  });
});

test.each([200, 204, 299])('an answer that succeeds with %i is no refusal, whatever it holds', (status) => {
  for (const body of ['{"value":[]}', '<html>Maintenance</html>', '']) {
    expect(ofFirst(answerOf(status, body))).toBeUndefined();
    expect(ofLater(answerOf(status, body))).toBeUndefined();
  }
});
