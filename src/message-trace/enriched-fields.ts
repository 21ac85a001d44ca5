import type { TraceRecord } from '../model/record.js';
import { pascalCaseStatus } from './status.js';
import type { Enrichment, EventField, Party } from './enrichment.js';

/** The rows' properties that a party is made of, by API. */
interface Origin {
  readonly graph: string;
  readonly reportingWebService: string;
}

const SENDER: Origin = { graph: 'senderAddress', reportingWebService: 'SenderAddress' };
const RECIPIENT: Origin = { graph: 'recipientAddress', reportingWebService: 'RecipientAddress' };
const BOTH: Origin = {
  graph: `${SENDER.graph}, ${RECIPIENT.graph}`,
  reportingWebService: `${SENDER.reportingWebService}, ${RECIPIENT.reportingWebService}`,
};
const DIRECTION: Origin = {
  graph: `${BOTH.graph}, fromIP`,
  reportingWebService: `${BOTH.reportingWebService}, FromIP, Organization`,
};
const MESSAGE: Origin = {
  graph: 'id, recipientAddress, receivedDateTime',
  reportingWebService: 'MessageTraceId, RecipientAddress, Received',
};

type Field = Omit<EventField, 'since' | 'enriched'>;

/** An email address, its local part and its domain. */
function userFields(name: string, origin: Origin, of: (enrichment: Enrichment) => Party, who: string): Field[] {
  return [
    {
      ...origin,
      name: `${name}.email`,
      type: 'keyword',
      meaning: `The address of ${who}, in lower case.`,
      value: (_, enrichment) => of(enrichment).email,
    },
    {
      ...origin,
      name: `${name}.name`,
      type: 'keyword',
      meaning: 'Its part before the `@`. Of an X.500 address: the last part.',
      value: (_, enrichment) => of(enrichment).name,
    },
    {
      ...origin,
      name: `${name}.domain`,
      type: 'keyword',
      meaning: 'Its domain, as DNS knows it: lower case, Punycode.',
      value: (_, enrichment) => of(enrichment).domain,
    },
  ];
}

/** The domain of one end of the message, and the user there. */
function endFields(name: string, origin: Origin, of: (enrichment: Enrichment) => Party, who: string): Field[] {
  return [
    {
      ...origin,
      name: `${name}.domain`,
      type: 'keyword',
      meaning: `The domain of ${who}, as DNS knows it: lower case, Punycode.`,
      value: (_, enrichment) => of(enrichment).domain,
    },
    {
      ...origin,
      name: `${name}.registered_domain`,
      type: 'keyword',
      meaning: 'The part of it that was registered, by the Public Suffix List.',
      value: (_, enrichment) => of(enrichment).registeredDomain,
    },
    ...userFields(`${name}.user`, origin, of, who),
  ];
}

const fields: readonly Field[] = [
  {
    name: 'event.dataset',
    type: 'keyword',
    meaning: 'Always `office365.message_trace`.',
    value: () => 'office365.message_trace',
  },
  {
    name: 'event.provider',
    type: 'keyword',
    meaning: 'The API that was read: `microsoft_graph` or `reporting_web_service`.',
    value: ({ dialect }) => (dialect === 'graph' ? 'microsoft_graph' : dialect),
  },
  {
    ...MESSAGE,
    name: 'event.reference',
    type: 'keyword',
    meaning:
      'The page of the message in the Microsoft Defender portal. It needs a licence of Defender for Office 365. Absent where addresses are hashed.',
    value: portalPage,
  },
  {
    ...DIRECTION,
    name: 'email.direction',
    type: 'keyword',
    meaning: 'As `network.direction`.',
    value: (_, { direction }) => direction,
  },
  {
    ...DIRECTION,
    name: 'network.direction',
    type: 'keyword',
    meaning:
      '`inbound`, `outbound`, `internal`, `external` (from outside to outside) or `unknown`, by `internal_domains`.',
    value: (_, { direction }) => direction,
  },
  ...endFields('source', SENDER, ({ sender }) => sender, 'the sender'),
  ...endFields('destination', RECIPIENT, ({ recipient }) => recipient, 'the recipient'),
  ...userFields(
    'user',
    DIRECTION,
    ({ own }) => own,
    "the tenant's person: the sender of outbound and internal mail, the recipient of inbound mail",
  ),
  {
    ...BOTH,
    name: 'related.user',
    type: 'keyword[]',
    meaning: 'The addresses of sender and recipient, in lower case. Of an X.500 address: the last part.',
    value: (_, enrichment) => enrichment.both(({ email, name }) => email ?? name),
  },
  {
    ...BOTH,
    name: 'related.hosts',
    type: 'keyword[]',
    meaning: 'The domains of sender and recipient.',
    value: (_, enrichment) => enrichment.both(({ domain }) => domain),
  },
  { name: 'observer.vendor', type: 'keyword', meaning: 'Always `Microsoft`.', value: () => 'Microsoft' },
  { name: 'observer.product', type: 'keyword', meaning: 'Always `Exchange Online`.', value: () => 'Exchange Online' },
  {
    name: 'cloud.account.id',
    type: 'keyword',
    meaning: 'The tenant, as the settings name it: its ID or one of its domains. Else the organization of the row.',
    value: ({ organization }, { tenant }) => tenant.id ?? organization,
  },
  {
    name: 'office365.message_trace.previous_status',
    type: 'keyword',
    meaning:
      'On a change: the status that this row had when it was last seen. Absent where that was an undocumented one.',
    value: (_, { appearance: { previousStatus } }) => previousStatus && pascalCaseStatus(previousStatus),
  },
  {
    name: 'office365.message_trace.late_by_seconds',
    type: 'long',
    meaning:
      'Of a row that appeared after its time had been read: seconds from its reception until it was found. After a crash, a repeat may have another number.',
    value: (_, { appearance: { lateBySeconds } }) => lateBySeconds,
  },
];

/** The fields that `event_format: enriched` has beside the normalized ones. */
export const enrichedFields: readonly EventField[] = fields.map((field) => ({
  ...field,
  since: '1.3.0',
  enriched: true,
}));

const GUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/**
 * Microsoft documents no address of this page. This is the one that its portal opens, which other tools use, too. The
 * message trace ID is the network message ID there.
 */
function portalPage(
  { traceId, received, protection }: TraceRecord,
  { recipient, tenant }: Enrichment,
): string | undefined {
  const { id = '', portalUrl } = tenant;
  // The portal knows no hashes.
  if (protection?.addresses === true) return undefined;
  if (portalUrl === undefined || traceId === undefined || !GUID.test(traceId)) return undefined;
  if (recipient.email === undefined || received === undefined) return undefined;
  // Milliseconds are enough for the portal.
  const time = `${received.slice(0, '2022-07-25T12:26:13.240'.length)}Z`;
  const address = encodeURIComponent(recipient.email.toWellFormed());
  const message = `id=${traceId}&recipient=${address}&startTime=${time}&endTime=${time}`;
  return `${portalUrl}/emailentityV2?${message}${GUID.test(id) ? `&tid=${id}` : ''}`;
}
