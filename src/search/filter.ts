import { isIP } from 'node:net';
import { MAX_SEARCH_VALUES } from '@sekoia/automation-sdk-shim/budgets';
import { isAddress } from '../message-trace/address.js';
import { STATUSES_TO_ASK_FOR, statusNamed } from '../message-trace/status.js';
import { ipAddressOf } from '../microsoft/http/row-values.js';
import type { TimeRange } from '../model/progress.js';
import { DEFAULT_PERIOD_MS, rangeOf } from './period.js';

/** One value or several, of which any will do. What is empty or blank counts as not given. */
type Values = string | readonly string[];

const SUBJECT_MATCHES = ['contains', 'starts_with', 'ends_with', 'equals'] as const;

/** All of these compare without case. */
type SubjectMatch = (typeof SUBJECT_MATCHES)[number];

/** Which rows to find: those that fit everything that is given. */
export interface TraceFilter {
  /** Addresses, in which `*` stands for any text: `*@example.com`. `<>` is the sender of bounces. */
  readonly sender?: Values | undefined;
  readonly recipient?: Values | undefined;
  readonly subject?: Values | undefined;
  /** How `subject` is compared. Default `contains`. */
  readonly subjectMatch?: string | undefined;
  /** The Message-ID header, with its angle brackets or without. */
  readonly messageId?: Values | undefined;
  /** Message trace IDs, which Defender and headers call the network message ID. */
  readonly traceId?: Values | undefined;
  /** `delivered`, `filteredAsSpam` …, in any spelling. */
  readonly status?: Values | undefined;
  readonly fromIp?: Values | undefined;
  readonly toIp?: Values | undefined;
  /** When Exchange received the message, as ISO 8601: from `start` on and before `end`. UTC without a zone. */
  readonly start?: string | undefined;
  /** Default: now. */
  readonly end?: string | undefined;
  /** In the place of `start`: how far before the end to begin, such as `90m`, `48h`, `10d`. Default `48h`. */
  readonly period?: string | undefined;
}

/** A filter that was checked. An empty list fits every row. */
export interface TraceQuery {
  readonly sender: readonly string[];
  readonly recipient: readonly string[];
  readonly subject: readonly string[];
  readonly subjectMatch: SubjectMatch;
  readonly messageId: readonly string[];
  readonly traceId: readonly string[];
  readonly status: readonly string[];
  readonly fromIp: readonly string[];
  readonly toIp: readonly string[];
  readonly range: TimeRange;
}

/** The properties of a query that have values to compare. */
export type QueryProperty = Exclude<keyof TraceQuery, 'subjectMatch' | 'range'>;

/** A filter that means nothing. The message has a sentence for each problem, with what to write instead. */
export class FilterError extends Error {
  override readonly name = 'FilterError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join(' '));
    this.problems = problems;
  }
}

/** Brings a value to the form that Microsoft Graph has it in, or says what it must be. */
type Reader = (value: string) => string | { readonly mustBe: string };

const ADDRESS = 'an address such as name@example.com, or *@example.com for a whole domain';
const MAX_ADDRESS_LENGTH = 320;

function address(value: string): ReturnType<Reader> {
  return isAddress(value) && value.length <= MAX_ADDRESS_LENGTH ? value : { mustBe: ADDRESS };
}

function traceId(value: string): ReturnType<Reader> {
  const [, ...groups] =
    /^\{?([\da-f]{8})-?([\da-f]{4})-?([\da-f]{4})-?([\da-f]{4})-?([\da-f]{12})\}?$/i.exec(value) ?? [];
  return groups.length > 0
    ? groups.join('-').toLowerCase()
    : { mustBe: 'a GUID such as 7e3b2b2e-1b5e-4b17-80cc-2af6c1d9a3b1' };
}

function status(value: string): ReturnType<Reader> {
  return statusNamed(value) ?? { mustBe: `one of ${STATUSES_TO_ASK_FOR}` };
}

function ipAddress(value: string): ReturnType<Reader> {
  const ip = ipAddressOf(value);
  return ip === undefined ? { mustBe: 'an IP address such as 203.0.113.9' } : canonicalIp(ip);
}

const READERS: Readonly<Record<QueryProperty, { readonly name: string; readonly read: Reader }>> = {
  sender: { name: 'sender', read: (value) => (value === '<>' ? value : address(value)) },
  recipient: { name: 'recipient', read: address },
  subject: { name: 'subject', read: (value) => value },
  messageId: { name: 'message_id', read: bracketed },
  traceId: { name: 'message_trace_id', read: traceId },
  status: { name: 'status', read: status },
  fromIp: { name: 'from_ip', read: ipAddress },
  toIp: { name: 'to_ip', read: ipAddress },
};

/**
 * @param nowMs milliseconds since 1970
 * @param periodMs how far back to search where neither a start nor a period is given
 * @throws FilterError
 */
export function checkFilter(filter: TraceFilter, nowMs: number, periodMs = DEFAULT_PERIOD_MS): TraceQuery {
  const problems: string[] = [];
  const values = (property: QueryProperty): readonly string[] => {
    const { name, read } = READERS[property];
    return readValues(filter[property], name, read, problems);
  };
  const match = blankAsUndefined(filter.subjectMatch)?.toLowerCase() ?? 'contains';
  const subjectMatch = SUBJECT_MATCHES.find((one) => one === match);
  if (subjectMatch === undefined) problems.push(`subject_match must be one of ${SUBJECT_MATCHES.join(', ')}.`);
  const range = rangeOf(
    {
      start: blankAsUndefined(filter.start),
      end: blankAsUndefined(filter.end),
      period: blankAsUndefined(filter.period),
    },
    nowMs,
    periodMs,
  );
  if ('problem' in range) problems.push(range.problem);
  const query = {
    sender: values('sender'),
    recipient: values('recipient'),
    subject: values('subject'),
    messageId: values('messageId'),
    traceId: values('traceId'),
    status: values('status'),
    fromIp: values('fromIp'),
    toIp: values('toIp'),
  };
  if (problems.length > 0 || subjectMatch === undefined || 'problem' in range) throw new FilterError(problems);
  return { ...query, subjectMatch, range };
}

function readValues(given: Values | undefined, name: string, read: Reader, problems: string[]): readonly string[] {
  const texts = [given ?? []].flat().filter((value) => value.trim() !== '');
  if (texts.length > MAX_SEARCH_VALUES)
    problems.push(
      `${name} has ${texts.length} values, where ${MAX_SEARCH_VALUES} are the limit. Search in several steps.`,
    );
  const found = new Set<string>();
  for (const text of texts) {
    // Half of a character has no form in an address.
    const value = text.isWellFormed() ? read(name === 'subject' ? text : text.trim()) : { mustBe: 'valid Unicode' };
    if (typeof value === 'string') found.add(value);
    else problems.push(`${name} must be ${value.mustBe}, but is ${JSON.stringify(text.slice(0, 100))}.`);
  }
  return [...found];
}

function blankAsUndefined(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === '' ? undefined : text.trim();
}

/** Message-IDs are compared with their angle brackets, as rows have them. */
export function bracketed(messageId: string): string {
  const text = messageId.trim();
  return text.startsWith('<') && text.endsWith('>') ? text : `<${text}>`;
}

/** One spelling for each IPv6 address. */
export function canonicalIp(ip: string): string {
  return isIP(ip) === 6 ? new URL(`http://[${ip}]/`).hostname.slice(1, -1) : ip;
}
