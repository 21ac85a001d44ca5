import { describe, expect, test } from '@jest/globals';
import { pageUrl, rangeUrl } from '../../../../src/microsoft/reporting-web-service.js';

const apiUrl = 'https://reports.office365.com/ecp/reportingwebservice/reporting.svc';
const range = { start: Date.UTC(2022, 6, 25, 12), end: Date.UTC(2022, 6, 25, 13) };

describe('the address of a range', () => {
  test('asks for JSON, and for the times from a second before its start to its end', () => {
    const url = rangeUrl(apiUrl, range);
    expect(url.origin + url.pathname).toBe(`${apiUrl}/MessageTrace`);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      $format: 'json',
      $filter: "StartDate eq datetime'2022-07-25T11:59:59Z' and EndDate eq datetime'2022-07-25T13:00:00Z'",
    });
  });

  test('holds neither a blank nor a plus, which one service reads as the other', () => {
    const { search } = rangeUrl(apiUrl, range);
    expect(search).not.toMatch(/[ +]/);
    expect(search).toContain('StartDate%20eq%20');
  });

  test('does not begin a second early where what lies before the range cannot be read', () => {
    const { searchParams } = rangeUrl(apiUrl, { start: 1000, end: 2000 }, true);
    expect(searchParams.get('$filter')).toBe(
      "StartDate eq datetime'1970-01-01T00:00:01Z' and EndDate eq datetime'1970-01-01T00:00:02Z'",
    );
  });

  test('is the same with a slash at the end of api_url', () => {
    expect(rangeUrl(`${apiUrl}//`, range).href).toBe(rangeUrl(apiUrl, range).href);
  });

  test.each([
    [{ start: 1000, end: 2000 }, '1970-01-01T00:00:00Z', '1970-01-01T00:00:02Z'],
    [
      { start: Date.parse('2024-03-01T00:00:00Z'), end: Date.parse('2024-03-01T00:00:00.500Z') },
      '2024-02-29T23:59:59Z',
      '2024-03-01T00:00:00.500Z',
    ],
  ])('names the bounds of %j as %s and %s', (range, start, end) => {
    const filter = rangeUrl(apiUrl, range).searchParams.get('$filter');
    expect(filter).toBe(`StartDate eq datetime'${start}' and EndDate eq datetime'${end}'`);
  });
});

test('the address of a later page differs from that of the first in its offset alone', () => {
  const first = rangeUrl(apiUrl, range);
  const page = pageUrl(first, 1999);
  expect(page.href).toBe(`${first.href}&$skiptoken=1999`);
  expect(first.searchParams.has('$skiptoken')).toBe(false);
});
