import { Finding } from '../engine/target.js';

/** Longer texts are not read, and logs are paid for by the byte. */
const LONGEST = 2_000;
// Line breaks, control characters, marks of direction and halves of characters: what passes itself off as another line.
const FORBIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u;

/** Checks that each text is one short line. @throws Finding */
export function expectShortLines(said: readonly string[]): void {
  for (const text of said) {
    if (text.length > LONGEST) throw new Finding('text', `A text has ${text.length} characters: ${text.slice(0, 100)}`);
    if (FORBIDDEN.test(text))
      throw new Finding(
        'text',
        `A text has characters that a line must not have: ${JSON.stringify(text.slice(0, 300))}`,
      );
  }
}

type ErrorClass = abstract new (...args: never[]) => Error;

/** Checks that an error has one of the documented classes, which say what to do next. @throws Finding */
export function expectKnown(error: unknown, known: readonly ErrorClass[]): asserts error is Error {
  if (known.some((one) => error instanceof one)) return;
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  // Where it came from tells one fault from another; a message may hold parts of the input.
  const place = /\((?:file:\/\/)?\S*\/((?:src|node_modules)\/[^)]*?):\d+\)?/.exec(stack)?.[1] ?? 'nowhere';
  const name = error instanceof Error ? error.name : typeof error;
  throw new Finding('class', `${name} instead of an error of ours: ${stack || String(error)}`, `${name} at ${place}`);
}
