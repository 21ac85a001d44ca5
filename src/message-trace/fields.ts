import { hash } from 'node:crypto';
import { rowIdentity, statusIdentity, type TraceRecord } from '../model/record.js';
import { addressOf } from './address.js';
import { enrichedFields } from './enriched-fields.js';
import type { EventField } from './enrichment.js';
import { outcomeOf, pascalCaseStatus } from './status.js';

/** The namespace of this module's event ids; made once, never to change: ids must stay the same for ever. */
const NAMESPACE = Buffer.from('fb15f6f5005446f6975d91ca2e8087d3', 'hex');
/** The namespace, and room for a name behind it: ids are made one at a time. */
const named = Buffer.alloc(2048);
NAMESPACE.copy(named);

/**
 * A UUID (RFC 9562, version 5) made of trace id, recipient and status: the same row with the same status has the same
 * id whenever and through whichever API it is read, so that a repeat can be told downstream.
 */
export function eventId(record: TraceRecord): string {
  if (record.protection !== undefined) return record.protection.eventId;
  const name = `${rowIdentity(record)}\n${statusIdentity(record)}`;
  return uuidOf(hash('sha1', withNamespace(name), 'hex'), '5');
}

/** @param digest at least 32 hexadecimal digits @param version as RFC 9562 numbers them */
export function uuidOf(digest: string, version: '5' | '8'): string {
  const variant = ((parseInt(digest.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-${version}${digest.slice(13, 16)}-${variant}${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
}

function withNamespace(name: string): Buffer {
  // Of UTF-8, for each unit of UTF-16.
  const maxBytes = name.length * 3;
  if (NAMESPACE.length + maxBytes > named.length) return Buffer.concat([NAMESPACE, Buffer.from(name)]);
  return named.subarray(0, NAMESPACE.length + named.write(name, NAMESPACE.length));
}

const statusOf = ({ status }: TraceRecord) => (status === undefined ? undefined : pascalCaseStatus(status));

function relatedIps({ fromIp, toIp }: TraceRecord): string[] | undefined {
  const ips = [...new Set([fromIp, toIp].filter((ip) => ip !== undefined))];
  return ips.length === 0 ? undefined : ips;
}

const normalizedFields: readonly EventField[] = [
  {
    name: '@timestamp',
    type: 'date',
    graph: 'receivedDateTime',
    reportingWebService: 'Received',
    since: '1.0.0',
    meaning: 'When Exchange received the message. UTC, microseconds.',
    value: ({ received }) => received,
  },
  {
    name: 'event.id',
    type: 'keyword',
    graph: 'id, recipientAddress, status',
    reportingWebService: 'MessageTraceId, RecipientAddress, Status',
    since: '1.0.0',
    meaning: 'UUID of row and status: the same whenever and through whichever API the row is read.',
    value: eventId,
  },
  { name: 'event.kind', type: 'keyword', since: '1.0.0', meaning: 'Always `event`.', value: () => 'event' },
  { name: 'event.category', type: 'keyword[]', since: '1.0.0', meaning: 'Always `email`.', value: () => ['email'] },
  { name: 'event.type', type: 'keyword[]', since: '1.0.0', meaning: 'Always `info`.', value: () => ['info'] },
  {
    name: 'event.action',
    type: 'keyword',
    graph: 'status',
    reportingWebService: 'Status',
    since: '1.0.0',
    meaning: 'The status in PascalCase.',
    value: statusOf,
  },
  {
    name: 'event.outcome',
    type: 'keyword',
    graph: 'status',
    reportingWebService: 'Status',
    since: '1.0.0',
    meaning:
      '`success`: Delivered, Expanded, Resolved, GettingStatus. `failure`: Failed, Quarantined, FilteredAsSpam. Else `unknown`.',
    value: (record) => outcomeOf(statusOf(record)),
  },
  {
    name: 'event.start',
    type: 'date',
    reportingWebService: 'StartDate',
    since: '1.0.0',
    meaning: 'Start of the range that was asked for.',
    value: ({ start }) => start,
  },
  {
    name: 'event.end',
    type: 'date',
    reportingWebService: 'EndDate',
    since: '1.0.0',
    meaning: 'End of that range.',
    value: ({ end }) => end,
  },
  {
    name: 'office365.message_trace.MessageTraceId',
    type: 'keyword',
    graph: 'id',
    reportingWebService: 'MessageTraceId',
    since: '1.0.0',
    meaning: 'The message trace ID: one message in this tenant.',
    value: ({ traceId }) => traceId,
  },
  {
    name: 'office365.message_trace.Size',
    type: 'long',
    graph: 'size',
    reportingWebService: 'Size',
    since: '1.0.0',
    meaning: 'Size of the message in bytes.',
    value: ({ size }) => size,
  },
  {
    name: 'office365.message_trace.Status',
    type: 'keyword',
    graph: 'status',
    reportingWebService: 'Status',
    since: '1.0.0',
    meaning: 'The status in PascalCase.',
    value: statusOf,
  },
  {
    name: 'email.delivery_timestamp',
    type: 'date',
    graph: 'receivedDateTime',
    reportingWebService: 'Received',
    since: '1.0.0',
    meaning: 'As `@timestamp`.',
    value: ({ received }) => received,
  },
  {
    name: 'email.message_id',
    type: 'keyword',
    graph: 'messageId',
    reportingWebService: 'MessageId',
    since: '1.0.0',
    meaning: 'The Message-ID header.',
    value: ({ messageId }) => messageId,
  },
  {
    name: 'email.from.address',
    type: 'keyword',
    graph: 'senderAddress',
    reportingWebService: 'SenderAddress',
    since: '1.0.0',
    meaning: 'The sender. Absent for the empty path `<>` of bounces.',
    value: ({ sender }) => addressOf(sender),
  },
  {
    name: 'email.to.address',
    type: 'keyword',
    graph: 'recipientAddress',
    reportingWebService: 'RecipientAddress',
    since: '1.0.0',
    meaning: 'The recipient of this row.',
    value: ({ recipient }) => addressOf(recipient),
  },
  {
    name: 'email.subject',
    type: 'keyword',
    graph: 'subject',
    reportingWebService: 'Subject',
    since: '1.0.0',
    meaning: 'The subject.',
    value: ({ subject }) => subject,
  },
  {
    name: 'source.ip',
    type: 'ip',
    graph: 'fromIP',
    reportingWebService: 'FromIP',
    since: '1.0.0',
    meaning: 'The address that sent the message to Microsoft.',
    value: ({ fromIp }) => fromIp,
  },
  {
    name: 'source.address',
    type: 'keyword',
    graph: 'fromIP',
    reportingWebService: 'FromIP',
    since: '1.0.0',
    meaning: 'As `source.ip`.',
    value: ({ fromIp }) => fromIp,
  },
  {
    name: 'destination.ip',
    type: 'ip',
    graph: 'toIP',
    reportingWebService: 'ToIP',
    since: '1.0.0',
    meaning: 'The address that Microsoft sent the message to.',
    value: ({ toIp }) => toIp,
  },
  {
    name: 'destination.address',
    type: 'keyword',
    graph: 'toIP',
    reportingWebService: 'ToIP',
    since: '1.0.0',
    meaning: 'As `destination.ip`.',
    value: ({ toIp }) => toIp,
  },
  {
    name: 'organization.name',
    type: 'keyword',
    reportingWebService: 'Organization',
    since: '1.0.0',
    meaning: 'The tenant. With Graph: the domain of `tenant_id` or `account_name`, where it is one.',
    value: ({ organization }) => organization,
  },
  {
    name: 'related.ip',
    type: 'ip[]',
    graph: 'fromIP, toIP',
    reportingWebService: 'FromIP, ToIP',
    since: '1.0.0',
    meaning: 'Both addresses.',
    value: relatedIps,
  },
];

/** In the order of the event. Fields of one group stand together there. */
export const eventFields: readonly EventField[] = [...normalizedFields, ...enrichedFields];
