import type { TraceRecord } from '../model/record.js';
import { directionOf, type InternalDomains } from './direction.js';
import { comparableAddress, comparableStatus, type Rule, type RuleField } from './filter-rule.js';
import { addressOf } from './address.js';
import { fold } from './wildcard.js';

export interface FilterRules {
  /** Where there is one, only rows that fit one of them are sent. */
  readonly sendOnly: readonly Rule[];
  /** Rows that fit one of them are not sent, whatever else they fit. */
  readonly doNotSend: readonly Rule[];
}

/** What stands for the rules of `sendOnly` together: a row that fits none of them names none. */
const SEND_ONLY = 'send_only';
/** Characters of a rule that its name holds. */
const MAX_NAME_CHARACTERS = 100;

/** What a row has in a field, as rules compare it. Undefined where that cannot be told. */
const VALUES: Readonly<Record<RuleField, (record: TraceRecord, internal: InternalDomains) => string | undefined>> = {
  status: ({ status }) => (status === undefined ? undefined : comparableStatus(status)),
  direction: (record, internal) => {
    const direction = directionOf(record, internal);
    return direction === 'unknown' ? undefined : direction;
  },
  sender: ({ sender }) => (sender === undefined ? undefined : comparableAddress(sender)),
  recipient: ({ recipient }) => {
    const address = addressOf(recipient);
    return address === undefined ? undefined : comparableAddress(address);
  },
  subject: ({ subject }) => (subject === undefined ? undefined : fold(subject)),
};

interface NamedRule extends Rule {
  readonly name: string;
}

/** Reads a row's values when a rule asks for them, each once. */
class RowValues {
  readonly #record: TraceRecord;
  readonly #internal: InternalDomains;
  readonly #known = new Map<RuleField, string | undefined>();

  constructor(record: TraceRecord, internal: InternalDomains) {
    this.#record = record;
    this.#internal = internal;
  }

  of(field: RuleField): string | undefined {
    if (!this.#known.has(field)) this.#known.set(field, VALUES[field](this.#record, this.#internal));
    return this.#known.get(field);
  }
}

/**
 * Decides which rows are sent. A row is kept back only where that is certain: one whose field is missing, or whose
 * direction is unknown, neither fits a rule of `doNotSend` nor fails one of `sendOnly` by it.
 */
export class RowFilter {
  readonly #sendOnly: readonly NamedRule[];
  readonly #doNotSend: readonly NamedRule[];
  readonly #internal: InternalDomains;

  /** @param hidden rules with a condition on one of these fields are named by their number alone */
  constructor({ sendOnly, doNotSend }: FilterRules, internal: InternalDomains, hidden: readonly RuleField[] = []) {
    this.#sendOnly = named(sendOnly, hidden);
    this.#doNotSend = named(doNotSend, hidden);
    this.#internal = internal;
  }

  /** What `ruleAgainst` can answer. */
  get names(): readonly string[] {
    return [...(this.#sendOnly.length > 0 ? [SEND_ONLY] : []), ...this.doNotSendTexts];
  }

  /** The rules in short. */
  get sendOnlyTexts(): readonly string[] {
    return this.#sendOnly.map(({ name }) => name);
  }

  get doNotSendTexts(): readonly string[] {
    return this.#doNotSend.map(({ name }) => name);
  }

  /** The name of the rule by which a row is not sent, or undefined for one that is. */
  ruleAgainst(record: TraceRecord): string | undefined {
    const values = new RowValues(record, this.#internal);
    const rule = this.#doNotSend.find((one) => fits(one, values) === true);
    if (rule !== undefined) return rule.name;
    const isNoneFit = this.#sendOnly.length > 0 && this.#sendOnly.every((one) => fits(one, values) === false);
    return isNoneFit ? SEND_ONLY : undefined;
  }
}

/** Whether a row fits a rule without doubt: a missing field or an unknown direction is no fit. */
export function surelyFits(rule: Rule, record: TraceRecord, internal: InternalDomains): boolean {
  return fits(rule, new RowValues(record, internal)) === true;
}

/** Undefined where that cannot be told: no condition fails, and one has no value to look at. */
function fits({ conditions }: Rule, values: RowValues): boolean | undefined {
  let verdict: boolean | undefined = true;
  for (const condition of conditions) {
    const value = values.of(condition.field);
    if (value === undefined) verdict = undefined;
    else if (!condition.fits(value)) return false;
  }
  return verdict;
}

/** Each rule once, named by its text: names are labels of a metric and stand in the log. */
function named(rules: readonly Rule[], hidden: readonly RuleField[]): NamedRule[] {
  const byText = new Map(rules.map((rule) => [rule.text, rule]));
  return [...byText.values()].map((rule, index) => ({ ...rule, name: nameOf(rule, index + 1, hidden) }));
}

function nameOf({ text, conditions }: Rule, number: number, hidden: readonly RuleField[]): string {
  if (conditions.some(({ field }) => hidden.includes(field))) return `rule #${number}`;
  const characters = Array.from(text);
  if (characters.length <= MAX_NAME_CHARACTERS) return text;
  const end = ` … #${number}`;
  return characters.slice(0, MAX_NAME_CHARACTERS - end.length).join('') + end;
}
