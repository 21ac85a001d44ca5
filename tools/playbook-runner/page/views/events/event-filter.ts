import type { EventLine } from '../../../src/wire/live.js';
import { useState } from 'react';

/** Marks beyond the third on one letter: no language needs more, and a tower of them hides other lines. */
const EXCESS_MARKS = /(\p{M}{3})\p{M}+/gu;

/**
 * Controls, formats (such as those that turn the direction of text or have no width), line separators and what stands
 * for no character. Joiners stay: emoji, Persian and Indic scripts need them.
 */
const INVISIBLE = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}]/gu;

/**
 * A stranger's text as one harmless line: what would be invisible, or change what is around it, is named instead, as
 * in `[U+202E]`.
 */
export function shownText(text: string): string {
  return text
    .replace(INVISIBLE, (character) => `[U+${hex(character.codePointAt(0) ?? 0)}]`)
    .replace(EXCESS_MARKS, '$1');
}

/** The same within JSON, where an escape sequence stands for the character and line breaks are layout. */
export function shownJson(json: string): string {
  return json.replace(INVISIBLE, (character) => (character === '\n' ? character : escape(character)));
}

function escape(character: string): string {
  return Array.from({ length: character.length }, (_, index) => `\\u${hex(character.charCodeAt(index))}`).join('');
}

function hex(code: number): string {
  return code.toString(16).toUpperCase().padStart(4, '0');
}

export interface JsonToken {
  readonly kind: 'name' | 'text' | 'number' | 'word' | 'layout';
  readonly text: string;
}

/** A name is a text before a colon; words are true, false and null; everything between is layout. */
const TOKEN =
  /(?<name>"(?:[^"\\]|\\.)*"(?=:))|(?<text>"(?:[^"\\]|\\.)*")|(?<number>-?\d[\d.eE+-]*)|(?<word>true|false|null)|(?<layout>[\s{}[\],:]+)/gu;

/**
 * `value`, which must come from JSON, over several lines and told apart for colouring. Invisible characters are shown
 * as escapes.
 */
export function jsonTokens(value: unknown): readonly JsonToken[] {
  return [...shownJson(JSON.stringify(value, null, 2)).matchAll(TOKEN)].map((match) => ({
    kind: kindOf(match.groups ?? {}),
    text: match[0],
  }));
}

function kindOf(groups: Readonly<Record<string, string | undefined>>): JsonToken['kind'] {
  return (['name', 'text', 'number', 'word'] as const).find((kind) => groups[kind] !== undefined) ?? 'layout';
}

export interface EventFilter {
  /** Words; each must occur somewhere in the event's line. Capitals do not count. */
  readonly text: string;
  /** Null: whatever the status. */
  readonly status: string | null;
}

export const NO_EVENT_FILTER: EventFilter = { text: '', status: null };

/** Those of `events` that pass, in their order. */
export function filterEvents(events: readonly EventLine[], filter: EventFilter): readonly EventLine[] {
  const words = wordsOf(filter.text);
  if (words.length === 0 && filter.status === null) return events;
  return events.filter(
    (event) => (filter.status === null || event.status === filter.status) && containsAll(searchText(event), words),
  );
}

/** The statuses that occur, in alphabetical order, each with how often. */
export function statusesOf(events: readonly EventLine[]): readonly (readonly [status: string, count: number])[] {
  const counts = new Map<string, number>();
  for (const { status } of events) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts].sort(([one], [other]) => one.localeCompare(other));
}

function searchText(event: EventLine): string {
  return fold(`${event.from}\n${event.to}\n${event.subject}\n${event.status}\n${event.outcome}`);
}

function containsAll(text: string, words: readonly string[]): boolean {
  return words.every((word) => text.includes(word));
}

function wordsOf(text: string): readonly string[] {
  return fold(text)
    .split(/\s+/u)
    .filter((word) => word !== '');
}

/** Compatible forms alike, as full-width letters and ligatures are. */
function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

interface Numbered {
  /** Counts up from 1. */
  readonly number: number;
}

/** A list that stands still shows the lines of the moment at which it was held; null: it moves. */
export type Held<Line> = readonly Line[] | null;

/**
 * What is held next, `kept` being what there is now. A runner that was started again counts from 1: what was held is
 * gone.
 */
export function holdLines<Line extends Numbered>(
  held: Held<Line>,
  stored: readonly Line[],
  wanted: boolean,
): Held<Line> {
  if (!wanted || stored.length === 0) return null;
  return held === null || newest(stored) < newest(held) ? stored : held;
}

/** How many lines have come since. */
export function newSince<Line extends Numbered>(held: Held<Line>, stored: readonly Line[]): number {
  return held === null ? 0 : newest(stored) - newest(held);
}

function newest(lines: readonly Numbered[]): number {
  return lines.at(-1)?.number ?? 0;
}

/**
 * The lines to hold still while `wanted`; null while they may move.
 * @param before what was held when the list was last to be seen
 */
export function useHeldLines<Line extends { readonly number: number }>(
  stored: readonly Line[],
  wanted: boolean,
  before: Held<Line> = null,
): Held<Line> {
  const [held, setHeld] = useState(before);
  const next = holdLines(held, stored, wanted);
  if (next !== held) setHeld(next);
  return next;
}
