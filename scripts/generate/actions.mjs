import { actionCards } from '../../dist/src/actions/cards.js';
import { banner, code, table } from './markdown.mjs';

function valuesOf({ type, items, enum: choices, unit, minimum, maximum }) {
  if (choices !== undefined) return choices.map(code).join(', ');
  if (type === 'integer') return `${minimum} to ${maximum} ${unit}`;
  if (type === 'array')
    return items.enum === undefined ? 'list of texts' : `list of ${items.enum.map(code).join(', ')}`;
  return 'text';
}

function defaultOf({ required, default: value }) {
  if (required) return 'required';
  return value === undefined ? 'optional' : code(value);
}

/** Markdown takes these for its own. */
const plain = (description) => description.replace(/[*<>]/g, '\\$&');

const argumentsTable = (settings) =>
  table(
    ['argument', 'title', 'values', 'default', 'meaning'],
    Object.entries(settings).map(([name, setting]) => [
      code(name),
      setting.title,
      valuesOf(setting),
      defaultOf(setting),
      plain(setting.description),
    ]),
  );

/** Members of lists and objects are named by their path. */
function membersOf({ properties = {} }, prefix = '') {
  return Object.entries(properties).flatMap(([name, schema]) => [
    [code(prefix + name), schema.type, schema.description ?? ''],
    ...membersOf(schema.items ?? schema, `${prefix}${name}${schema.items ? '[]' : ''}.`),
  ]);
}

const section = ({ name, command, description, settings, results, outputs }) => `## ${name}

${description}. Command: ${code(command)}.

${argumentsTable(settings)}

Results:

${table(['result', 'type', 'meaning'], membersOf(results))}

Branches of the playbook:

${table(
  ['branch', 'taken when'],
  Object.entries(outputs).map(([branch, when]) => [code(branch), when]),
)}
`;

/** docs/actions.md */
export function actionsReference() {
  return `${banner('src/actions/cards.ts')}

# Actions

A playbook asks the message trace as the [connected account](configuration.md#connected-account), which needs the
permission ExchangeMessageTrace.Read.All of Microsoft Graph. The Reporting Web Service cannot be asked.

- All that is given must fit. Of several values of one argument any will do. Texts are compared without case.
- \`complete\` says whether everything was searched. Where it was not, \`incomplete_reason\` says why and what to do. That
  nothing was found then proves nothing: the action takes no branch and reports an error.
- Microsoft allows a tenant 100 requests in 5 minutes, which the collector needs too. An action sends seven requests at once
  and further ones every 100 seconds. 5,000 rows fit into one request, and 10 days into one range. Each value of an argument
  with several takes a request of its own.
- A list of more than 1,000 entries is written to a file in the playbook's data folder, which a later action reads.

${actionCards.map(section).join('\n')}`;
}
