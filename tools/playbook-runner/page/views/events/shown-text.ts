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
