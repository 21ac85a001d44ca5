import { pickWeighted, type Weighted } from '../random.js';

type Make = (number: number) => string | null;

/** Addresses from the blocks that are set aside for documentation (RFC 5737 and RFC 3849). */
const outside: Weighted<Make> = [
  [(number) => `2001:db8:${hex(number >>> 16)}::${hex(number & 0xffff)}`, 0.2],
  [() => null, 0.05],
  [(number) => `192.0.2.${number & 0xff}`, 0.3],
  [(number) => `198.51.100.${number & 0xff}`, 0.2],
  [(number) => `203.0.113.${number & 0xff}`, 1],
];

/** An IPv4 or IPv6 address, sometimes none. `at` in [0, 1) chooses the kind, `number` (32 bits) the address. */
export function outsideIp(at: number, number: number): string | null {
  return pickWeighted(outside, at)(number);
}

function hex(number: number): string {
  return number.toString(16);
}
