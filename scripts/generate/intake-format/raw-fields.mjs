import { knownStatuses, outcomeOf } from '../../../dist/src/message-trace/status.js';

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
const both = (recipe, graph, reportingWebService) => ({
  graph: recipe(graph),
  reportingWebService: recipe(reportingWebService),
});

/** The time that a stage has parsed. */
const parsed = (stage) => ({ value: `{{${stage}.date}}` });

/** Exchange writes a path, `<bob@example.com>`, or `<>` for a bounce. */
const address = (property) => ({
  value: [`{{${EVENT}.${property}.strip().strip("<>").strip()}}`],
  when: `${isText(property)} and ${EVENT}.${property}.strip().strip("<>").strip() != ""`,
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
  const bare =
    `(${text}.split("]")[0].replace("[", "").replace("IPv6:", "") if "[" in ${text} ` +
    `else ${text}.split(":")[0] if ${text}.count(":") == 1 else ${text})` +
    `.split("%")[0].replace("::ffff:" if "." in ${text} else " ", "").strip()`;
  return { value: `{{${bare}}}`, when: `${isText(property)} and ${bare} | is_ipaddress` };
}

/** In PascalCase, however the API spells it. */
function status(property) {
  const text = `${EVENT}.${property}`;
  const known = JSON.stringify(Object.fromEntries(knownStatuses)).replaceAll('":"', '": "').replaceAll('","', '", "');
  return {
    value: `{{ ${known}.get(${text} | lower) or (${text}[:1] | upper) ~ ${text}[1:] }}`,
    when: `${isText(property)} and ${text} != ""`,
  };
}

function outcome() {
  const action = 'final.event.action';
  const with_ = (wanted) => JSON.stringify([...knownStatuses.values()].filter((one) => outcomeOf(one) === wanted));
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
  'email.from.address': both(address, 'senderAddress', 'SenderAddress'),
  'email.to.address': both(address, 'recipientAddress', 'RecipientAddress'),
  'email.subject': both(text, 'subject', 'Subject'),
  'source.ip': both(ip, 'fromIP', 'FromIP'),
  'source.address': constant('{{final.source.ip}}'),
  'destination.ip': both(ip, 'toIP', 'ToIP'),
  'destination.address': constant('{{final.destination.ip}}'),
  'organization.name': { reportingWebService: text('Organization') },
};

/** Fields that Sekoia.io makes of others when the parser does not set them. */
export const DERIVED_FIELDS = new Set(['related.ip']);
