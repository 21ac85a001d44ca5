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
  if (type === 'array') return 'list of texts';
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
  `${setting.description.replaceAll('*', '\\*')}${setting.secret ? ' A secret.' : ''}`,
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

## Which rows are sent

\`do_not_send\` and \`send_only\` are lists of rules, a rule in each line of the form. A rule has one condition or several, joined
with \`and\`. All of them must fit.

| condition | fits |
| --- | --- |
| \`status: failed, quarantined\` | rows with one of these statuses |
| \`direction: internal\` | \`inbound\`, \`outbound\`, \`internal\` or \`external\` (from outside to outside, such as forwarded mail). \`internal_domains\` must hold all mail domains of the tenant: mail of one that it lacks would seem to come from outside |
| \`sender: *@newsletter.example.com\` | an address, in which \`*\` stands for any text |
| \`sender: <>\` | bounces, which have no sender |
| \`recipient: contoso.com\` | all addresses of this domain, not those of its subdomains |
| \`recipient: *.contoso.com\` | those of its subdomains |
| \`subject: *out of office*\` | a subject with these words. Without \`*\` it must be the whole subject |

Some lists:

| to send | \`do_not_send\` | \`send_only\` |
| --- | --- | --- |
| all but internal mail that was delivered | \`direction: internal and status: delivered\` | |
| all but newsletters and notes of absence | \`sender: *@newsletter.example.com, *.mailer.example\`<br>\`subject: *out of office*\` | |
| what comes from outside or goes there | | \`direction: inbound, outbound\` |
| what went wrong, but for a noisy system | \`sender: monitoring@contoso.com\` | \`status: failed, quarantined, filteredAsSpam\` |

- A row that fits a rule of \`do_not_send\` is not sent, even where it fits one of \`send_only\`.
- A comma separates values of which any will do. Subjects have commas of their own: write one rule for each.
- A value stands in double quotes where it holds a comma, or \`and\` with a word and a colon:
  \`subject: "Offers and Re: offers"\`. A double quote in such a value is written twice.
- Upper and lower case are the same, and so are the ways to write an international domain.
- What cannot be told is sent. A field may be missing, as the subject of a message without one, and a row that names no sender has
  no direction. Such a row fits no rule of \`do_not_send\` by it, and \`send_only\` does not keep it back.
- A rule that cannot be read is a wrong setting: the log names its number and the character. \`message-trace check\` says so, too.
- \`message_trace_filtered_total\` counts the rows that are not sent, by rule. A rule that stays at 0 has fit nothing.
- A row is looked at when it is read for the first time, and again when its status has changed. Rows that were not sent are not
  sent later, when the rules have changed. \`message-trace search\` finds them.

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
