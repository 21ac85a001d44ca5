import { camelCaseStatus } from '../message-trace/status.js';
import { fold, isLike } from '../message-trace/wildcard.js';
import type { TraceRecord } from '../model/record.js';
import { bracketed, canonicalIp, type QueryProperty, type TraceQuery } from './filter.js';

/** Microsoft Graph cuts subjects there. */
const SUBJECT_CHARACTERS = 256;

type Test = (text: string, wanted: string) => boolean;

const isSame: Test = (text, wanted) => text === wanted;

const SUBJECT_TESTS: Readonly<Record<TraceQuery['subjectMatch'], Test>> = {
  contains: (text, wanted) => text.includes(wanted),
  starts_with: (text, wanted) => text.startsWith(wanted),
  ends_with: (text, wanted) => text.endsWith(wanted),
  equals: (text, wanted) => text === wanted || (text.length >= SUBJECT_CHARACTERS && wanted.startsWith(text)),
};

/** How the values of a property are spelled for comparing, and compared. */
interface Comparison {
  readonly property: QueryProperty;
  readonly spell: (text: string) => string;
  readonly test: Test;
}

/**
 * The test for a query: whether a row fits all of it, whatever the service has filtered by, since that may pass over a
 * filter in silence. Of a subject that the service has cut at 256 characters, only those are compared.
 */
export function rowFilter(query: TraceQuery): (row: TraceRecord) => boolean {
  const { range } = query;
  const comparisons: readonly Comparison[] = [
    { property: 'traceId', spell: (text) => text.toLowerCase(), test: isSame },
    { property: 'messageId', spell: bracketed, test: isSame },
    { property: 'recipient', spell: fold, test: isLike },
    { property: 'sender', spell: fold, test: isLike },
    { property: 'subject', spell: fold, test: SUBJECT_TESTS[query.subjectMatch] },
    { property: 'status', spell: camelCaseStatus, test: isSame },
    { property: 'fromIp', spell: canonicalIp, test: isSame },
    { property: 'toIp', spell: canonicalIp, test: isSame },
  ];
  const tests = comparisons
    .filter(({ property }) => query[property].length > 0)
    .map(({ property, spell, test }) => {
      const wanted = query[property].map(spell);
      return (row: TraceRecord) => {
        const text = row[property];
        if (text === undefined) return false;
        const spelled = spell(text);
        return wanted.some((value) => test(spelled, value));
      };
    });
  return (row) => {
    const { receivedMs = NaN } = row;
    return receivedMs >= range.start && receivedMs < range.end && tests.every((test) => test(row));
  };
}
