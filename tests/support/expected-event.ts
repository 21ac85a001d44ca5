import { isIP } from 'node:net';
import type { MailRow } from '@local/microsoft365-simulator';

const success = new Set(['Delivered', 'Expanded', 'Resolved', 'GettingStatus']);
const failure = new Set(['Failed', 'Quarantined', 'FilteredAsSpam']);

/**
 * The event that a row of the simulated tenant must become: a second reading of the mapping, from the tenant's row and not from the answer.
 * What the answer alone decides (its bounds, its metadata, the id) is taken over from the event after its form has been checked.
 */
export function expectedEvent(row: MailRow, organization: string, event: Record<string, unknown>): object {
  const received = new Date(row.receivedMs).toISOString().replace('Z', '000Z');
  const ips = [row.fromIp, row.toIp].filter((ip): ip is string => ip !== null && isIP(ip) !== 0);
  const inner = event['event'] as Record<string, unknown>;
  return {
    '@timestamp': received,
    event: {
      kind: 'event',
      category: ['email'],
      type: ['info'],
      action: row.status,
      outcome: success.has(row.status) ? 'success' : failure.has(row.status) ? 'failure' : 'unknown',
      id: matching(inner['id'], /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      start: isoOfTicks(event['StartDate']),
      end: isoOfTicks(event['EndDate']),
    },
    office365: { message_trace: { MessageTraceId: row.traceId, Size: row.size, Status: row.status } },
    email: {
      delivery_timestamp: received,
      ...(row.messageId !== null && { message_id: row.messageId }),
      ...(row.sender !== '<>' && { from: { address: row.sender } }),
      to: { address: row.recipient },
      ...(row.subject && { subject: row.subject }),
    },
    ...(row.fromIp !== null && { source: { ip: row.fromIp, address: row.fromIp } }),
    ...(row.toIp !== null && { destination: { ip: row.toIp, address: row.toIp } }),
    organization: { name: organization },
    ...(ips.length > 0 && { related: { ip: [...new Set(ips)] } }),
    __metadata: event['__metadata'],
    Organization: organization,
    MessageId: row.messageId,
    Received: `/Date(${row.receivedMs})/`,
    SenderAddress: row.sender,
    RecipientAddress: row.recipient,
    Subject: row.subject,
    Status: row.status,
    ToIP: row.toIp,
    FromIP: row.fromIp,
    Size: row.size,
    MessageTraceId: row.traceId,
    StartDate: event['StartDate'],
    EndDate: event['EndDate'],
    Index: event['Index'],
  };
}

function matching(value: unknown, pattern: RegExp): unknown {
  return typeof value === 'string' && pattern.test(value) ? value : `something that matches ${String(pattern)}`;
}

function isoOfTicks(ticks: unknown): string {
  return new Date(Number(/\d+/.exec(String(ticks))?.[0])).toISOString().replace('Z', '000Z');
}
