import { InternalDomains } from '../../../dist/src/message-trace/direction.js';
import { Enrichment } from '../../../dist/src/message-trace/enrichment.js';
import { eventText } from '../../../dist/src/message-trace/event-text.js';
import { eventFields } from '../../../dist/src/message-trace/fields.js';
import { toRecord as fromGraph } from '../../../dist/src/microsoft/graph/row.js';
import { toRecord as fromReportingWebService } from '../../../dist/src/microsoft/reporting-web-service.js';
import { expectedDocument } from './expected.mjs';

const range = { start: Date.UTC(2026, 10, 3, 8, 0), end: Date.UTC(2026, 10, 3, 9, 0) };
const tenant = {
  id: undefined,
  internal: new InternalDomains(['example.com']),
  portalUrl: 'https://security.microsoft.com',
};
const context = { range, organization: 'example.com' };

const graphRow = {
  id: '3b4fc661-180d-4c2f-60c9-08da6e38dd10',
  senderAddress: 'user1@example.com',
  recipientAddress: 'user2@example.org',
  messageId: '<0001@example.com>',
  receivedDateTime: '2026-11-03T08:15:30.25Z',
  subject: 'Quarterly report',
  size: 45678,
  fromIP: '192.0.2.10',
  toIP: '198.51.100.20',
  status: 'delivered',
};
const reportingRow = {
  Organization: 'example.com',
  MessageId: '<0001@example.com>',
  Received: '/Date(1793693730250)/',
  SenderAddress: 'user1@example.com',
  RecipientAddress: 'user2@example.org',
  Subject: 'Quarterly report',
  Status: 'Delivered',
  ToIP: '198.51.100.20',
  FromIP: '192.0.2.10',
  Size: 45678,
  MessageTraceId: '3b4fc661-180d-4c2f-60c9-08da6e38dd10',
  StartDate: '/Date(1793692800000)/',
  EndDate: '/Date(1793696400000)/',
  Index: 0,
};

const graph = (changes) => ({ api: 'graph', record: fromGraph({ ...graphRow, ...changes }, context) });
const reportingWebService = (changes) => ({
  api: 'reportingWebService',
  record: fromReportingWebService({ ...reportingRow, ...changes }),
});

/** What differs from the ordinary row, by name. */
const CASES = {
  graph_delivered: graph({}),
  graph_bounce: graph({
    senderAddress: '<>',
    fromIP: '',
    subject: 'Undeliverable: Quarterly report',
    status: 'failed',
  }),
  graph_quarantined_from_ipv6: graph({ status: 'quarantined', fromIP: '2001:db8::25', toIP: '' }),
  graph_spam_from_international_domain: {
    ...graph({
      senderAddress: 'user1@bücher.example.org',
      recipientAddress: 'user2@example.com',
      subject: 'Gewinnen Sie “{{ 7 * 7 }}” Bücher 📚',
      status: 'filteredAsSpam',
    }),
    // The parser cannot write the domain in Punycode.
    formats: ['enriched', 'normalized'],
  },
  graph_unknown_status_without_subject: graph({ status: 'onHold', subject: '', messageId: null }),
  reporting_delivered: reportingWebService({}),
  reporting_bounce: reportingWebService({ SenderAddress: '<>', FromIP: null, Status: 'GettingStatus' }),
  reporting_failed_with_port_and_zone: reportingWebService({
    Status: 'Failed',
    FromIP: '192.0.2.10:2525',
    ToIP: 'fe80::1%eth0',
  }),
  reporting_without_time_and_size: reportingWebService({ Received: '/Date(-62135596800000)/', Size: null }),
};

/** tests/*.json by file name: the event that the module sends, and the document that the intake makes of it. */
export function testCases({ name, uuid }) {
  return Object.entries(CASES).flatMap(([caseName, { formats = ['enriched', 'normalized', 'raw'], ...one }]) =>
    formats.map((eventFormat) => {
      const message = eventText(one.record, { eventFormat, intakeFormat: 'own', tenant });
      const expected = expectedDocument(one, new Enrichment(one.record, tenant), eventFields, eventFormat);
      const test = {
        input: { message, sekoiaio: { intake: { dialect: name, dialect_uuid: uuid } } },
        expected: { message, ...expected },
      };
      return [`test_${caseName}_${eventFormat}.json`, JSON.stringify(test, null, 2)];
    }),
  );
}
