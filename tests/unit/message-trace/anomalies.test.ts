import { expect, test } from '@jest/globals';
import { anomaliesOf } from '../../../src/message-trace/anomalies.js';
import { toRecord } from '../../../src/microsoft/reporting-web-service.js';
import { record } from '../../support/records.js';

test('a row as documented is not odd, whatever may be null in it', () => {
  expect(anomaliesOf(record({ MessageId: null, Subject: null, ToIP: null, FromIP: null, Size: 0 }))).toEqual([]);
  expect(anomaliesOf(record({ SenderAddress: '<>', Status: 'gettingStatus' }))).toEqual([]);
  expect(anomaliesOf(record({ FromIP: '[203.0.113.9]:25', ToIP: '' }))).toEqual([]);
});

test.each([
  ['trace_id', { MessageTraceId: null }],
  ['recipient', { RecipientAddress: '' }],
  ['received', { Received: 'yesterday' }],
  ['status', { Status: 'Held' }],
  ['status', { Status: null }],
  ['recipient', { RecipientAddress: '<>' }],
  ['recipient', { RecipientAddress: ' < > ' }],
  ['received', { Received: '0001-01-01T00:00:00Z' }],
  ['received', { Received: '/Date(-62135596800000)/' }],
  ['size', { Size: -1 }],
  ['size', { Size: 0.5 }],
  ['size', { Size: '-1' }],
  ['size', { Size: 1e300 }],
  ['from_ip', { FromIP: 'unknown' }],
  ['to_ip', { ToIP: '203.0.113.256' }],
])('a row is odd in its %s: %j', (anomaly, changes) => {
  expect(anomaliesOf(record(changes))).toEqual([anomaly]);
});

test('a row without fields is odd in all that matters', () => {
  expect(anomaliesOf(toRecord({}))).toEqual(['trace_id', 'recipient', 'received', 'status']);
});
