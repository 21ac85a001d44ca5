import { getDomain } from 'tldts';
import type { JsonValue } from '../model/json.js';
import type { TraceRecord } from '../model/record.js';
import { addressOf, domainOf } from './address.js';
import { type Direction, directionOf, type Tenant } from './direction.js';

/** How a row that goes out was found. */
export interface Appearance {
  /** The status that it went out with before. */
  readonly previousStatus?: string | undefined;
  /** Seconds from its reception until it appeared, where its time had been read before. */
  readonly lateBySeconds?: number | undefined;
}

/** A sender or a recipient. What its address does not tell is undefined. */
export interface Party {
  /** In lower case, as Exchange knows no other difference. */
  readonly email?: string | undefined;
  readonly name?: string | undefined;
  /** In the form of `domainOf`. */
  readonly domain?: string | undefined;
  readonly registeredDomain?: string | undefined;
}

const UNKNOWN: Required<Appearance> = { previousStatus: undefined, lateBySeconds: undefined };

/** What enriched events tell beyond the row. Each part is worked out when the first field asks for it. */
export class Enrichment {
  readonly appearance: Appearance;
  readonly tenant: Tenant;
  readonly #record: TraceRecord;
  #sender: Party | undefined;
  #recipient: Party | undefined;
  #direction: Direction | undefined;

  constructor(record: TraceRecord, tenant: Tenant, appearance: Appearance = UNKNOWN) {
    this.#record = record;
    this.tenant = tenant;
    this.appearance = appearance;
  }

  get sender(): Party {
    return (this.#sender ??= partyOf(addressOf(this.#record.sender)));
  }

  get recipient(): Party {
    return (this.#recipient ??= partyOf(addressOf(this.#record.recipient)));
  }

  get direction(): Direction {
    return (this.#direction ??= directionOf(this.#record, this.tenant.internal));
  }

  /** The tenant's person: the sender where the message comes from inside, else the recipient. */
  get own(): Party {
    if (this.direction === 'outbound' || this.direction === 'internal') return this.sender;
    return this.direction === 'inbound' ? this.recipient : NOBODY;
  }

  /** What both parties have of a kind, each once. */
  both(part: (party: Party) => string | undefined): JsonValue | undefined {
    const [from, to] = [part(this.sender), part(this.recipient)];
    const parts = from === to ? [from] : [from, to];
    const present = parts.filter((each) => each !== undefined);
    return present.length === 0 ? undefined : present;
  }
}

const NOBODY: Party = {};
/** The last part of an address of Exchange's own (X.500): `/o=ExchangeLabs/ou=…/cn=Recipients/cn=alice`. */
const COMMON_NAME = /^\/o=.*\/cn=([^/]+)$/is;

/** Far longer than any that can be delivered to. What is even longer would stand in the event many times. */
const MAX_ADDRESS = 1_000;

function partyOf(address: string | undefined): Party {
  if (address === undefined || address.length > MAX_ADDRESS) return NOBODY;
  const email = address.toLowerCase();
  const at = email.lastIndexOf('@');
  if (at === -1) return { name: COMMON_NAME.exec(email)?.[1] ?? email };
  const domain = domainOf(email);
  const registeredDomain = domain && registeredDomainOf(domain);
  return { email, name: email.slice(0, at), domain, registeredDomain };
}

/** Few domains come often. */
const MAX_KNOWN = 10_000;
const registeredDomains = new Map<string, string | undefined>();

/** By the Public Suffix List with its private part: `evil.github.io` is registered by itself. */
function registeredDomainOf(name: string): string | undefined {
  if (registeredDomains.has(name)) return registeredDomains.get(name);
  const registered = getDomain(name, { allowPrivateDomains: true, extractHostname: false }) ?? undefined;
  if (registeredDomains.size >= MAX_KNOWN) registeredDomains.clear();
  registeredDomains.set(name, registered);
  return registered;
}

/** One field of an event. Events are made from a table of them, and docs/events.md, too. */
export interface EventField {
  /** In the Elastic Common Schema, or of Sekoia.io's documentation of the integration (`office365.*`). */
  readonly name: string;
  /** Elasticsearch's type. `[]`: several. */
  readonly type: 'date' | 'keyword' | 'keyword[]' | 'ip' | 'ip[]' | 'long';
  /** The properties of the row that it is made of, by API. Absent where the API has none. */
  readonly graph?: string;
  readonly reportingWebService?: string;
  /** The version of the module that first had it. */
  readonly since: string;
  /** Only `event_format: enriched` has it. */
  readonly enriched?: true;
  readonly meaning: string;
  /** Undefined and empty texts leave the field out. */
  readonly value: (record: TraceRecord, enrichment: Enrichment) => JsonValue | undefined;
}
