/** The filters before sending: their settings, what is said of them, and the sink that they stand before. */
import { ConfigurationError, type SettingsRules } from '@sekoia/automation-sdk-shim';
import type { InternalDomains } from '../message-trace/direction.js';
import { type FilterRules, RowFilter } from '../message-trace/filter.js';
import { isProblem, readRule, type Rule, type RuleField, type RuleProblem } from '../message-trace/filter-rule.js';
import type { Privacy } from '../message-trace/privacy.js';
import { readRunRule, type RunRule } from '../message-trace/run-rules.js';
import type { DeliveredRow, Receipt, Sink } from '../model/ports.js';
import { type FilterOptions, filterOptions, type RunOptions, runOptions, type Unchecked } from '../settings/options.js';

/** Of one setting: every row is looked at by all of them. */
const MAX_RULES = 100;
/** Rules that the line at the start names, of each setting. */
const MAX_RULES_NAMED = 20;
/** By some domains alone, mail of the others would seem to come from outside. */
const NO_DOMAINS =
  'to tell a direction, "internal_domains" (Internal domains) must hold all mail domains of the tenant. It is empty.';

export const rulesForFilters: SettingsRules = (settings) => [
  ...readFilters(filterOptions(settings)).problems,
  ...readRunRules(runOptions(settings)).problems,
];

/**
 * The filter that the settings ask for; undefined where they ask for none.
 * @param privacy a rule that asks for what is protected is not quoted
 * @throws ConfigurationError where `rulesForFilters` are broken
 */
export function rowFilterFor(
  options: FilterOptions,
  internal: InternalDomains,
  privacy?: Hiding,
): RowFilter | undefined {
  const { sendOnly, doNotSend, problems } = readFilters(options);
  if (problems.length > 0) throw new ConfigurationError(problems.join(' '));
  if (sendOnly.length + doNotSend.length === 0) return undefined;
  return new RowFilter({ sendOnly, doNotSend }, internal, hiddenBy(privacy));
}

type Hiding = Pick<Privacy, 'hidesSubjects' | 'hidesAddresses'>;

/** A rule that asks for one of these fields quotes what is protected. */
function hiddenBy(privacy: Hiding | undefined): RuleField[] {
  return [
    ...(privacy?.hidesSubjects === true ? (['subject'] as const) : []),
    ...(privacy?.hidesAddresses === true ? (['sender', 'recipient'] as const) : []),
  ];
}

interface ReadFilters extends FilterRules {
  /** A sentence each. None quotes a rule: what was pasted into the form may be anything. */
  readonly problems: readonly string[];
}

function readFilters({ sendOnly, doNotSend, internalDomains }: Unchecked<FilterOptions>): ReadFilters {
  const problems: string[] = [];
  const read = (setting: string, given: unknown) =>
    readList({ setting, given, internalDomains, read: readRule, hasDirection: ofDirection }, problems);
  return {
    sendOnly: read('"send_only" (Send only)', sendOnly),
    doNotSend: read('"do_not_send" (Do not send)', doNotSend),
    problems,
  };
}

/**
 * The rules by which rows start playbook runs, each once.
 * @param privacy a rule that asks for what is protected has its number as its text
 * @throws ConfigurationError where `rulesForFilters` are broken
 */
export function runRulesFor(options: RunOptions, privacy?: Hiding): readonly RunRule[] {
  const { rules, problems } = readRunRules(options);
  if (problems.length > 0) throw new ConfigurationError(problems.join(' '));
  const hidden = hiddenBy(privacy);
  const isHidden = ({ fields }: RunRule) => fields.some((field) => hidden.includes(field));
  const unique = [...new Map(rules.map((rule) => [rule.text, rule])).values()];
  return unique.map((rule, index) => (isHidden(rule) ? { ...rule, text: `rule #${index + 1}` } : rule));
}

function readRunRules({ runOn: given, internalDomains }: Unchecked<RunOptions>) {
  const problems: string[] = [];
  const setting = '"run_playbook_on" (Run the playbook on)';
  const hasDirection = ({ fields }: RunRule) => fields.includes('direction');
  const rules = readList({ setting, given, internalDomains, read: readRunRule, hasDirection }, problems);
  return { rules, problems };
}

interface RuleList<Read extends object> {
  readonly setting: string;
  readonly given: unknown;
  readonly internalDomains: unknown;
  readonly read: (text: string) => Read | RuleProblem;
  readonly hasDirection: (rule: Read) => boolean;
}

function ofDirection({ conditions }: Rule): boolean {
  return conditions.some(({ field }) => field === 'direction');
}

/** The card has reported what is no list, or no text. An empty line of the form is no rule. */
function readList<Read extends object>(list: RuleList<Read>, problems: string[]): Read[] {
  const { setting, given, internalDomains } = list;
  const hasDomains = Array.isArray(internalDomains) && internalDomains.length > 0;
  const texts = Array.isArray(given) ? given.map((text) => (typeof text === 'string' ? text.trim() : '')) : [];
  if (texts.length > MAX_RULES) {
    problems.push(`${setting} has ${texts.length} rules, where ${MAX_RULES} are the limit.`);
    return [];
  }
  const rules: Read[] = [];
  for (const [index, text] of texts.entries()) {
    if (text === '') continue;
    const name = `${setting}, rule ${index + 1}`;
    const read = list.read(text);
    if (isProblem(read)) {
      problems.push(`${name}, character ${read.position}: expected ${read.expected}.`);
      continue;
    }
    rules.push(read);
    if (!hasDomains && list.hasDirection(read)) problems.push(`${name}: ${NO_DOMAINS}`);
  }
  return rules;
}

/** What the log says at the start. */
export function sentenceOnFilter({ sendOnlyTexts, doNotSendTexts }: RowFilter): string {
  return [
    'Not all rows are sent.',
    ...(sendOnlyTexts.length > 0 ? [`Sent are only those that fit ${listed(sendOnlyTexts)}.`] : []),
    ...(doNotSendTexts.length > 0 ? [`Not sent are those that fit ${listed(doNotSendTexts)}.`] : []),
    'message_trace_filtered_total counts what is not sent, by rule.',
  ].join(' ');
}

export function sentenceOnRuns(rules: readonly RunRule[], maxRunsAMinute: number): string {
  const texts = listed(rules.map(({ text }) => text));
  return `Rows that fit ${texts} start playbook runs, ${maxRunsAMinute} a minute at most. message_trace_playbook_runs_total counts them.`;
}

function listed(rules: readonly string[]): string {
  const some = rules.slice(0, MAX_RULES_NAMED).map((rule) => `[${rule}]`);
  const more = rules.length > some.length ? ` or ${rules.length - some.length} more rules` : '';
  return `${some.join(' or ')}${more}`;
}

interface Parts {
  readonly sink: Sink;
  readonly filter: Pick<RowFilter, 'ruleAgainst'>;
  /** Called once rows are settled that are not sent. */
  readonly onFiltered: (rule: string, rows: number) => void;
}

/**
 * Hands on the rows that the filter lets pass. The others are settled with the sent ones around them, in the order of
 * the rows: nothing is remembered before what came earlier is acknowledged.
 */
export class FilteringSink implements Sink {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async *deliver(rows: readonly DeliveredRow[], signal: AbortSignal): AsyncGenerator<Receipt, void, undefined> {
    const { sink, filter } = this.#parts;
    const rules = rows.map(({ record }) => filter.ruleAgainst(record));
    const sent = [...rules.keys()].filter((index) => rules[index] === undefined);
    /** Where the rows begin that are settled with this one of the sent ones. */
    const startOf = (position: number) => (position === 0 ? 0 : (sent[position] ?? rows.length));
    if (sent.length === 0 && rows.length > 0) yield* this.#settle({ from: 0, to: rows.length, rejected: [] }, rules);
    const passed = sent.flatMap((index) => rows[index] ?? []);
    for await (const { from, to, rejected } of sink.deliver(passed, signal)) {
      const receipt = {
        from: startOf(from),
        to: startOf(to),
        rejected: rejected.flatMap(({ index, reason }) => {
          const of = sent[index];
          return of === undefined ? [] : [{ index: of, reason }];
        }),
      };
      yield* this.#settle(receipt, rules);
    }
  }

  reject(...rejected: Parameters<Sink['reject']>): Promise<boolean> {
    return this.#parts.sink.reject(...rejected);
  }

  /** Counts after the receipt has been taken: what was filtered is remembered then. */
  *#settle(receipt: Receipt, rules: readonly (string | undefined)[]): Generator<Receipt, void, undefined> {
    const filtered: number[] = [];
    const rows = new Map<string, number>();
    for (let index = receipt.from; index < receipt.to; index += 1) {
      const rule = rules[index];
      if (rule === undefined) continue;
      filtered.push(index);
      rows.set(rule, (rows.get(rule) ?? 0) + 1);
    }
    yield { ...receipt, filtered };
    for (const [rule, count] of rows) this.#parts.onFiltered(rule, count);
  }
}
