import { describe, expect, test } from '@jest/globals';
import { UnavailableError } from '../../../../src/model/errors.js';
import type { JsonValue } from '../../../../src/model/json.js';
import { parsePage, toRecord } from '../../../../src/microsoft/graph/row.js';
import { item, rowContext } from '../../../support/microsoft/graph/items.js';

const items = [item({ recipientAddress: 'a@example.com' }), item({ recipientAddress: 'b@example.com' })];
const context = 'https://graph.microsoft.com/v1.0/$metadata#admin/exchange/tracing/messageTraces';

test('items are found in value, in their order, and become records of what was asked for', () => {
  expect(parsePage({ '@odata.context': context, value: items }, rowContext)).toStrictEqual({
    records: items.map((one) => toRecord(one, rowContext)),
    unreadable: [],
    nextLink: undefined,
  });
});

test('a page may be empty', () => {
  expect(parsePage({ value: [] }, rowContext)).toEqual({ records: [], unreadable: [], nextLink: undefined });
});

describe('the next page is named', () => {
  test('by @odata.nextLink, as it is spelled', () => {
    const link = 'https://graph.microsoft.com/v1.0/admin/exchange/tracing/messageTraces?$skiptoken=cm93';
    expect(parsePage({ value: items, '@odata.nextLink': link }, rowContext).nextLink).toBe(link);
  });

  test.each([[null], [''], [7], [{}]])('by nothing where the link is %j', (link) => {
    expect(parsePage({ value: items, '@odata.nextLink': link }, rowContext).nextLink).toBeUndefined();
  });
});

test('entries that are no rows are set aside as they came, and cost no row', () => {
  const odd = [null, 'row', 7, true, ['row']];
  const page = parsePage({ value: [items[0]!, ...odd, items[1]!] }, rowContext);
  expect(page.records.map(({ raw }) => raw)).toEqual(items);
  expect(page.unreadable).toEqual(odd);
});

test.each<JsonValue[]>([[null], ['rows'], [7], [[]], [[item()]], [{}], [{ value: {} }], [{ value: null }]])(
  'JSON without rows in a known form may be better the next time: %j',
  (response) => {
    expect(() => parsePage(response, rowContext)).toThrow(UnavailableError);
  },
);
