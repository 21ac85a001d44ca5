/**
 * A rule about rows, as a person types it into one line of a form: `direction: internal and sender: *@example.com`.
 * The syntax is in docs/configuration.md, its reasons are in docs/adr/0028-filters.md.
 */
import { addressOf, domainName, domainOf, isAddress } from './address.js';
import type { Direction } from './direction.js';
import { STATUSES_TO_ASK_FOR, statusNamed } from './status.js';
import { fold, isLike } from './wildcard.js';

/** Characters of one rule, so that no rule takes long. */
const MAX_RULE_CHARACTERS = 500;

/** What a rule can ask of a row. */
export type RuleField = 'status' | 'direction' | 'sender' | 'recipient' | 'subject';

interface Condition {
  readonly field: RuleField;
  /** The values as they are compared, of which any will do. */
  readonly values: readonly string[];
  /** Whether a row's value, in the form of `comparable…`, is one of those that the rule asks for. */
  readonly fits: (value: string) => boolean;
}

/** All conditions of a rule must fit. */
export interface Rule {
  /** In one spelling: rules that mean the same by their words have the same text. */
  readonly text: string;
  readonly conditions: readonly Condition[];
}

/** Why a text is no rule. */
export interface RuleProblem {
  /** Of the character where it is no rule any more, counted from 1. */
  readonly position: number;
  /** What a rule has there, to follow "expected". */
  readonly expected: string;
}

/** A value as it is compared, or undefined for what is no value of the field. */
type Reader = (value: string) => string | undefined;

interface Field {
  /** To follow "expected". */
  readonly expected: string;
  readonly read: Reader;
  readonly fits: (value: string, wanted: string) => boolean;
}

const DIRECTIONS: readonly Exclude<Direction, 'unknown'>[] = ['inbound', 'outbound', 'internal', 'external'];
const PARTY = 'an address such as name@example.com, *@example.com, or a domain such as example.com';
/** The sender of bounces. */
const NOBODY = '<>';

const isSame = (value: string, wanted: string) => value === wanted;

const FIELDS: Readonly<Record<RuleField, Field>> = {
  status: { expected: `one of ${STATUSES_TO_ASK_FOR}`, read: statusNamed, fits: isSame },
  direction: {
    expected: 'one of inbound, outbound, internal and external',
    read: (value) => DIRECTIONS.find((direction) => direction === value.toLowerCase()),
    fits: isSame,
  },
  sender: {
    expected: `${PARTY}, or ${NOBODY} for bounces`,
    read: (value) => (value === NOBODY ? NOBODY : readParty(value)),
    fits: isParty,
  },
  recipient: { expected: PARTY, read: readParty, fits: isParty },
  subject: {
    expected: 'a subject, in which * stands for any text, such as *invoice*',
    read: fold,
    fits: isLike,
  },
};

const FIELD_NAMES = Object.keys(FIELDS) as readonly RuleField[];
const A_FIELD = 'status, direction, sender, recipient or subject, and a colon';
/** A condition begins there. Other uses of "and" belong to a value. */
const NEXT_CONDITION = /\s+and\s+(?=[\p{L}\p{N}_-]+\s*:)/giu;
const WORD = /[\p{L}\p{N}_-]*/uy;
const SPACES = /\s*/y;

/** Reads a rule that is not blank. */
export function readRule(text: string): Rule | RuleProblem {
  if (text.length > MAX_RULE_CHARACTERS)
    return { position: MAX_RULE_CHARACTERS + 1, expected: `the end of the rule, which has ${text.length} characters` };
  return new RuleReader(text).read();
}

export function isProblem(read: object): read is RuleProblem {
  return 'expected' in read;
}

/** An address as rules compare it: folded, its domain as DNS knows it. `<>` for a sender that is none. */
export function comparableAddress(path: string): string {
  const address = addressOf(path);
  if (address === undefined) return NOBODY;
  const domain = domainOf(address);
  return domain === undefined ? fold(address) : `${fold(address.slice(0, address.lastIndexOf('@')))}@${domain}`;
}

/** A status as rules compare it. One that is not documented fits no rule. */
export function comparableStatus(status: string): string {
  return statusNamed(status) ?? status;
}

/** A wanted value without `@` is a domain. */
function isParty(address: string, wanted: string): boolean {
  if (wanted === NOBODY || address === NOBODY) return wanted === address;
  if (wanted.includes('@')) return isLike(address, wanted);
  const at = address.lastIndexOf('@');
  return at !== -1 && isLike(address.slice(at + 1), wanted);
}

/** `name@example.com`, `*@example.com`, `@example.com`, `example.com`, `*.example.com`. */
function readParty(value: string): string | undefined {
  const address = addressOf(value) ?? '';
  const at = address.lastIndexOf('@');
  const domain = readDomain(address.slice(at + 1));
  if (domain === undefined) return undefined;
  if (at > 0) return isAddress(address) ? `${fold(address.slice(0, at))}@${domain}` : undefined;
  if (/[.*]/.test(domain)) return domain;
  // One word alone is not a domain that mail comes from, but a name whose domain was forgotten.
  return at === 0 ? `*@${domain}` : undefined;
}

/** A label with a wildcard can only be compared as it stands. */
function readDomain(text: string): string | undefined {
  if (!text.includes('*')) return domainName(text);
  const labels = text.split('.').map((label) => {
    if (!label.includes('*')) return domainName(label);
    return /^[a-z\d_*-]+$/i.test(label) ? label.toLowerCase() : undefined;
  });
  return labels.includes(undefined) ? undefined : labels.join('.');
}

/** Stops the reading of a rule. */
class RuleError extends Error {
  readonly problem: RuleProblem;

  constructor(index: number, expected: string) {
    super(expected);
    this.problem = { position: index + 1, expected };
  }
}

class RuleReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): Rule | RuleProblem {
    try {
      const conditions: Condition[] = [];
      const texts: string[] = [];
      do {
        const { condition, text } = this.#condition(conditions);
        conditions.push(condition);
        texts.push(text);
      } while (this.#hasNext());
      return { text: texts.join(' and '), conditions };
    } catch (error) {
      if (error instanceof RuleError) return error.problem;
      throw error;
    }
  }

  #condition(before: readonly Condition[]): { readonly condition: Condition; readonly text: string } {
    const field = this.#field(before);
    const { fits } = FIELDS[field];
    const values: string[] = [];
    const texts: string[] = [];
    do {
      const { value, text } = this.#value(field);
      values.push(value);
      texts.push(text);
    } while (this.#hasComma(field));
    const condition = { field, values, fits: (value: string) => values.some((wanted) => fits(value, wanted)) };
    return { condition, text: `${field}: ${texts.join(', ')}` };
  }

  #field(before: readonly Condition[]): RuleField {
    this.#skip(SPACES);
    const start = this.#at;
    const word = this.#skip(WORD).toLowerCase();
    const field = FIELD_NAMES.find((name) => name === word);
    this.#skip(SPACES);
    if (field === undefined || this.#text[this.#at] !== ':') throw new RuleError(start, A_FIELD);
    if (before.some((condition) => condition.field === field))
      throw new RuleError(start, `another field: ${field} stands in this rule already`);
    this.#at += 1;
    this.#skip(SPACES);
    return field;
  }

  #value(field: RuleField): { readonly value: string; readonly text: string } {
    this.#skip(SPACES);
    const start = this.#at;
    const isQuoted = this.#text[start] === '"';
    const given = isQuoted ? this.#quoted() : this.#bare(field);
    const { read, expected } = FIELDS[field];
    const value = given === '' ? undefined : read(given);
    if (value === undefined) throw new RuleError(start, expected);
    const isPlain = !isQuoted && !given.includes('"');
    return { value, text: isPlain ? value : `"${value.replaceAll('"', '""')}"` };
  }

  /** Up to what follows the value. */
  #bare(field: RuleField): string {
    // A value that was left out leaves "and" behind the colon and a blank.
    NEXT_CONDITION.lastIndex = this.#at - 1;
    const next = NEXT_CONDITION.exec(this.#text)?.index ?? this.#text.length;
    const comma = field === 'subject' ? -1 : this.#text.indexOf(',', this.#at);
    const end = comma === -1 ? next : Math.min(next, comma);
    const value = this.#text.slice(this.#at, end).trimEnd();
    this.#at += value.length;
    return value;
  }

  /** A quotation mark within is written twice. */
  #quoted(): string {
    const start = this.#at;
    const found = /"((?:[^"]|"")*)"/y;
    const quoted = this.#skip(found);
    if (quoted === '') throw new RuleError(start, 'a second quotation mark at the end of the value');
    return quoted.slice(1, -1).replaceAll('""', '"');
  }

  /** Subjects have commas of their own. */
  #hasComma(field: RuleField): boolean {
    this.#skip(SPACES);
    if (field === 'subject' || this.#text[this.#at] !== ',') return false;
    this.#at += 1;
    return true;
  }

  #hasNext(): boolean {
    this.#skip(SPACES);
    if (this.#at === this.#text.length) return false;
    const and = this.#skip(/and\s+/iy);
    if (and === '') throw new RuleError(this.#at, 'the end of the rule, or " and " with another condition');
    return true;
  }

  /** Goes on after what matches here. */
  #skip(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const [found = ''] = pattern.exec(this.#text) ?? [];
    this.#at += found.length;
    return found;
  }
}
