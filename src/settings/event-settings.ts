/** Which rows are sent, and what of them. They are a part of the settings of both triggers, in this order. */
export const eventSettings = {
  event_format: {
    title: 'Event format',
    description:
      'normalized: fields of the Elastic Common Schema beside the raw row. enriched: also direction, domains and users, which tell inbound from outbound mail. raw: the raw row alone.',
    type: 'string',
    enum: ['normalized', 'enriched', 'raw'],
    default: 'normalized',
  },
  internal_domains: {
    title: 'Internal domains',
    description:
      "The tenant's own mail domains, for example contoso.com. Each counts with its subdomains. They tell whether a message is inbound, outbound or internal. Left empty: the domains of tenant_id and account_name, and the organization that Microsoft names in a row, which count in any case.",
    type: 'array',
    items: { type: 'string' },
  },
  intake_format: {
    title: 'Intake format',
    description:
      'Format of the raw row, which the parser of the intake reads. message_trace: for an intake of the format "Microsoft 365 Message Trace". message_trace_graph_api: for one of the format "Microsoft 365 Message Trace (Graph API)". own: for one of the format that this module brings along, "Microsoft 365 Message Trace (ECS)", which keeps every field.',
    type: 'string',
    enum: ['message_trace', 'message_trace_graph_api', 'own'],
    default: 'message_trace',
  },
  do_not_send: {
    title: 'Do not send',
    description:
      'Rows that fit one of these rules are not sent. A rule has one condition or several: "direction: internal", "status: delivered and sender: *@newsletter.example.com", "recipient: contoso.com", "subject: *out of office*". * stands for any text. A direction needs internal_domains. Left empty: all rows are sent.',
    type: 'array',
    items: { type: 'string' },
  },
  send_only: {
    title: 'Send only',
    description:
      'Only rows that fit one of these rules are sent, such as "direction: inbound, outbound" or "status: failed, quarantined". A row that fits do_not_send, too, is not sent. Left empty: all rows are sent.',
    type: 'array',
    items: { type: 'string' },
  },
  subject_privacy: {
    title: 'Subjects',
    description:
      'Whether subjects leave the module. keep: as they are. hash: as a hash by privacy_key, by which equal subjects are still equal. drop: not at all. The same holds for rejected rows. Rules of do_not_send and send_only look at the real subject.',
    type: 'string',
    enum: ['keep', 'hash', 'drop'],
    default: 'keep',
  },
  address_privacy: {
    title: 'Addresses',
    description:
      'Whether the part of an address before the @ leaves the module. keep: as it is. hash: as a hash by privacy_key, by which equal addresses are still equal. Domains stay. The same holds for rejected rows. Rules of do_not_send and send_only look at the real address.',
    type: 'string',
    enum: ['keep', 'hash'],
    default: 'keep',
  },
  privacy_key: {
    title: 'Privacy key',
    description:
      'Key of the hashes, at least 32 characters, for example from "openssl rand -hex 32". Needed where subject_privacy or address_privacy is hash. Give triggers whose events are compared the same key. Another key makes other hashes. Left empty: nothing can be hashed.',
    type: 'string',
    secret: true,
  },
} as const;
