export interface MessagePart {
  readonly kind: 'plain' | 'code' | 'hit';
  readonly text: string;
}

/** An error's code as the module writes it: `[MT-SETTINGS]`, `[SDK-INTAKE]`. */
const CODE = /\[(?:MT|SDK)-[A-Z0-9-]+\]/gu;

/**
 * A message cut where something is to stand out: the search's hits, and error codes where nothing was found in them.
 */
export function messageParts(message: string, search: string): readonly MessagePart[] {
  return cutAt(message, hitsOf(message, search.trim()), 'hit').flatMap((part) =>
    part.kind === 'hit' ? [part] : cutAt(part.text, [...part.text.matchAll(CODE)].map(placeOf), 'code'),
  );
}

type Place = readonly [start: number, end: number];

function hitsOf(message: string, search: string): readonly Place[] {
  if (search === '') return [];
  const pattern = new RegExp(search.replace(/[\\^$.*+?()[\]{}|/]/gu, '\\$&'), 'giu');
  return [...message.matchAll(pattern)].map(placeOf);
}

function placeOf(match: RegExpExecArray): Place {
  return [match.index, match.index + match[0].length];
}

function cutAt(text: string, places: readonly Place[], kind: 'code' | 'hit'): readonly MessagePart[] {
  const parts: MessagePart[] = [];
  let from = 0;
  for (const [start, end] of places) {
    parts.push({ kind: 'plain', text: text.slice(from, start) }, { kind, text: text.slice(start, end) });
    from = end;
  }
  parts.push({ kind: 'plain', text: text.slice(from) });
  return parts.filter((part) => part.text !== '');
}
