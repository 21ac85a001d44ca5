import { expect, test } from '@jest/globals';
import { UnavailableError } from '../../../src/model/errors.js';
import { unavailable } from '../../../src/microsoft/classify-response.js';

const responseOf = (status: number, retryAfterMs?: number) => ({
  host: 'graph.example',
  status,
  body: 'private',
  location: undefined,
  retryAfterMs,
});

test.each([408, 429, 500, 502, 503, 504, 599])('%i passes, and is told by host and status alone', (status) => {
  const error = unavailable(responseOf(status));
  expect(error).toBeInstanceOf(UnavailableError);
  expect(error?.message).toMatch(new RegExp(`^graph\\.example .*\\(HTTP ${status}\\)\\.$`));
});

test.each([408, 429, 500, 502, 504])('%i is told with what the answer says, where that may be told', (status) => {
  const error = unavailable(responseOf(status), 'Error while processing response.');
  expect(error?.message).toMatch(
    new RegExp(`^graph\\.example .*\\(HTTP ${status}: Error while processing response\\.\\)\\.$`),
  );
});

test.each([200, 204, 301, 400, 401, 403, 404, 409, 410, 499])('%i says something else', (status) => {
  expect(unavailable(responseOf(status))).toBeUndefined();
});

test.each([429, 503])('what %i asks to wait is kept, and is nothing where it does not ask', (status) => {
  expect(unavailable(responseOf(status, 17_000))?.retryAfterMs).toBe(17_000);
  expect(unavailable(responseOf(status))?.retryAfterMs).toBe(0);
});
