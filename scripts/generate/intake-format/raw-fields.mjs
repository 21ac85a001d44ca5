import { outcomeOf, STATUSES } from '../../../dist/src/message-trace/status.js';

/** The event as the parser's first stage leaves it. */
export const EVENT = 'json_event.message';

/**
 * How the parser makes a field of a raw row: an expression, or more of them for a list, and a condition where the
 * field may be absent although the expression has a value.
 * @typedef {{ value: string | string[], when?: string }} Recipe
 */

const isText = (property) => `${EVENT}.${property} is string`;
const constant = (value) => ({ graph: { value }, reportingWebService: { value } });
/** The property as it is. What is no text counts as absent. */
const text = (property) => ({ value: `{{${EVENT}.${property} if ${isText(property)}}}` });
const SENDER = ['senderAddress', 'SenderAddress'];
const RECIPIENT = ['recipientAddress', 'RecipientAddress'];
const both = (recipe, graph, reportingWebService) => ({
  graph: recipe(graph),
  reportingWebService: recipe(reportingWebService),
});

/** The time that a stage has parsed. */
const parsed = (stage) => ({ value: `{{${stage}.date}}` });

/** Exchange writes a path, `<bob@example.com>`, or `<>` for a bounce. */
const bare = (property) => `${EVENT}.${property}.strip().strip("<>").strip()`;

const address = (property) => ({
  value: [`{{${bare(property)}}}`],
  when: `${isText(property)} and ${bare(property)} != ""`,
});

const ifAddress = (property, value) => ({ value, when: `${isText(property)} and "@" in ${EVENT}.${property}` });
const email = (property) => ifAddress(property, `{{${bare(property)}.lower()}}`);
/** International domains keep their letters: jinja2 has no Punycode. */
const domain = (property) => ifAddress(property, `{{${bare(property)}.lower().rsplit("@", 1)[1].rstrip(".")}}`);
const localPart = (property) => ({
  value: `{{${bare(property)}.lower().rsplit("@", 1)[0].split("/cn=")[-1]}}`,
  when: isText(property),
});

/** A number, or digits. */
function size(property) {
  const value = `${EVENT}.${property}`;
  return {
    value: `{{${value} | int}}`,
    when: `(${value} is integer or ${isText(property)} and ${value}.isdigit()) and 0 <= ${value} | int < 10 ** 15`,
  };
}

/** Less port, brackets and zone, and IPv4 where it is mapped into IPv6, but for the spelling in hexadecimal digits. */
function ip(property) {
  const text = `${EVENT}.${property}`;
  const plain =
    `(${text}.split("]")[0].replace("[", "").replace("IPv6:", "") if "[" in ${text} ` +
    `else ${text}.split(":")[0] if ${text}.count(":") == 1 else ${text})` +
    `.split("%")[0].replace("::ffff:" if "." in ${text} else " ", "").strip()`;
  return { value: `{{${plain}}}`, when: `${isText(property)} and ${plain} | is_ipaddress` };
}

/** In PascalCase, however the API spells it. */
function status(property) {
  const text = `${EVENT}.${property}`;
  const known = JSON.stringify(Object.fromEntries(STATUSES.map((one) => [one.toLowerCase(), one])))
    .replaceAll('":"', '": "')
    .replaceAll('","', '", "');
  return {
    value: `{{ ${known}.get(${text} | lower) or (${text}[:1] | upper) ~ ${text}[1:] }}`,
    when: `${isText(property)} and ${text} != ""`,
  };
}

function outcome() {
  const action = 'final.event.action';
  const with_ = (wanted) => JSON.stringify(STATUSES.filter((one) => outcomeOf(one) === wanted));
  const value =
    `{{"success" if ${action} in ${with_('success')} ` +
    `else "failure" if ${action} in ${with_('failure')} else "unknown"}}`;
  return constant(value.replaceAll('","', '", "'));
}

/** The properties of Graph's items. The Reporting Web Service has others. */
export const GRAPH_PROPERTIES = [
  'id',
  'senderAddress',
  'recipientAddress',
  'messageId',
  'receivedDateTime',
  'subject',
  'size',
  'fromIP',
  'toIP',
  'status',
];

/**
 * By the field's name. A field that is not here cannot be told from a raw row by the parser: a UUID needs a hash, a
 * direction the tenant's domains.
 * @type {Readonly<Record<string, { graph?: Recipe, reportingWebService?: Recipe }>>}
 */
export const RAW_FIELDS = {
  '@timestamp': both(parsed, 'graph_received', 'reporting_received'),
  'event.kind': constant('event'),
  'event.category': constant(['email']),
  'event.type': constant(['info']),
  'event.action': both(status, 'status', 'Status'),
  'event.outcome': outcome(),
  'event.start': { reportingWebService: parsed('reporting_start') },
  'event.end': { reportingWebService: parsed('reporting_end') },
  'office365.message_trace.MessageTraceId': both(text, 'id', 'MessageTraceId'),
  'office365.message_trace.Size': both(size, 'size', 'Size'),
  'office365.message_trace.Status': constant('{{final.event.action}}'),
  'email.delivery_timestamp': constant('{{final["@timestamp"]}}'),
  'email.message_id': both(text, 'messageId', 'MessageId'),
  'email.from.address': both(address, ...SENDER),
  'email.to.address': both(address, ...RECIPIENT),
  'email.subject': both(text, 'subject', 'Subject'),
  'source.ip': both(ip, 'fromIP', 'FromIP'),
  'source.address': constant('{{final.source.ip}}'),
  'destination.ip': both(ip, 'toIP', 'ToIP'),
  'destination.address': constant('{{final.destination.ip}}'),
  'organization.name': { reportingWebService: text('Organization') },
  'event.dataset': constant('office365.message_trace'),
  'event.provider': { graph: { value: 'microsoft_graph' }, reportingWebService: { value: 'reporting_web_service' } },
  'source.domain': both(domain, ...SENDER),
  'source.user.email': both(email, ...SENDER),
  'source.user.name': both(localPart, ...SENDER),
  'source.user.domain': both(domain, ...SENDER),
  'destination.domain': both(domain, ...RECIPIENT),
  'destination.user.email': both(email, ...RECIPIENT),
  'destination.user.name': both(localPart, ...RECIPIENT),
  'destination.user.domain': both(domain, ...RECIPIENT),
  'observer.vendor': constant('Microsoft'),
  'observer.product': constant('Exchange Online'),
  'cloud.account.id': { reportingWebService: text('Organization') },
};

/** What Sekoia.io makes of other fields, beside what the parser sets. */
export const DERIVED_FIELDS = {
  'related.ip': ['source.ip', 'destination.ip'],
  'related.hosts': ['source.domain', 'destination.domain'],
  'related.user': ['source.user.name', 'destination.user.name', 'user.name'],
};
