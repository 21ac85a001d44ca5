import type { TraceRecord } from '../model/record.js';
import { addressOf, domainName, domainOf } from './address.js';

/** The tenant's own domains, each with its subdomains. */
export class InternalDomains {
  readonly #domains: readonly string[];

  /** @param domains such as `example.com`, `*.example.com` or `@example.com`, in any case; others are ignored */
  constructor(domains: readonly string[]) {
    const names = domains.map((domain) => domainName(domain.trim().replace(/^\*?[@.]/, '')));
    this.#domains = [...new Set(names.filter((name) => name !== undefined))];
  }

  /** Whether there is one to tell by. */
  get isEmpty(): boolean {
    return this.#domains.length === 0;
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
export function directionOf(record: TraceRecord, internal: InternalDomains): Direction {
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
