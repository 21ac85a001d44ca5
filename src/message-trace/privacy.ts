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
      this.#hashes.set(folded, hash);
    }
    return path.replace(address, () => hash + (hasDomain(address) ? address.slice(address.lastIndexOf('@')) : ''));
  }

  /** A sentence in words of somebody else, which may quote an address. */
  sentence(text: string): string {
    if (!this.hidesAddresses) return text;
    return text.replace(/[^\s<>()[\],;"']+/g, (word) => (hasAddress(word.slice(1)) ? this.path(word) : word));
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
type Kind = 'address' | 'subject' | 'message id' | 'plain' | 'unknown';

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

/** A column that Microsoft may add is protected by what its name promises. */
function kindOf(column: string): Kind {
  const name = column.toLowerCase();
  const known = KINDS.get(name);
  if (known !== undefined) return known;
  if (/subject|topic/.test(name)) return 'subject';
  return /sender|recipient|mailbox|user|displayname/.test(name) && !/domain|ip$/.test(name) ? 'address' : 'unknown';
}

/** Shorter local parts stand in many a text, and tell nobody's name there. */
const MIN_LOCAL_PART = 3;
/** `RE: `, `Fwd: ` and the like. */
const REPLY = /^(?:\s*[a-z]{2,3}\s*:)+\s*/i;

class ProtectedRow {
  readonly #hides: { readonly subject: boolean; readonly addresses: boolean };
  readonly #privacy: Privacy;
  /** In lower case. */
  readonly #localParts: readonly string[];
  readonly #subjects: readonly string[];

  constructor(record: TraceRecord, hides: Pick<Protection, 'subject' | 'addresses'>, privacy: Privacy) {
    this.#hides = hides;
    this.#privacy = privacy;
    this.#localParts = [record.sender, record.recipient].flatMap(localPartOf);
    const subject = record.subject?.trim().toLowerCase() ?? '';
    this.#subjects = [subject, subject.replace(REPLY, '')].filter((text) => text !== '');
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
    const isTold = value === null || kind === 'plain' || kind === 'message id' || kind === 'unknown';
    return isTold || !this.#isHidden(kind) ? value : this.#protected(kind, String(value));
  }

  /** No documented column holds an object: its members are protected like the column, or by their own names. */
  #inner(kind: Kind, value: JsonObject): JsonObject {
    const of = (name: string): Kind => {
      if (kind === 'subject' || kind === 'address') return kind;
      const own = kindOf(name);
      return own === 'subject' || own === 'address' ? own : 'unknown';
    };
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [
        this.#hides.addresses && this.#namesSomebody(name) ? this.#privacy.path(name) : name,
        this.#value(of(name), member),
      ]),
    );
  }

  #isHidden(kind: 'address' | 'subject'): boolean {
    return kind === 'subject' ? this.#hides.subject : this.#hides.addresses;
  }

  #protected(kind: Kind, text: string): string | null {
    const { subject, addresses } = this.#hides;
    if (text.trim() === '') return text;
    if (kind === 'subject' && subject) return this.#privacy.subject(text);
    if (kind === 'address') return addresses ? this.#privacy.path(text) : text;
    if (kind === 'message id') return addresses && this.#names(mailboxOf(text)) ? this.#privacy.path(text) : text;
    if (kind === 'plain') return addresses && hasAddress(text) ? this.#privacy.path(text) : text;
    if (kind === 'unknown' && subject && this.#subjects.some((each) => holds(text.toLowerCase(), each)))
      return this.#privacy.subject(text);
    return addresses && this.#namesSomebody(text) ? this.#privacy.path(text) : text;
  }

  #namesSomebody(text: string): boolean {
    return hasAddress(text) || this.#names(text);
  }

  /** Whether it has a local part of the row as a word of its own. */
  #names(text: string): boolean {
    const folded = text.toLowerCase();
    return this.#localParts.some((localPart) => holds(folded, localPart));
  }
}

function localPartOf(path: string | undefined): string[] {
  const address = addressOf(path)?.toLowerCase();
  if (address === undefined) return [];
  const localPart = hasDomain(address) ? address.slice(0, address.lastIndexOf('@')) : address;
  return localPart.length < MIN_LOCAL_PART ? [] : [localPart];
}

/** The domain of a message id names a server. */
function mailboxOf(messageId: string): string {
  const at = messageId.lastIndexOf('@');
  return at === -1 ? messageId : messageId.slice(0, at);
}

function hasAddress(text: string): boolean {
  return text.includes('@') || text.includes('%40');
}

const LETTER = /[\p{L}\p{N}]/u;

/** Whether a text holds another that is no piece of a longer word there. */
function holds(text: string, part: string): boolean {
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + 1)) {
    const joinsBefore = LETTER.test(text.charAt(at - 1)) && LETTER.test(part.charAt(0));
    const joinsAfter = LETTER.test(text.charAt(at + part.length)) && LETTER.test(part.slice(-1));
    if (!joinsBefore && !joinsAfter) return true;
  }
  return false;
}
