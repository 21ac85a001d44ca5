import type { TraceRecord } from '../../src/model/record.js';
import { toRecord } from '../../src/microsoft/reporting-web-service.js';

/** A complete row of the Reporting Web Service, with what a test changes of it. */
export function row(changes: Record<string, string | number | null> = {}): Record<string, string | number | null> {
  return {
    Organization: 'contoso.onmicrosoft.com',
    MessageId: '<0001@contoso.com>',
    Received: '/Date(1658751973240)/',
    SenderAddress: 'alice@contoso.com',
    RecipientAddress: 'bob@example.com',
    Subject: 'Invoice',
    Status: 'Delivered',
    ToIP: '203.0.113.7',
    FromIP: '198.51.100.4',
    Size: 1234,
    MessageTraceId: '3b4fc661-180d-4c2f-60c9-08da6e38dd10',
    StartDate: '/Date(1658751000000)/',
    EndDate: '/Date(1658752000000)/',
    Index: 0,
    ...changes,
  };
}

export function record(changes: Record<string, string | number | null> = {}): TraceRecord {
  return toRecord(row(changes));
}
