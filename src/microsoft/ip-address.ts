import { isIP } from 'node:net';
import type { JsonValue } from '../json.js';

/**
 * `203.0.113.9:25`, `[2001:db8::1]:25`, `[203.0.113.9]` and SMTP's address literal `[IPv6:2001:db8::1]`, less the port.
 */
const DECORATED = /^(?:\[(?:ipv6:)?([^[\]]+)\](?::\d{1,5})?|([\d.]+):\d{1,5})$/i;
/** How the URL parser writes an IPv4 address that is mapped into IPv6, whatever its spelling was. */
const MAPPED = /^\[::ffff:([\da-f]{1,4}):([\da-f]{1,4})\]$/;

/**
 * The bare IP address in a field, without port, brackets, blanks and zone, and IPv4 where it is mapped into IPv6: an
 * indicator matches no other spelling, and an index refuses the whole event for one that is no address.
 * Undefined where there is none.
 */
export function ipAddressOf(value: JsonValue | undefined): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  const version = isIP(value);
  if (version === 4) return value;
  return version === 6 ? bareIpV6(value) : decorated(value);
}

function decorated(text: string): string | undefined {
  const trimmed = text.replace(/^[\s\p{Cf}]+|[\s\p{Cf}]+$/gu, '');
  const [, inBrackets, beforePort] = DECORATED.exec(trimmed) ?? [];
  const bare = (inBrackets ?? beforePort ?? trimmed).trim();
  const version = isIP(bare);
  if (version === 6) return bareIpV6(bare);
  return version === 4 ? bare : undefined;
}

function bareIpV6(text: string): string {
  // Node.js takes an address with its zone for an address.
  const address = text.split('%', 1)[0] ?? text;
  if (!/:ffff:/i.test(address)) return address;
  const [, high, low] = MAPPED.exec(new URL(`http://[${address}]/`).hostname) ?? [];
  if (high === undefined || low === undefined) return address;
  const [one, other] = [parseInt(high, 16), parseInt(low, 16)];
  return [one >> 8, one & 0xff, other >> 8, other & 0xff].join('.');
}
