/** Rows, recipients and details as playbooks and the command line show them: the names of the actions' cards. */
import { camelCaseStatus } from '../message-trace/status.js';
import type { TraceRecord } from '../model/record.js';
import type { MessageDetails } from './details.js';
import type { RecipientEntry } from './recipients.js';

/** What is known of a row is there, and the rest is undefined. */
export interface RowResult {
  readonly message_trace_id: string | undefined;
  readonly message_id: string | undefined;
  /** ISO 8601, UTC. */
  readonly received: string | undefined;
  readonly sender: string | undefined;
  readonly recipient: string | undefined;
  readonly subject: string | undefined;
  readonly status: string | undefined;
  /** Bytes. */
  readonly size: number | undefined;
  readonly from_ip: string | undefined;
  readonly to_ip: string | undefined;
}

/** A JSON schema of draft 7. */
type Schema = Readonly<Record<string, unknown>>;

const text = (description: string) => ({ type: 'string', description });

/** The same as JSON schemas, for the cards of the playbook editor. */
export const ROW_PROPERTIES: Readonly<Record<keyof RowResult, Schema>> = {
  message_trace_id: text('The GUID that Exchange gave the message.'),
  message_id: text('The Message-ID header.'),
  received: text('When Exchange received the message. ISO 8601, UTC.'),
  sender: text('Address of the sender.'),
  recipient: text('Address of the recipient.'),
  subject: text('Subject of the message.'),
  status: text('What became of the message: delivered, failed, quarantined and so on.'),
  size: { type: 'integer', minimum: 0, description: 'Size of the message in bytes.' },
  from_ip: text('The IP address that sent the message to Microsoft 365.'),
  to_ip: text('The IP address that Microsoft 365 sent the message to.'),
};

export function rowResult(row: TraceRecord): RowResult {
  return {
    message_trace_id: row.traceId,
    message_id: row.messageId,
    received: row.received,
    sender: row.sender,
    recipient: row.recipient,
    subject: row.subject,
    status: row.status === undefined ? undefined : camelCaseStatus(row.status),
    size: row.size,
    from_ip: row.fromIp,
    to_ip: row.toIp,
  };
}

export function recipientResult({ recipient, status, received, traceId, internal, delivered }: RecipientEntry) {
  return { recipient, status, received, message_trace_id: traceId, internal, delivered };
}

export function detailsResult(details: MessageDetails) {
  return {
    found: details.found,
    steps: details.steps,
    final_status: details.finalStatus,
    failure_reason: details.failureReason,
    remote_server: details.remoteServer,
    recipient_count: details.recipientCount,
  };
}
