import { describe, expect, test } from '@jest/globals';
import { excerpt, excerptOfPage, retryAfterMs } from '@sekoia/automation-sdk-shim';
import fc from 'fast-check';
import { UnavailableError } from '../../../src/model/errors.js';
import { aadstsCode } from '../../../src/microsoft/sign-in/aadsts.js';
import { errorText } from '../../../src/microsoft/http/json.js';
import { timestampOf } from '../../../src/microsoft/http/row-values.js';
import { httpErrorOf as graphRefusalOf } from '../../../src/microsoft/graph/source.js';
import { httpErrorOf as reportingRefusalOf } from '../../../src/microsoft/reporting-web-service.js';
import { anyText } from '../../support/arbitrary-row.js';
import { guidance } from '../../support/microsoft/reading.js';
import { runs } from '../../../packages/automation-sdk-shim/tests/support/runs.js';

const forbidden = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u;

test('text of somebody else becomes one line of 300 characters at most, without anything that a terminal would obey', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const line = excerpt(text);
      expect(line).not.toMatch(forbidden);
      expect(Array.from(line).length).toBeLessThanOrEqual(300);
    }),
    runs(2000),
  );
  expect(excerpt('all is well\r\n{"level":"critical"}\u001b[2J\u009b1m\u202egnp.exe')).toBe(
    'all is well {"level":"critical"} [2J 1m gnp.exe',
  );
});

test('text is cut between characters, not within one', () => {
  expect(excerpt('😀'.repeat(1000))).toBe(`${'😀'.repeat(299)}…`);
});

test.each([
  ['the text around its elements', 'a <b>b</b> c', 'a b c'],
  ['nothing of a style that does not end', 'a<style>p > b { }', 'a'],
  ['nothing of a script, whatever element ends within it', '<script></style>x</script>y', 'y'],
  ['a sign that begins no element', '1 < 2', '1 < 2'],
])('of a page, %s is read', (_, page, text) => {
  expect(excerptOfPage(page)).toBe(text);
});

describe('64 MiB of text that would keep a careless pattern busy for days takes no time:', () => {
  const hard = [
    '<',
    '<style',
    '<style>',
    '</',
    ' ',
    '\n',
    '9',
    'last ',
    'past 1',
    'older than ',
    'AADSTS',
    '{"error":',
    '[',
    '-',
    '/Date(',
  ];

  test.each(hard)('%j again and again', (piece) => {
    const body = piece.repeat(Math.floor((64 * 1024 * 1024) / piece.length));
    const respond = (status: number) => ({
      host: 'x',
      status,
      body,
      location: body.slice(0, 16_384),
      retryAfterMs: undefined,
    });
    expect(errorText(body).length).toBeLessThanOrEqual(300);
    for (const status of [200, 302, 400, 401, 403, 404, 429, 500]) {
      for (const httpErrorOf of [graphRefusalOf, reportingRefusalOf]) {
        const message = httpErrorOf(respond(status), true, guidance)?.message ?? '';
        expect(message.length).toBeLessThan(1500);
        expect(message).not.toMatch(forbidden);
      }
    }
    aadstsCode(body);
    timestampOf(body);
    retryAfterMs({ header: () => body.slice(0, 16_384) }, Date.now());
  });
});

test('an explanation that is nested without end explains nothing', () => {
  const nested = '{"error":'.repeat(100_000) + '"x"' + '}'.repeat(100_000);
  expect(errorText(nested).length).toBeLessThanOrEqual(300);
  expect(
    graphRefusalOf(
      { host: 'x', status: 500, body: nested, location: undefined, retryAfterMs: undefined },
      true,
      guidance,
    ),
  ).toBeInstanceOf(UnavailableError);
});
