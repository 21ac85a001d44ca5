/** A stretch of text that looks like one value of JSON: [from, to). */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** More is not looked at: enough to change something in. */
const MAX_CHARACTERS = 200_000;
const MAX_TOKENS = 4_000;

/** The values in a text that need not be JSON, members' names left out. */
export function valuesIn(text: string): Span[] {
  const open: number[] = [];
  const spans: Span[] = [];
  for (const { from, to } of tokensIn(text)) {
    const first = text[from];
    if (first === '{' || first === '[') open.push(from);
    else if (first === '}' || first === ']') {
      const start = open.pop();
      if (start !== undefined) spans.push({ from: start, to });
    } else if (!isBeforeColon(text, to)) spans.push({ from, to });
  }
  return spans;
}

/** The names of members, quotes included. */
export function namesIn(text: string): Span[] {
  return [...tokensIn(text)].filter(({ from, to }) => text[from] === '"' && isBeforeColon(text, to));
}

export function replaceSpan(text: string, { from, to }: Span, by: string): string {
  return text.slice(0, from) + by + text.slice(to);
}

/**
 * Strings, numbers, words and brackets. Each character is looked at once: a pattern would take its time with quotes
 * that do not end.
 */
function* tokensIn(text: string): Generator<Span, void, void> {
  const end = Math.min(text.length, MAX_CHARACTERS);
  for (let at = 0, tokens = 0; at < end && tokens < MAX_TOKENS;) {
    const to = tokenEnd(text, at, end);
    if (to > at) {
      tokens += 1;
      yield { from: at, to };
    }
    at = Math.max(to, at + 1);
  }
}

function tokenEnd(text: string, from: number, end: number): number {
  const first = text[from] ?? '';
  if ('[]{}'.includes(first)) return from + 1;
  if (first === '"') {
    let at = from + 1;
    while (at < end && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
    return at < end ? at + 1 : from;
  }
  let at = from;
  while (at < end && /[\w.+-]/.test(text[at] ?? '')) at += 1;
  return at;
}

function isBeforeColon(text: string, at: number): boolean {
  return /^\s{0,4}:/.test(text.slice(at, at + 5));
}
