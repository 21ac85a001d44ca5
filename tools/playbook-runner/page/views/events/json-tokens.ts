import { shownJson } from './shown-text.js';

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
