import { describe, expect, test } from '@jest/globals';
import { rangeUrl } from '../../../../src/microsoft/graph/query.js';

const apiUrl = 'https://graph.microsoft.com/v1.0';
const range = { start: Date.UTC(2022, 6, 25, 12), end: Date.UTC(2022, 6, 25, 13) };

describe('the address of a range', () => {
  test('names both bounds, included and in whole seconds, and asks for the largest pages', () => {
    const url = rangeUrl(apiUrl, range);
    expect(url.origin + url.pathname).toBe(`${apiUrl}/admin/exchange/tracing/messageTraces`);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      $filter: 'receivedDateTime ge 2022-07-25T12:00:00Z and receivedDateTime le 2022-07-25T13:00:00Z',
      $top: '5000',
    });
  });

  test('holds neither a blank nor a plus, which one service reads as the other', () => {
    const { search } = rangeUrl(apiUrl, range);
    expect(search).not.toMatch(/[ +]/);
    expect(search).toContain('receivedDateTime%20ge%20');
  });

  test.each(['https://graph.microsoft.us/v1.0/', 'https://graph.microsoft.us/v1.0//'])(
    'goes on from the one that is configured: %s',
    (configured) => {
      expect(rangeUrl(configured, range).href).toMatch(
        /^https:\/\/graph\.microsoft\.us\/v1\.0\/admin\/exchange\/tracing\/messageTraces\?/,
      );
    },
  );

  test('uses nothing that the service accepts and ignores', () => {
    const { searchParams } = rangeUrl(apiUrl, range);
    expect(searchParams.get('$filter')).not.toMatch(/ (or|in|ne) /);
    expect([...searchParams.keys()]).toEqual(['$filter', '$top']);
  });
});
