import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { rawRow } from '../../../src/message-trace/event.js';
import { toRecord as fromGraph } from '../../../src/microsoft/graph/row.js';
import { toRecord } from '../../../src/microsoft/reporting-web-service.js';
import { anyItem, anyRowWithTicks } from '../../support/arbitrary-row.js';
import { record, row } from '../../support/records.js';
import { item, rowContext } from '../../support/microsoft/graph/items.js';

const graphItem = item({ receivedDateTime: '2022-07-25T12:26:13.2401234Z', toIP: '', status: 'filteredAsSpam' });
const graphRecord = fromGraph(graphItem, rowContext);

describe('in its own dialect', () => {
  test.each(['message_trace', 'own'] as const)('a row of the service is sent as it came in %s', (format) => {
    fc.assert(
      fc.property(anyRowWithTicks, (row) => {
        expect(rawRow(toRecord(row), format)).toStrictEqual(row);
      }),
    );
  });

  test.each(['message_trace_graph_api', 'own'] as const)('an item of Graph is sent as it came in %s', (format) => {
    fc.assert(
      fc.property(anyItem, (item) => {
        expect(rawRow(fromGraph(item, rowContext), format)).toStrictEqual(item);
      }),
    );
  });

  test.each([
    ['2022-07-25T12:26:13.2401234', '/Date(1658751973240)/'],
    ['2022-07-25T12:26:13Z', '/Date(1658751973000)/'],
    ['2022-07-25T14:26:13.24+02:00', '/Date(1658751973240)/'],
    ['/Date(1658751973240+0000)/', '/Date(1658751973240+0000)/'],
    ['yesterday', 'yesterday'],
  ])('the time %s of the service is sent as %s, which is what the parser reads', (Received, ticks) => {
    const came = row({ Received });
    expect(rawRow(toRecord(came), 'message_trace')).toStrictEqual({ ...came, Received: ticks });
    expect(rawRow(toRecord(came), 'own')).toStrictEqual({ ...came, Received: ticks });
  });
});

describe('in the other dialect', () => {
  test('an item of Graph becomes a row of the service', () => {
    expect(rawRow(graphRecord, 'message_trace')).toStrictEqual({
      Organization: 'contoso.onmicrosoft.com',
      MessageId: '<0001@contoso.com>',
      Received: '/Date(1658751973240)/',
      SenderAddress: 'alice@contoso.com',
      RecipientAddress: 'bob@example.com',
      Subject: 'Invoice',
      Status: 'FilteredAsSpam',
      ToIP: null,
      FromIP: '198.51.100.4',
      Size: 1234,
      MessageTraceId: '3b4fc661-180d-4c2f-60c9-08da6e38dd10',
      StartDate: '/Date(1658751000000)/',
      EndDate: '/Date(1658752000000)/',
    });
  });

  test('a row of the service becomes an item of Graph', () => {
    expect(rawRow(record({ Status: 'FilteredAsSpam', ToIP: null }), 'message_trace_graph_api')).toStrictEqual({
      ...graphItem,
      receivedDateTime: '2022-07-25T12:26:13.240000Z',
    });
  });

  test('what a row does not hold is null, as its consumers expect every key', () => {
    const nothing = toRecord({});
    const graphNulls = { ...rawRow(nothing, 'message_trace_graph_api'), fromIP: null, toIP: null };
    expect(Object.keys(graphNulls).sort()).toEqual(Object.keys(item()).sort());
    expect(new Set(Object.values(graphNulls))).toEqual(new Set([null]));

    const serviceRow = rawRow({ ...nothing, dialect: 'graph' }, 'message_trace');
    const keys = Object.keys(row()).filter((key) => key !== 'Index');
    expect(Object.keys(serviceRow).sort()).toEqual(keys.sort());
    expect(new Set(Object.values(serviceRow))).toEqual(new Set([null]));
  });
});
