import type { Books } from '../../../src/wire/live.js';
import { formatDuration } from '../../format/durations.js';
import { countOf } from '../../format/numbers.js';

export interface Verdict {
  /** `waiting`: nothing is wrong, rows have still to arrive. */
  readonly tone: 'good' | 'waiting' | 'wrong';
  readonly sentence: string;
}

/** What the books say, in a sentence. What cannot be put right by waiting comes first. */
export function verdictOf(books: Books): Verdict {
  if (books.unknown > 0) return wrong(`${countOf(books.unknown, 'row')} arrived that the tenant has never shown.`);
  if (books.unreadable > 0) return wrong(`${countOf(books.unreadable, 'event')} cannot be read.`);
  if (books.repeated > 0)
    return wrong(`${countOf(books.repeated, 'event')} arrived more than once.${onTheirWay(books)}`);
  if (books.missing > 0) return { tone: 'waiting', sentence: onTheirWay(books).trim() };
  if (books.visible === 0) return { tone: 'waiting', sentence: 'The tenant has shown no row yet.' };
  return { tone: 'good', sentence: 'All rows have arrived, each once.' };
}

function wrong(sentence: string): Verdict {
  return { tone: 'wrong', sentence };
}

function onTheirWay({ missing, oldestMissingSeconds }: Books): string {
  if (missing === 0) return '';
  const rows = `${countOf(missing, 'row')} ${missing === 1 ? 'is on its way' : 'are on their way'}`;
  if (oldestMissingSeconds === null) return ` ${rows}.`;
  return ` ${rows}, ${missing === 1 ? 'for' : 'the oldest for'} ${formatDuration(oldestMissingSeconds)}.`;
}
