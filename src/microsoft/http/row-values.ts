import { isIP } from 'node:net';
import type { JsonValue } from '../../model/json.js';

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

/**
 * No mail crossed Exchange before, nor will it then. Times outside are what programs write where they know none: .NET's
 * least and greatest date (the years 1 and 9999), the epochs of Unix (1970) and of Windows (1601), 2106 and so on.
 */
const FIRST_YEAR = '1990';
const LAST_YEAR = '2099';

/**
 * The times of both APIs, as UTC text with six fraction digits: `2022-07-25T12:26:13.240000Z`. By hand and without a
 * library: there are up to four in each row. Undefined for what is no time, or none that a message can have.
 */
export function timestampOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const timestamp = anyTimestampOf(value);
  if (timestamp === undefined) return undefined;
  // Years of four digits are in order as texts.
  const year = timestamp.slice(0, 4);
  return year >= FIRST_YEAR && year <= LAST_YEAR ? timestamp : undefined;
}

const TICKS = /^\/Date\((-?\d{1,16})(?:[+-]\d{4})?\)\/$/;
/** ISO 8601 with up to nine fraction digits; without a zone it is UTC. */
const ISO = /^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:?\d\d)?$/i;

function anyTimestampOf(value: string): string | undefined {
  const ticks = TICKS.exec(value);
  if (ticks?.[1] !== undefined) return timestampOfMs(Number(ticks[1]));
  if (value.startsWith(lastSecond) && UTC_FRACTION.test(value))
    return `${lastSecond}.${sixDigits(value.slice(20, -1))}Z`;
  const iso = ISO.exec(value);
  if (iso?.[1] === undefined) return undefined;
  const seconds = textOfSecond(Date.parse(`${iso[1].replace(' ', 'T')}${iso[3]?.toUpperCase() ?? 'Z'}`) / 1000);
  if (seconds === undefined) return undefined;
  lastSecond = seconds;
  return `${seconds}.${sixDigits(iso[2] ?? '')}Z`;
}

/** That of the last row: rows come in the order of their time, so that the next one often has the same. */
let lastSecond = 'none';
/** What follows a whole second in most answers. */
const UTC_FRACTION = /^.{19}\.\d{1,9}Z$/;

function sixDigits(fraction: string): string {
  return fraction.slice(0, 6).padEnd(6, '0');
}

/** Milliseconds since 1970, for the timestamps that this module writes. */
export function timestampMs(timestamp: string): number {
  const seconds = '2022-07-25T12:26:13'.length;
  return msOfSecond(`${timestamp.slice(0, seconds)}Z`) + Number(timestamp.slice(seconds + 1, seconds + 4));
}

/** Undefined beyond the years that four digits can name. */
export function timestampOfMs(ms: number): string | undefined {
  const second = Math.floor(ms / 1000);
  const text = textOfSecond(second);
  return text && `${text}.${String(Math.floor(ms - second * 1000)).padStart(3, '0')}000Z`;
}

/** Many rows have the same seconds, and all of an answer the same bounds: a date is made once for each second. */
const MAX_KNOWN = 5_000;
const knownTexts = new Map<number, string | undefined>();
const knownMs = new Map<string, number>();

/** `2022-07-25T12:26:13`. @param second since 1970 */
function textOfSecond(second: number): string | undefined {
  return known(knownTexts, second, () => {
    const date = new Date(second * 1000);
    const isNamed = date.getUTCFullYear() >= 0 && date.getUTCFullYear() <= 9999;
    return isNamed ? date.toISOString().slice(0, -'.000Z'.length) : undefined;
  });
}

/** @param text as JavaScript reads it; NaN for what is no time */
function msOfSecond(text: string): number {
  return known(knownMs, text, () => Date.parse(text));
}

function known<Key, Value>(values: Map<Key, Value>, key: Key, make: () => Value): Value {
  const value = values.get(key);
  if (value !== undefined) return value;
  const made = make();
  if (values.size >= MAX_KNOWN) values.clear();
  values.set(key, made);
  return made;
}
