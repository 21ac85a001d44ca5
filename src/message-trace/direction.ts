import type { TraceRecord } from '../model/record.js';
import { addressOf, domainName, domainOf } from './address.js';

/** The tenant whose mail is traced. */
export interface Tenant {
  /** Its GUID or one of its domains, where it is known. */
  readonly id: string | undefined;
  readonly internal: InternalDomains;
  /** Of Microsoft Defender in the tenant's cloud, where it has one. */
  readonly portalUrl: string | undefined;
}

/** The tenant's own domains, each with its subdomains. */
export class InternalDomains {
  readonly #domains: readonly string[];
  /** The last that was asked for: the rows of a tenant name the same organization. */
  #wider: { readonly organization: string; readonly domains: InternalDomains } | undefined;

  /** @param domains such as `example.com`, `*.example.com` or `@example.com`, in any case; others are ignored */
  constructor(domains: readonly string[]) {
    const names = domains.map((domain) => domainName(domain.trim().replace(/^\*?[@.]/, '')));
    this.#domains = [...new Set(names.filter((name) => name !== undefined))];
  }

  /** In the form of `domainOf`. */
  get names(): readonly string[] {
    return this.#domains;
  }

  /** Whether there is one to tell by. */
  get isEmpty(): boolean {
    return this.#domains.length === 0;
  }

  /** These and an organization that a row names, where that is a domain and no display name. */
  with(organization: string | undefined): InternalDomains {
    if (organization?.includes('.') !== true) return this;
    if (this.#wider?.organization !== organization) {
      const name = domainName(organization);
      const domains = name === undefined || this.has(name) ? this : new InternalDomains([...this.#domains, name]);
      this.#wider = { organization, domains };
    }
    return this.#wider.domains;
  }

  /** @param domain in the form of `domainOf` */
  has(domain: string): boolean {
    return this.#domains.some((one) => domain === one || (domain.endsWith(one) && domain.at(-one.length - 1) === '.'));
  }
}

/** Seen from the tenant. `external`: from outside to outside, such as a forwarded message. */
export type Direction = 'inbound' | 'outbound' | 'internal' | 'external' | 'unknown';

/**
 * Where a message goes, by the domains of its sender and recipient. A bounce has the empty sender `<>`: it comes from
 * outside where a server handed it over, and else from the tenant's own Exchange.
 */
export function directionOf(record: TraceRecord, domains: InternalDomains): Direction {
  const internal = domains.with(record.organization);
  const to = domainOf(addressOf(record.recipient));
  if (internal.isEmpty || to === undefined) return 'unknown';
  const fromInside = isFromInside(record, internal);
  if (fromInside === undefined) return 'unknown';
  if (internal.has(to)) return fromInside ? 'internal' : 'inbound';
  return fromInside ? 'outbound' : 'external';
}

function isFromInside({ sender, fromIp }: TraceRecord, internal: InternalDomains): boolean | undefined {
  if (sender === undefined) return undefined;
  const address = addressOf(sender);
  if (address === undefined) return fromIp === undefined;
  const from = domainOf(address);
  return from === undefined ? undefined : internal.has(from);
}
