import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { TraceRecord } from '../../../src/model/record.js';
import { rawRow } from '../../../src/message-trace/event.js';
import { toRecord as fromGraph } from '../../../src/microsoft/graph/row.js';
import { toRecord as fromReportingWebService } from '../../../src/microsoft/reporting-web-service.js';
import { anyItem, anyRow } from '../../support/arbitrary-row.js';
import { rowContext } from '../../support/microsoft/graph/items.js';
import { runs } from '../../../packages/automation-sdk-shim/tests/support/runs.js';

/** The record as it comes out of the row in Graph's dialect. */
const throughGraph = (record: TraceRecord) => fromGraph(rawRow(record, 'message_trace_graph_api'), rowContext);
/** The record as it comes out of the row in the dialect of the Reporting Web Service. */
const throughTheService = (record: TraceRecord) => fromReportingWebService(rawRow(record, 'message_trace'));

/** What makes a row what it is, whichever API tells it. */
function essence({
  traceId,
  recipient,
  sender,
  messageId,
  subject,
  size,
  fromIp,
  toIp,
  receivedMs,
  status,
}: TraceRecord) {
  const named = { traceId, recipient, sender, messageId, subject, size, fromIp, toIp, receivedMs };
  return { ...named, status: status === undefined ? undefined : withoutCase(status) };
}

/** Some letters have several of the other case, which come back as one of them. */
function withoutCase(text: string): string {
  return text.toLowerCase().toUpperCase();
}

function toMilliseconds(timestamp: string | undefined): string | undefined {
  return timestamp?.replace(/\d{3}Z$/, '000Z');
}

test('whatever a row of the service holds, it is the same as an item of Graph, to the microsecond', () => {
  fc.assert(
    fc.property(anyRow, (row) => {
      const record = fromReportingWebService(row);
      expect(essence(throughGraph(record))).toStrictEqual(essence(record));
      expect(throughGraph(record).received).toBe(record.received);
    }),
    runs(500),
  );
});

test('whatever an item of Graph holds, it is the same as a row of the service, to the millisecond', () => {
  fc.assert(
    fc.property(anyItem, (item) => {
      const record = fromGraph(item, rowContext);
      const { organization, start, end } = record;
      expect(essence(throughTheService(record))).toStrictEqual(essence(record));
      expect(throughTheService(record)).toMatchObject({ organization, start, end });
      expect(throughTheService(record).received).toBe(toMilliseconds(record.received));
    }),
    runs(500),
  );
});

test('a row of the service is the same after it has been an item of Graph', () => {
  fc.assert(
    fc.property(anyRow, (row) => {
      const record = fromReportingWebService(row);
      expect(essence(throughTheService(throughGraph(record)))).toStrictEqual(essence(record));
    }),
  );
});

test('an item of Graph is the same after it has been a row of the service', () => {
  fc.assert(
    fc.property(anyItem, (item) => {
      const record = fromGraph(item, rowContext);
      expect(essence(throughGraph(throughTheService(record)))).toStrictEqual(essence(record));
    }),
  );
});
