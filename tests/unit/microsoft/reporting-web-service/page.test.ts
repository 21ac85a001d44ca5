import { describe, expect, test } from '@jest/globals';
import { UnavailableError } from '../../../../src/model/errors.js';
import type { JsonObject } from '../../../../src/model/json.js';
import { parsePage } from '../../../../src/microsoft/reporting-web-service.js';
import { row } from '../../../support/records.js';

const rows = [row({ Index: 0 }), row({ Index: 1 })];
const indices = (response: JsonObject) => parsePage(response).records.map(({ raw }) => raw['Index']);

describe('rows are found', () => {
  test.each<[string, JsonObject]>([
    ['d.results', { d: { results: rows } }],
    ['d', { d: rows }],
    ['value', { 'odata.metadata': 'https://x/$metadata#MessageTrace', value: rows }],
  ])('in %s, in their order', (_place, response) => {
    expect(indices(response)).toEqual([0, 1]);
    expect(parsePage(response).unreadable).toEqual([]);
    expect(parsePage(response).nextLink).toBeUndefined();
  });

  test.each<[JsonObject]>([[{ d: { results: [] } }], [{ d: [] }], [{ value: [] }]])('none in %j', (response) => {
    expect(parsePage(response)).toEqual({ records: [], unreadable: [], nextLink: undefined });
  });
});

describe('the next page is named', () => {
  const link = '../../ReportingWebService/Reporting.svc/MessageTrace?$skiptoken=1999';

  test.each<[string, JsonObject]>([
    ['d.__next', { d: { results: rows, __next: link } }],
    ['odata.nextLink', { value: rows, 'odata.nextLink': link }],
    ['@odata.nextLink', { value: rows, '@odata.nextLink': link }],
  ])('by %s, as it is spelled', (_place, response) => {
    expect(parsePage(response).nextLink).toBe(link);
  });

  test.each([[null], [''], [7], [{}]])('by nothing where the link is %j', (link) => {
    expect(parsePage({ d: { results: rows, __next: link } }).nextLink).toBeUndefined();
    expect(parsePage({ value: rows, 'odata.nextLink': link }).nextLink).toBeUndefined();
  });
});

test('entries that are no rows are set aside as they came, and cost no row', () => {
  const odd = [null, 'row', 7, true, ['row']];
  const page = parsePage({ value: [rows[0]!, ...odd, rows[1]!] });
  expect(page.records.map(({ raw }) => raw['Index'])).toEqual([0, 1]);
  expect(page.unreadable).toEqual(odd);
});

test.each([[null], ['rows'], [7], [[]], [{}], [{ d: {} }], [{ d: { results: {} } }], [{ d: null }], [{ value: {} }]])(
  'JSON without rows in a known form may be better the next time: %j',
  (response) => {
    expect(() => parsePage(response)).toThrow(UnavailableError);
  },
);
