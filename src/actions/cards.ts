/**
 * What playbooks can ask, once: the cards of the actions and the types of their arguments follow from here
 * (`npm run generate`).
 */
import { ROW_PROPERTIES } from '../search/results.js';
import type { Card } from '../settings/cards.js';
import type { Settings } from '../settings/setting.js';
import type { ValuesOf } from '../settings/values.js';

/** A JSON schema of draft 7. */
type Schema = Readonly<Record<string, unknown>>;

export interface ActionCard extends Card {
  readonly results: Schema;
  /** The branches of a playbook after the action, with what each means. */
  readonly outputs: Readonly<Record<string, string>>;
}

const STATUSES = [
  'delivered',
  'failed',
  'pending',
  'expanded',
  'quarantined',
  'filteredAsSpam',
  'gettingStatus',
  'recalled',
];

const time = {
  start: {
    title: 'Start',
    description:
      'Search messages received at this time or later, in ISO 8601, for example 2026-11-28T09:00:00Z. Left empty: the period counts.',
    type: 'string',
  },
  end: {
    title: 'End',
    description: 'Search messages received before this time, in ISO 8601. Left empty: until now.',
    type: 'string',
  },
} as const satisfies Settings;

const limits = {
  max_requests: {
    title: 'Requests at most',
    description:
      'Largest number of requests to Microsoft Graph for this search. Seven are sent at once, further ones every 100 seconds, so that the collector keeps its share of the 100 requests in 5 minutes that Microsoft allows to a tenant.',
    type: 'integer',
    unit: 'requests',
    default: 10,
    minimum: 1,
    maximum: 100,
  },
} as const satisfies Settings;

const searchArguments = {
  sender: {
    title: 'Senders',
    description:
      'Addresses of senders, any of which will do. * stands for any text: *@example.com. <> is the sender of bounces.',
    type: 'array',
    items: { type: 'string' },
  },
  recipient: {
    title: 'Recipients',
    description: 'Addresses of recipients, any of which will do. * stands for any text: *@example.com.',
    type: 'array',
    items: { type: 'string' },
  },
  subject: { title: 'Subject', description: 'Text of the subject, without case.', type: 'string' },
  subject_match: {
    title: 'Subject match',
    description: 'How the subject is compared.',
    type: 'string',
    enum: ['contains', 'starts_with', 'ends_with', 'equals'],
    default: 'contains',
  },
  message_id: {
    title: 'Message ID',
    description: 'The Message-ID header of the message, with its angle brackets or without.',
    type: 'string',
  },
  message_trace_id: {
    title: 'Message trace ID',
    description: 'The GUID that Exchange gave the message. Defender calls it network message ID.',
    type: 'string',
  },
  status: {
    title: 'Statuses',
    description: 'What became of the message, any of which will do.',
    type: 'array',
    items: { type: 'string', enum: STATUSES },
  },
  from_ip: { title: 'From IP', description: 'The IP address that sent the message to Microsoft 365.', type: 'string' },
  to_ip: { title: 'To IP', description: 'The IP address that Microsoft 365 sent the message to.', type: 'string' },
  period: {
    title: 'Period',
    description:
      'How far back to search, for example 90m, 48h, 10d. Left empty: 48h. Microsoft keeps 90 days, and each 10 days take a request of their own.',
    type: 'string',
  },
  ...time,
  max_rows: {
    title: 'Rows at most',
    description:
      'Largest number of message traces to return. Where there are more than 1,000, they are written to a file.',
    type: 'integer',
    unit: 'rows',
    default: 1_000,
    minimum: 1,
    maximum: 100_000,
  },
  ...limits,
} as const satisfies Settings;

const detailsArguments = {
  message_trace_id: { ...searchArguments.message_trace_id, required: true },
  recipient: {
    title: 'Recipient',
    description: 'Address of the recipient whose copy of the message is followed.',
    type: 'string',
    required: true,
  },
} as const satisfies Settings;

const recipientsArguments = {
  message_id: searchArguments.message_id,
  message_trace_id: searchArguments.message_trace_id,
  sender: {
    title: 'Sender',
    description: 'Address of the sender. With a subject it names the message where there is no ID.',
    type: 'string',
  },
  subject: {
    title: 'Subject',
    description: 'The whole subject, without case. With a sender it names the message where there is no ID.',
    type: 'string',
  },
  internal_domains: {
    title: 'Internal domains',
    description:
      "Domains of the organization, each with its subdomains, for example contoso.com: recipients there count as internal. Left empty: the tenant's domain, where the connected account names one.",
    type: 'array',
    items: { type: 'string' },
  },
  period: {
    title: 'Period',
    description: 'How far back to search, for example 48h, 30d. Left empty: 10d.',
    type: 'string',
  },
  ...time,
  ...limits,
} as const satisfies Settings;

export type SearchArguments = ValuesOf<typeof searchArguments>;
export type DetailsArguments = ValuesOf<typeof detailsArguments>;
export type RecipientsArguments = ValuesOf<typeof recipientsArguments>;

const text = (description: string): Schema => ({ type: 'string', description });
const count = (description: string): Schema => ({ type: 'integer', minimum: 0, description });
const truth = (description: string): Schema => ({ type: 'boolean', description });
const object = (properties: Readonly<Record<string, Schema>>, required = Object.keys(properties)): Schema => ({
  type: 'object',
  properties,
  required,
});
const list = (description: string, items: Schema): Schema => ({ type: 'array', description, items });

const completeness = {
  complete: truth('Whether everything that fits was found.'),
  incomplete_reason: text(
    'Why not everything was found, and what to do about it. Only where the search is incomplete.',
  ),
  searched_from: text('All time from here on has been searched to its end. ISO 8601, UTC.'),
  searched_until: text('Where the searched time ends. ISO 8601, UTC.'),
};

const row = object(ROW_PROPERTIES, []);

const recipientEntry = object(
  {
    recipient: text('Address of the recipient.'),
    status: text('What became of the latest message for this recipient, unknown where the trace does not say.'),
    received: text('When Exchange received that message. ISO 8601, UTC.'),
    message_trace_id: text('The GUID of that message, which the action "Get details of a message trace" takes.'),
    internal: truth('Whether the address is in one of the internal domains.'),
    delivered: truth('Whether any message that was found was delivered to the recipient.'),
  },
  ['recipient', 'status', 'internal', 'delivered'],
);

const countsOf = (description: string): Schema => ({
  ...object({ recipients: count('Recipients.'), delivered: count('Recipients with a delivery.') }),
  description,
});

const step = object(
  {
    date: text('When the step happened. ISO 8601, UTC.'),
    event: text('Receive, Submit, Deliver, Send external, Fail, Defer, Spam and so on.'),
    action: text('What a rule or filter did.'),
    description: text('The step in the words of Exchange.'),
    data: { type: 'object', description: 'Further values of the step by name.' },
  },
  ['data'],
);

export const actionCards: readonly ActionCard[] = [
  {
    command: 'search_message_traces',
    uuid: 'd7e96058-389b-4a7c-86c4-042d80633d0d',
    name: 'Search message traces',
    description: 'Finds the message traces that fit all that is given: who sent what to whom, and what became of it',
    title: 'Search Message Traces Arguments',
    settings: searchArguments,
    results: object(
      {
        message_traces: list(
          'The message traces that were found, newest first. Left out where they are in a file.',
          row,
        ),
        message_traces_path: text('Path of a JSON file with the message traces. Only where there are more than 1,000.'),
        count: count('How many message traces were found.'),
        ...completeness,
      },
      ['count', 'complete', 'searched_from', 'searched_until'],
    ),
    outputs: { found: 'Message traces were found', not_found: 'No message trace fits' },
  },
  {
    command: 'get_message_trace_details',
    uuid: 'e77243af-08eb-42b6-b859-306524fcda9a',
    name: 'Get details of a message trace',
    description: 'Tells what happened to a message on its way to one recipient, and why it was not delivered',
    title: 'Get Message Trace Details Arguments',
    settings: detailsArguments,
    results: object(
      {
        found: truth('Whether Microsoft knows the message and the recipient.'),
        steps: list('What happened, in the order of time.', step),
        final_status: text('What became of the message: delivered, failed, pending, quarantined and so on.'),
        failure_reason: text('Why it was not delivered, such as the answer of the remote server.'),
        remote_server: text('The server that gave that answer.'),
        recipient_count: count('How many recipients the sender addressed.'),
      },
      ['found', 'steps'],
    ),
    outputs: { found: 'The message is known', not_found: 'The message or the recipient is unknown' },
  },
  {
    command: 'find_message_recipients',
    uuid: '5d1abf41-0315-4cd8-9f00-b610f6862505',
    name: 'Find the recipients of a message',
    description:
      'Finds all who received a message, with what became of it for each: by message ID, message trace ID, or sender and subject',
    title: 'Find Message Recipients Arguments',
    settings: recipientsArguments,
    results: object(
      {
        recipients: list(
          'The recipients in the order of their addresses. Left out where they are in a file.',
          recipientEntry,
        ),
        recipients_path: text('Path of a JSON file with the recipients. Only where there are more than 1,000.'),
        count: count('How many recipients were found.'),
        messages: count('How many different messages were found.'),
        by_status: {
          type: 'object',
          description: 'How many recipients have each status.',
          additionalProperties: { type: 'integer' },
        },
        internal: countsOf('Recipients in the internal domains.'),
        external: countsOf('All other recipients.'),
        ...completeness,
      },
      ['count', 'messages', 'by_status', 'internal', 'external', 'complete', 'searched_from', 'searched_until'],
    ),
    outputs: {
      delivered: 'The message was delivered to at least one recipient',
      none_delivered: 'The message was found, and delivered to nobody',
      not_found: 'No such message was found',
    },
  },
];
