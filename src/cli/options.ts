/** The options of the commands that search: they follow from the arguments of the actions. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { actionCards } from '../actions/cards.js';
import type { Setting } from '../settings/setting.js';
import type { TraceFilter } from '../search/filter.js';
import { type Format, FORMATS } from './formats.js';
import type { Limits } from './search-command.js';

/** Requests of one command, unless it is told otherwise: five million rows. */
const MAX_REQUESTS = 1_000;
/** Requests in five minutes: the collector has the rest of the 100. */
const QUOTA = 10;

/** Words for the values, as help shows them. */
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  sender: 'address',
  recipient: 'address',
  subject: 'text',
  subject_match: 'how',
  message_id: 'id',
  message_trace_id: 'guid',
  status: 'status',
  from_ip: 'address',
  to_ip: 'address',
  start: 'time',
  end: 'time',
  internal_domains: 'domain',
};
/** The command line has its own. */
const OWN = new Set(['period', 'max_rows', 'max_requests']);

function argumentsOf(command: string): Readonly<Record<string, Setting>> {
  const card = actionCards.find((each) => each.command === command);
  if (card === undefined) throw new TypeError(`there is no action ${command}`);
  return card.settings;
}

/** Adds an option for each argument of an action. */
export function addFilters(command: Command, action: string): Command {
  for (const [name, setting] of Object.entries(argumentsOf(action))) {
    if (OWN.has(name)) continue;
    command.addOption(optionFor(name, setting));
  }
  return command;
}

/** `--internal-domain` for `internal_domains`. */
export function optionFor(name: string, { description, type, enum: choices, items, required }: Setting): Option {
  const flag = `--${name.replaceAll('_', '-').replace(/domains$/, 'domain')} <${PLACEHOLDERS[name] ?? 'value'}>`;
  const several = type === 'array' ? ' Can be given several times.' : '';
  const option = new Option(flag, description.replace('the period counts', '--since counts') + several);
  if (choices !== undefined) option.choices([...choices]);
  if (type === 'array')
    option.argParser((value: string, before: readonly string[] | undefined) => {
      if (items?.enum !== undefined && !items.enum.includes(value))
        throw new InvalidArgumentError(`Allowed choices are ${items.enum.join(', ')}.`);
      return [...(before ?? []), value];
    });
  if (required === true) option.makeOptionMandatory();
  return option;
}

export function addPeriod(command: Command, fallback: string): Command {
  return command.addOption(
    new Option(
      '--since <period>',
      `How far back to search: 90m, 2h, 10d, 2w. Microsoft keeps 90 days. Without it and --start: ${fallback}.`,
    ),
  );
}

export function addFormat(command: Command): Command {
  const how = 'How to write. Without it: table on a terminal, ndjson otherwise.';
  return addSettings(command.addOption(new Option('-f, --format <format>', how).choices([...FORMATS])));
}

export function addSettings(command: Command): Command {
  return command.option('-s, --settings <file>', 'Settings as a JSON file. The environment goes before it.');
}

export function addLimits(command: Command): Command {
  return command
    .option('--max-requests <number>', 'Stop after so many requests to Microsoft Graph.', positiveInteger, MAX_REQUESTS)
    .option(
      '--quota <number>',
      'Requests in 5 minutes, of the 100 that Microsoft allows to a tenant. The collector needs the rest. Where no collector runs: 100.',
      positiveInteger,
      QUOTA,
    );
}

/** Values as commander hands them over. */
export interface SearchOptionValues {
  readonly sender?: readonly string[];
  readonly recipient?: readonly string[];
  readonly subject?: string;
  readonly subjectMatch?: string;
  readonly messageId?: string;
  readonly messageTraceId?: string;
  readonly status?: readonly string[];
  readonly fromIp?: string;
  readonly toIp?: string;
  readonly start?: string;
  readonly end?: string;
  readonly since?: string;
  readonly format?: Format;
  readonly output?: string;
  readonly settings?: string;
  readonly maxRows?: number;
  /** Of commands that make several. */
  readonly maxRequests?: number;
  readonly quota?: number;
}

export function filterFrom(values: SearchOptionValues): TraceFilter {
  const { since, messageTraceId, ...given } = values;
  return {
    sender: given.sender,
    recipient: given.recipient,
    subject: given.subject,
    subjectMatch: given.subjectMatch,
    messageId: given.messageId,
    traceId: messageTraceId,
    status: given.status,
    fromIp: given.fromIp,
    toIp: given.toIp,
    start: given.start,
    end: given.end,
    period: since,
  };
}

export function limitsFrom({ maxRows, maxRequests = MAX_REQUESTS, quota = QUOTA }: SearchOptionValues): Limits {
  return { maxRows, maxRequests, requestsInFiveMinutes: quota };
}

export function positiveInteger(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number) || number < 1)
    throw new InvalidArgumentError('It must be a whole number of at least 1.');
  return number;
}
