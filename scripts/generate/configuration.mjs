import { triggerCards } from '../../dist/src/settings/cards.js';
import { moduleSettings } from '../../dist/src/settings/definition.js';
import { banner, code, table } from './markdown.mjs';

const [account, application] = triggerCards;

/** Settings of which both triggers say the same, but for the default. */
const common = Object.keys(account.settings).filter(
  (name) => account.settings[name].description === application.settings[name]?.description,
);

function valuesOf({ type, enum: choices, format, unit, minimum, maximum }) {
  if (choices !== undefined) return choices.map(code).join(', ');
  if (type === 'boolean') return '`true`, `false`';
  if (type === 'array') return 'list of texts';
  if (type === 'integer') return `${minimum} to ${maximum} ${unit}`;
  return format === 'uri' ? 'URL' : 'text';
}

function defaultOf({ required, default: value }) {
  if (required) return 'required';
  return value === undefined ? 'optional' : code(value);
}

function defaultInBoth(name) {
  const [first, second] = [account, application].map(({ settings }) => defaultOf(settings[name]));
  return first === second ? first : `${first}, for "${application.name}": ${second}`;
}

const row = (name, setting, byDefault) => [
  code(name),
  setting.title,
  valuesOf(setting),
  byDefault,
  `${setting.description}${setting.secret ? ' A secret.' : ''}`,
];

const headers = ['setting', 'title', 'values', 'default', 'meaning'];

const ownTable = ({ settings }, isShown = (name) => !common.includes(name)) =>
  table(
    headers,
    Object.entries(settings)
      .filter(([name]) => isShown(name))
      .map(([name, setting]) => row(name, setting, defaultOf(setting))),
  );

const commonTable = table(
  headers,
  common.map((name) => row(name, account.settings[name], defaultInBoth(name))),
);

/** docs/configuration.md */
export function configurationReference() {
  return `${banner('src/settings/definition.ts')}

# Configuration

The required settings are enough. The form of the playbook editor shows the same titles and descriptions.

## ${account.name}

${ownTable(account)}

## ${application.name}

Set one credential: see [docs/getting-started-entra.md](getting-started-entra.md#microsoft-graph-as-an-application).

${ownTable(application)}

## Both triggers

${commonTable}

## Connected account

The trigger "${application.name}" takes from the connected account what its own settings leave empty, so that several
playbooks share one account. Nothing here is required. An \`api_url\` or \`authority_url\` of the trigger counts as empty
while it has its default. The secret or certificate of the account is used for the account's own \`client_id\` only, and
only by triggers without a credential or an address of their own.

${ownTable({ settings: moduleSettings }, () => true)}

Sekoia.io checks an account when you save it: the module signs in, reads the token's permissions and asks for one row.

## How values are read

- Addresses begin with \`https://\`. Plain \`http://\` works for loopback hosts only.
- An empty field counts as absent.
- Numbers and booleans may be given as text, and text as numbers.
- White space around IDs, keys and addresses is removed. Secrets are used as they are.
- Secrets that Sekoia.io stores apart (\`*****\` in the form) are fetched at the start.
- The log names every wrong setting with its value and what it should be. The module asks Microsoft for nothing until all
  settings are right.
- A setting may change at any start: see [docs/operations.md](operations.md#upgrading-and-changing-settings).
`;
}
