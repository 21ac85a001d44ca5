import { createHmac } from 'node:crypto';
import { isObject, type JsonObject, type JsonValue } from '../model/json.js';
import type { Protection, TraceRecord } from '../model/record.js';
import { addressOf, domainOf } from './address.js';
import { eventId, uuidOf } from './fields.js';

/** What of a row leaves the process as it came. */
export interface PrivacyOptions {
  readonly subject: 'keep' | 'hash' | 'drop';
  /** The part before the `@`. Domains always stay. */
  readonly addresses: 'keep' | 'hash';
  /** Of the hashes. Only where nothing is hashed may there be none. */
  readonly key?: string | undefined;
}

/** Hexadecimal digits of a hash: 128 bits. */
const HASH_DIGITS = 32;
/** Addresses come often, those of one tenant at least. */
const MAX_KNOWN = 10_000;
/** Far longer than any that can be delivered to. What is even longer is not remembered. */
const MAX_KNOWN_CHARACTERS = 1_000;

/**
 * Protects subjects and addresses of rows, in the record and in the row as Microsoft answered it, before anything is
 * made of them that leaves the process.
 */
export class Privacy {
  readonly #options: PrivacyOptions;
  readonly #hashes = new Map<string, string>();

  constructor(options: PrivacyOptions) {
    this.#options = options;
  }

  get hidesSubjects(): boolean {
    return this.#options.subject !== 'keep';
  }

  get hidesAddresses(): boolean {
    return this.#options.addresses === 'hash';
  }

  /** The record without what is to be protected. What was protected before is left as it is. */
  record(record: TraceRecord): TraceRecord {
    const before = record.protection;
    const subject = this.hidesSubjects && before?.subject !== true;
    const addresses = this.hidesAddresses && before?.addresses !== true;
    const id = eventId(record);
    const row = new ProtectedRow(record, { subject, addresses }, this);
    return {
      ...record,
      sender: row.text('address', record.sender),
      recipient: row.text('address', record.recipient),
      subject: row.text('subject', record.subject),
      messageId: row.text('message id', record.messageId),
      traceId: row.text('plain', record.traceId),
      status: row.text('plain', record.status),
      organization: row.text('plain', record.organization),
      raw: row.members(record.raw),
      protection: {
        // Without a key in it, an id would tell whether a guessed address is the right one.
        eventId: addresses ? uuidOf(this.hash('event', id), '8') : id,
        subject: subject || before?.subject === true,
        addresses: addresses || before?.addresses === true,
      },
    };
  }

  /** An entry that is no row. Nobody knows what its texts are: each is protected. */
  entry(value: JsonValue): JsonValue {
    if (typeof value === 'string') return value === '' ? '' : this.#entryText(value);
    if (Array.isArray(value)) return value.map((each) => this.entry(each));
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [
        this.hidesAddresses && hasAddress(name) ? this.path(name) : name,
        this.entry(member),
      ]),
    );
  }

  #entryText(text: string): string | null {
    return this.#options.key === undefined ? null : this.hash('text', text);
  }

  /** Null where subjects are dropped. */
  subject(text: string): string | null {
    return this.#options.subject === 'drop' ? null : this.hash('subject', text);
  }

  /** A sender, a recipient or a message id: what is before the last `@`. All of it where no domain follows. */
  path(path: string): string {
    const address = addressOf(path);
    if (address === undefined) return path;
    const folded = address.toLowerCase();
    let hash = this.#hashes.get(folded);
    if (hash === undefined) {
      hash = this.hash('address', folded);
      if (this.#hashes.size >= MAX_KNOWN) this.#hashes.clear();
      if (folded.length <= MAX_KNOWN_CHARACTERS) this.#hashes.set(folded, hash);
    }
    return path.replace(address, () => hash + (hasDomain(address) ? address.slice(address.lastIndexOf('@')) : ''));
  }

  /** A sentence in words of somebody else, or a subject, which may quote an address. */
  sentence(text: string): string {
    if (!this.hidesAddresses) return text;
    return text.replace(/"[^"@]*"@[^\s<>()[\],;:"'!?]+|[^\s<>()[\],;:"'!?]+/g, (word) =>
      hasAddress(word.slice(1)) ? this.path(word) : word,
    );
  }

  /** A kind has hashes of its own: mail with an address as its subject finds out nothing about the address. */
  hash(kind: 'subject' | 'address' | 'event' | 'text', text: string): string {
    const { key } = this.#options;
    if (key === undefined || key === '') throw new TypeError('There is no key to hash with.');
    return createHmac('sha256', key).update(`${kind}:${text}`).digest('hex').slice(0, HASH_DIGITS);
  }
}

/** Nothing but letters, digits, dots and hyphens: `domainOf` leaves out a path, which could hold anything. */
const DOMAIN = /@[\p{L}\p{M}\p{N}._-]+$/u;

function hasDomain(address: string): boolean {
  return DOMAIN.test(address) && domainOf(address) !== undefined;
}

/** What a column holds, by which it is protected. */
type Kind = 'address' | 'subject' | 'message id' | 'plain' | 'like address' | 'like subject' | 'unknown';

/** The documented columns of both APIs, in lower case. */
const KINDS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['senderaddress', 'address'],
  ['recipientaddress', 'address'],
  ['subject', 'subject'],
  ['messageid', 'message id'],
  ...[
    ...['messagetraceid', 'id', 'status', 'received', 'receiveddatetime', 'startdate', 'enddate', 'index'],
    ...['organization', 'fromip', 'toip', 'size', '@odata.type'],
  ].map((name) => [name, 'plain'] as const),
]);

/** By the names of columns as they came. All rows of an API have the same ones. */
const knownKinds = new Map<string, Kind>();
const MAX_KNOWN_KINDS = 100;

function kindOf(column: string): Kind {
  const known = knownKinds.get(column);
  if (known !== undefined) return known;
  const kind = kindByName(column.toLowerCase());
  if (knownKinds.size < MAX_KNOWN_KINDS) knownKinds.set(column, kind);
  return kind;
}

/** A column that Microsoft may add is protected by what its name promises. */
function kindByName(name: string): Kind {
  const known = KINDS.get(name);
  if (known !== undefined) return known;
  if (/subject|topic/.test(name)) return 'like subject';
  const isParty = /sender|recipient|mailbox|user|displayname/.test(name) && !/domain|ip$/.test(name);
  return isParty ? 'like address' : 'unknown';
}

/** Shorter local parts stand in many a text, and tell nobody's name there. */
const MIN_LOCAL_PART = 2;
/** Of a part of a local part. */
const MIN_WORD = 3;
/** `RE: `, `Fwd: ` and the like. */
const REPLY = /^(?:\s*[a-z]{2,3}\s*:)+\s*/i;

class ProtectedRow {
  readonly #hides: { readonly subject: boolean; readonly addresses: boolean };
  readonly #privacy: Privacy;
  /** In lower case, like the subjects. */
  readonly #localParts: readonly string[];
  readonly #subjects: readonly string[];

  constructor(record: TraceRecord, hides: Pick<Protection, 'subject' | 'addresses'>, privacy: Privacy) {
    this.#hides = hides;
    this.#privacy = privacy;
    const texts = (kind: Kind) =>
      Object.entries(record.raw).flatMap(([name, value]) => (kindOf(name) === kind ? textsIn(value) : []));
    this.#localParts = texts('address').flatMap(localPartsOf);
    const subjects = texts('subject').map((text) => text.trim().toLowerCase());
    this.#subjects = subjects.flatMap((text) => [text, text.replace(REPLY, '')]).filter((text) => text !== '');
  }

  text(kind: Kind, text: string | undefined): string | undefined {
    return text === undefined ? undefined : (this.#protected(kind, text) ?? undefined);
  }

  members(row: JsonObject): JsonObject {
    return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, this.#value(kindOf(name), value)]));
  }

  #value(kind: Kind, value: JsonValue): JsonValue {
    if (typeof value === 'string') return this.#protected(kind, value);
    if (Array.isArray(value)) return value.map((each) => this.#value(kind, each));
    if (isObject(value)) return this.#inner(kind, value);
    // In a column of addresses or subjects, a number is one of them.
    return value !== null && this.#isHidden(kind) ? this.#protected(kind, String(value)) : value;
  }

  /** No documented column holds an object: its members are protected like the column, or by their own names. */
  #inner(kind: Kind, value: JsonObject): JsonObject {
    const of = (name: string): Kind => {
      if (this.#isHidden(kind)) return kind;
      const own = kindOf(name);
      return own === 'plain' || own === 'message id' ? 'unknown' : own;
    };
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [
        this.#hides.addresses && this.#namesSomebody(name) ? this.#privacy.path(name) : name,
        this.#value(of(name), member),
      ]),
    );
  }

  /** Whether all of such a column is hidden, whatever it holds. */
  #isHidden(kind: Kind): boolean {
    const { subject, addresses } = this.#hides;
    return kind.endsWith('subject') ? subject : kind.endsWith('address') && addresses;
  }

  #protected(kind: Kind, text: string): string | null {
    const { subject, addresses } = this.#hides;
    if (text.trim() === '') return text;
    if (this.#isHidden(kind)) return kind.endsWith('subject') ? this.#privacy.subject(text) : this.#privacy.path(text);
    if (kind === 'address') return text;
    // Whoever keeps subjects need not keep the addresses that they quote.
    if (kind === 'subject') return addresses ? this.#privacy.sentence(text) : text;
    if (kind === 'message id') return addresses && this.#names(text) ? this.#withoutNames(text) : text;
    if (kind === 'plain') return addresses && hasAddress(text) ? this.#withoutNames(text) : text;
    if (subject && this.#subjects.some((each) => holds(text, each))) return this.#privacy.subject(text);
    return addresses && this.#namesSomebody(text) ? this.#withoutNames(text) : text;
  }

  /** All of it where what follows the `@` names somebody, too: `@alice`, or `<1@alices-laptop>` of a mail program. */
  #withoutNames(text: string): string {
    const path = this.#privacy.path(text);
    return this.#names(path) ? this.#privacy.hash('text', text) : path;
  }

  #namesSomebody(text: string): boolean {
    return hasAddress(text) || this.#names(text);
  }

  /** Whether it has a local part of the row as a word of its own. */
  #names(text: string): boolean {
    return this.#localParts.some((localPart) => holds(text, localPart));
  }
}

/** All texts of a value: a service that is broken may have a list or an object where one text belongs. */
function textsIn(value: JsonValue): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** Between the words of a local part: names, tags, what stands in quotes, the parts of an X.500 address. */
const BETWEEN_WORDS = /[\s"<>,;@+/=._-]+/;

/** The local part, and its words. */
function localPartsOf(path: string): string[] {
  const address = addressOf(path)?.toLowerCase();
  if (address === undefined) return [];
  const localPart = hasDomain(address) ? address.slice(0, address.lastIndexOf('@')) : address;
  const words = localPart.split(BETWEEN_WORDS).filter(({ length }) => length >= MIN_WORD);
  return localPart.length < MIN_LOCAL_PART ? words : [localPart, ...words];
}

function hasAddress(text: string): boolean {
  return text.includes('@') || text.includes('%40');
}

/** Two letters, or two digits: the name in `alice2026` stands by itself. */
const IN_ONE_WORD = /^(?:\p{L}\p{L}|\p{N}\p{N})$/u;
/** What may follow a name, as in `alices-laptop`. */
const GENITIVE = /^s(?!\p{L})/u;

/** Whether a text holds another, which is in lower case, in any case, and as no piece of a longer word. */
function holds(text: string, part: string): boolean {
  return [text, ...(text.includes('%') ? [decoded(text)] : [])].some((each) => hasWords(each.toLowerCase(), part));
}

/** As addresses of the web are decoded. */
function decoded(text: string): string {
  return text.replace(/(?:%[\da-f]{2})+/gi, (bytes) => Buffer.from(bytes.replaceAll('%', ''), 'hex').toString());
}

function hasWords(text: string, part: string): boolean {
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + 1)) {
    const joinsBefore = IN_ONE_WORD.test(text.charAt(at - 1) + part.charAt(0));
    const end = at + part.length;
    const joinsAfter = IN_ONE_WORD.test(part.slice(-1) + text.charAt(end)) && !GENITIVE.test(text.slice(end, end + 2));
    if (!joinsBefore && !joinsAfter) return true;
  }
  return false;
}
