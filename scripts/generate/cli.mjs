import { completionScript } from '../../dist/src/cli/completion.js';
import { createProgram } from '../../dist/src/cli/program.js';
import { commandSettings, isSecret, variableFor } from '../../dist/src/cli/settings.js';
import { Terminal } from '../../dist/src/cli/terminal.js';
import { banner, code, table } from './markdown.mjs';

/** Markdown takes these for its own. */
const plain = (text) => text.replace(/[*<>]/g, '\\$&');

const optionsTable = (options) =>
  table(
    ['option', 'meaning', 'values', 'default'],
    options.map(({ flags, description, argChoices, defaultValue, mandatory }) => [
      code(flags),
      plain(description),
      argChoices?.map(code).join(', ') ?? '',
      mandatory ? 'required' : defaultValue === undefined ? '' : code(defaultValue),
    ]),
  );

/** Examples as help shows them, which commander keeps as text after the rest. */
function examplesOf(command) {
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  const after = text.slice(text.indexOf(command.helpInformation()) + command.helpInformation().length);
  return after.trim();
}

function commandsIn(command, path) {
  const own = [...path, command.name()];
  return [{ command, path: own.join(' ') }, ...command.commands.flatMap((each) => commandsIn(each, own))];
}

function section({ command, path }) {
  const help = command.createHelp();
  const options = help.visibleOptions(command).filter(({ long }) => long !== '--help');
  const examples = examplesOf(command);
  return [
    `## ${path}`,
    command.description(),
    ['```', help.commandUsage(command), '```'].join('\n'),
    ...(options.length > 0 ? [optionsTable(options)] : []),
    ...(examples === '' ? [] : [['```', examples, '```'].join('\n')]),
  ].join('\n\n');
}

const settingsTable = () =>
  table(
    ['setting', 'environment variable', 'secret'],
    Object.keys(commandSettings).map((name) => [code(name), code(variableFor(name)), isSecret(name) ? 'yes' : '']),
  );

/** docs/cli.md */
export function cliReference(version) {
  const program = createProgram({ version, terminal: new Terminal(), onEnd: () => undefined });
  // The scripts follow from the same tree: a command that one of them cannot have fails here.
  for (const shell of ['bash', 'zsh', 'fish']) completionScript(program, shell);
  return `${banner('src/cli/program.ts')}

# Command line

\`message-trace\` asks the message trace from a terminal, and finds out why collecting does not work. The image has it:

\`\`\`sh
docker exec CONTAINER message-trace check
docker run --rm -i --entrypoint message-trace --env-file settings.env IMAGE search --since 2h
\`\`\`

In a clone: \`npm ci && npm run build:code && npx message-trace --help\`.

## Settings

The names are those of the [triggers and the connected account](configuration.md). They come from the environment, from the
JSON file that \`--settings\` or \`MESSAGE_TRACE_SETTINGS\` names, such as
\`{"tenant_id": "contoso.onmicrosoft.com", "client_id": "…", "client_secret": "…"}\`, or, for what proves who signs in, from a
hidden prompt on a terminal. The environment goes before the file. A secret is never an option: other users see the
options of a process. A variable of a secret can end in \`_FILE\` and name a file with it, as Docker and Kubernetes mount
them. With \`account_name\` a service account signs in, else an application. A list, such as \`do_not_send\`, has an entry in each
line of its variable.

Searching asks Microsoft Graph. \`check\` knows the Reporting Web Service, too.

${settingsTable()}

## Output and exit codes

Data goes to standard output, everything else to standard error. On a terminal lists are tables and long searches show a
bar. In a pipe lists are NDJSON, and a reader that closes early ends the command without a message.

${table(
  ['exit code', 'meaning'],
  [
    ['0', 'Complete. For `check`: nothing is bad.'],
    ['1', 'Failed. For `check`: something is bad. For `normalize`: a row could not be read.'],
    ['2', 'Wrong use, or wrong settings.'],
    ['3', 'Not complete: standard error says why. For `state replay-dead-letters`: some are left.'],
  ],
)}

## Long searches

\`search --output FILE\` can be interrupted at any moment. FILE.resume then says which time was searched to its end, and how
many bytes of FILE belong to it. The same command cuts off the rest and continues. Times such as \`--since 30d\` are fixed at
the first start. FILE is whole once FILE.resume is gone. A file that is there already is never written over.
[0025](adr/0025-the-command-line.md) says why no row is lost or doubled.

Microsoft allows a tenant 100 requests in 5 minutes, and the collector needs them, too. A search takes 10, or as many as
\`--quota\` says. A request brings up to 5,000 rows.

In CSV, a text that a spreadsheet would run as a formula gets an apostrophe before it.

${commandsIn(program, []).map(section).join('\n\n')}
`;
}
