/** All commands of `message-trace`: options, and what each does. Help, completion and docs/cli.md follow from it. */
import { Argument, Command, Option } from 'commander';
import { sharedSettings } from '../settings/definition.js';
import { completionScript, type Shell, SHELLS } from './completion.js';
import { type Format } from './formats.js';
import type { NormalizeRequest } from './normalize-command.js';
import {
  addFilters,
  addFormat,
  addLimits,
  addPeriod,
  addSettings,
  filterFrom,
  limitsFrom,
  optionFor,
  positiveInteger,
  type SearchOptionValues,
} from './options.js';
import type { ExitCode, Terminal } from './terminal.js';

export interface ProgramOptions {
  readonly version: string;
  readonly terminal: Terminal;
  /** Told how the command ended. */
  readonly onEnd: (code: ExitCode) => void;
}

const INTERNAL_DOMAIN =
  "One of the tenant's own mail domains, which counts with its subdomains: enriched events tell the direction by it.";

const EXAMPLES = `
Examples:
  message-trace check
  message-trace search --sender alice@example.com --since 2h
  message-trace search --since 30d --output traces.ndjson
  message-trace recipients --message-id '<id@example.com>'

Settings come from the environment (MESSAGE_TRACE_TENANT_ID, MESSAGE_TRACE_CLIENT_ID, MESSAGE_TRACE_CLIENT_SECRET …),
from a JSON file (--settings), or are asked for. A secret is never an option.
Exit codes: 0 complete, 1 failed, 2 wrong use or settings, 3 not complete.`;

const NORMALIZE_EXAMPLES = `
Rows may be JSON or NDJSON, answers of Microsoft Graph or the Reporting Web Service, what PowerShell's ConvertTo-Json
writes, or the CSV of the Exchange admin centre. A row that cannot be read is named on standard error by its line.

Examples:
  Get-MessageTraceV2 | ConvertTo-Json > rows.json        (in PowerShell)
  message-trace normalize rows.json > events.ndjson
  message-trace search --since 2h | message-trace normalize | head -1 | jq`;

const STATE_EXAMPLES = `
The data folder is /symphony_data, or the one that DATA_STORAGE names. For an S3 bucket, the values of the platform count.

Examples:
  docker exec CONTAINER message-trace state show
  DATA_STORAGE=/mnt/data message-trace state replay-dead-letters --settings settings.json`;

const COMPLETION_EXAMPLES = `
Examples:
  source <(message-trace completion bash)
  message-trace completion zsh > "\${fpath[1]}/_message-trace"
  message-trace completion fish > ~/.config/fish/completions/message-trace.fish`;

const CHECK_EXAMPLES = `
Examples:
  # In the container of the collector, with the settings of a trigger in a file
  message-trace check --settings settings.json
  # Also that the intake takes events
  MESSAGE_TRACE_INTAKE_KEY=… message-trace check --send-test-event

✓ good, ✗ bad, - not known. Exit codes: 0 nothing is bad, 1 something is, 2 wrong use or settings.`;

const SEARCH_EXAMPLES = `
Examples:
  # What did this sender send in the last two hours?
  message-trace search --sender alice@example.com --since 2h
  # Failed mail to a domain, as CSV
  message-trace search --recipient '*@example.com' --status failed --since 10d --format csv > failed.csv
  # All of a month in a file. Run the same command again where it was interrupted.
  message-trace search --since 30d --output traces.ndjson --quota 50
  # Count by sender
  message-trace search --since 24h | jq -r .sender | sort | uniq -c | sort -rn | head`;

const DETAILS_EXAMPLES = `
Example:
  message-trace details --message-trace-id 7e3b2b2e-1b5e-4b17-80cc-2af6c1d9a3b1 --recipient bob@example.com`;

const RECIPIENTS_EXAMPLES = `
Examples:
  # Who received the phishing mail?
  message-trace recipients --message-id '<id@mail.example>'
  # Without an ID: by sender and the whole subject
  message-trace recipients --sender alice@example.com --subject 'Your invoice' --since 30d --format json`;

export function createProgram({ version, terminal, onEnd }: ProgramOptions): Command {
  const program = new Command('message-trace')
    .description('Asks Microsoft 365 message traces, and checks that they can be collected.')
    .version(version, '-V, --version', 'Show the version.')
    .helpOption('-h, --help', 'Show help.')
    .helpCommand(false)
    .showHelpAfterError('Help: message-trace --help')
    .addHelpText('after', EXAMPLES)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void terminal.stdout.write(text),
      writeErr: (text) => void terminal.stderr.write(text),
    });
  const formatOf = (values: { readonly format?: Format; readonly output?: string }): Format =>
    values.format ??
    (values.output === undefined ? (terminal.isInteractive ? 'table' : 'ndjson') : byEnding(values.output));

  const check = program
    .command('check')
    .description('Checks, step by step, that message traces can be collected: one line each, and what to do.')
    .option('--send-test-event', 'Send one event to the intake, which shows that it takes events.')
    .option('--json', 'Write each line as a JSON object.')
    .addHelpText('after', CHECK_EXAMPLES);
  addSettings(check).action(
    async (values: { readonly sendTestEvent?: true; readonly json?: true; readonly settings?: string }) => {
      const { checkCommand } = await import('./check-command.js');
      const { sendTestEvent = false, json = false, settings: settingsFile } = values;
      onEnd(await checkCommand({ sendTestEvent, json, settingsFile }, terminal));
    },
  );

  const search = program
    .command('search')
    .description('Finds the message traces that fit all that is given, newest first.')
    .addHelpText('after', SEARCH_EXAMPLES);
  addFilters(addPeriod(search, '48h'), 'search_message_traces');
  addLimits(addFormat(search))
    .option('--max-rows <number>', 'Stop after so many rows.', positiveInteger)
    .addOption(
      new Option(
        '-o, --output <file>',
        'Write to a file. Where the search is interrupted, the same command continues it: FILE.resume says from where. FILE is whole once FILE.resume is gone. Without --format, .csv and .json name the format, and any other ending is ndjson.',
      ),
    )
    .action(async (values: SearchOptionValues) => {
      const { searchCommand } = await import('./search-command.js');
      const request = {
        filter: filterFrom(values),
        format: formatOf(values),
        output: values.output,
        limits: limitsFrom(values),
        settingsFile: values.settings,
      };
      onEnd(await searchCommand(request, terminal));
    });

  const details = program
    .command('details')
    .description('Shows what happened to a message on its way to one recipient, and why it was not delivered.')
    .addHelpText('after', DETAILS_EXAMPLES);
  addFilters(details, 'get_message_trace_details');
  addFormat(details);
  details.action(
    async (values: SearchOptionValues & { readonly messageTraceId: string; readonly recipient: string }) => {
      const { detailsCommand } = await import('./ask-commands.js');
      const request = {
        traceId: values.messageTraceId,
        recipient: values.recipient,
        format: formatOf(values),
        limits: limitsFrom(values),
        settingsFile: values.settings,
      };
      onEnd(await detailsCommand(request, terminal));
    },
  );

  const recipients = program
    .command('recipients')
    .description('Finds all who received a message, by message ID, message trace ID, or sender and subject.')
    .addHelpText('after', RECIPIENTS_EXAMPLES);
  addFilters(addPeriod(recipients, '10d'), 'find_message_recipients');
  addLimits(addFormat(recipients));
  recipients.action(
    async (
      values: Omit<SearchOptionValues, 'sender'> & {
        readonly sender?: string;
        readonly internalDomain?: readonly string[];
      },
    ) => {
      const { recipientsCommand } = await import('./ask-commands.js');
      const { sender, ...others } = values;
      const request = {
        filter: filterFrom({ ...others, ...(sender !== undefined && { sender: [sender] }) }),
        internalDomains: values.internalDomain,
        format: formatOf(values),
        limits: limitsFrom(others),
        settingsFile: values.settings,
      };
      onEnd(await recipientsCommand(request, terminal));
    },
  );

  const { event_format: eventFormat, intake_format: intakeFormat, internal_domains: internalDomains } = sharedSettings;
  program
    .command('normalize')
    .description('Turns rows of message traces into the events that the intake gets.')
    .argument('[files...]', 'Files with rows. Without one, or for -: standard input.')
    .addOption(
      new Option('--event-format <format>', eventFormat.description)
        .choices([...eventFormat.enum])
        .default(eventFormat.default),
    )
    .addOption(
      new Option(
        '--intake-format <format>',
        `${intakeFormat.description} Without it: that of the API whose row it is.`,
      ).choices([...intakeFormat.enum]),
    )
    .addOption(optionFor('internal_domains', { ...internalDomains, description: INTERNAL_DOMAIN }))
    .addHelpText('after', NORMALIZE_EXAMPLES)
    .action(async (files: readonly string[], values: Omit<NormalizeRequest, 'files'>) => {
      const { normalizeCommand } = await import('./normalize-command.js');
      onEnd(await normalizeCommand({ files, ...values }, terminal));
    });

  const state = program
    .command('state')
    .description('Shows what the collector remembers, and sends dead letters again. Run it where the collector runs.')
    .helpCommand(false)
    .addHelpText('after', STATE_EXAMPLES);
  state
    .command('show')
    .description('Tells in words what has been read, by pass, which gaps there are, and how many dead letters.')
    .option('--json', 'Write it as a JSON object.')
    .action(async ({ json = false }: { readonly json?: boolean }) => {
      const { stateCommand } = await import('./state-command.js');
      onEnd(await stateCommand({ json }, terminal));
    });
  addSettings(
    state
      .command('replay-dead-letters')
      .description(
        'Sends rows that the intake has rejected to it again, and removes those that it takes. Stop the collector first.',
      ),
  ).action(async ({ settings: settingsFile }: { readonly settings?: string }) => {
    const { replayCommand } = await import('./replay-command.js');
    onEnd(await replayCommand({ settingsFile }, terminal));
  });

  program
    .command('completion')
    .description('Writes the completion of commands and options for a shell.')
    .addArgument(new Argument('<shell>', 'The shell.').choices([...SHELLS]))
    .addHelpText('after', COMPLETION_EXAMPLES)
    .action(async (shell: Shell) => {
      await terminal.write(completionScript(program, shell));
      await terminal.flush();
    });
  return program;
}

function byEnding(path: string): Format {
  if (/\.csv$/i.test(path)) return 'csv';
  return /\.json$/i.test(path) ? 'json' : 'ndjson';
}
