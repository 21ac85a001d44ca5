import fc from 'fast-check';
import { ENCODINGS } from '../../src/log/spellings.js';

/** So many characters of a secret in a row must not come out. */
const WINDOW = 8;

const isVaried = (text: string) => new Set(text).size >= 3;

function windowsOf(text: string, length = WINDOW): string[] {
  return Array.from({ length: Math.max(0, text.length - length + 1) }, (_none, at) => text.slice(at, at + length));
}

/** Every piece of it has three different characters. Lines of dashes and stars are not secrets. */
const isSecret = (text: string) => text.trim() === text && windowsOf(text).every((window) => isVaried(window.trim()));

const tricky = fc.constantFrom(
  '<b>',
  '</b>',
  '  ',
  '&amp;',
  '&',
  '"',
  '\\',
  '\\n',
  '%41',
  '%',
  '+',
  '/',
  '=',
  'é',
  "'",
  '{',
);
const letters = fc.stringMatching(/^[a-zA-Z0-9]{1,6}$/);

/** Passwords with all that encoders touch, keys, and tokens. */
export const anySecret = fc
  .oneof(
    fc.array(fc.oneof(letters, tricky), { minLength: 4, maxLength: 20 }).map((parts) => parts.join('')),
    fc.stringMatching(/^[\x21-\x7e]{12,40}$/),
    fc.stringMatching(/^eyJ[\w-]{20,80}\.[\w-]{20,300}\.[\w-]{40,90}$/),
    fc.tuple(letters, letters, letters).map(([one, two, three]) => `Pw-${one}<b>${two}  ${three}!x9`),
  )
  .filter((text) => text.length >= 12 && isSecret(text));

/** Encodings that spell each character for itself. */
const PIECEWISE = [
  'plain',
  'json',
  'json in json',
  'json by number',
  'html',
  'html by number',
  'html twice',
  'url',
  'url in lower case',
  'form',
  'hex',
];
const BASE64 = ['base64', 'base64url'];

export interface Echo {
  /** What comes back: the secret in a text, in some spelling, cut somewhere. */
  readonly text: string;
  /** What must not come out of it. */
  readonly forbidden: readonly string[];
}

function encode(name: string, text: string): string {
  return ENCODINGS[name]!(text);
}

/** The pieces of a spelling that tell eight characters of the secret. */
function forbiddenPieces(secret: string, name: string): string[] {
  if (PIECEWISE.includes(name)) return windowsOf(secret).map((window) => encode(name, window));
  // What does not depend on the neighbours: with other ones before and behind it, it is the same.
  return [0, 1, 2].flatMap((shift) => {
    const one = windowsOf(encode(name, `${'a'.repeat(shift)}${secret}aaa`));
    const other = new Set(windowsOf(encode(name, `${'~'.repeat(shift)}${secret}~~~`)));
    return one.filter((window) => other.has(window) && isVaried(window));
  });
}

const wrapped = (text: string, width: number) => text.replace(new RegExp(`.{${width}}(?=.)`, 'g'), '$&\r\n');

/** How a server or a proxy echoes a secret. */
export function anyEcho(secret: string): fc.Arbitrary<Echo> {
  const spelling = fc.oneof(
    fc.constantFrom(...PIECEWISE).map((name) => ({ name, spelled: encode(name, secret) })),
    fc
      .tuple(
        fc.constantFrom(...BASE64),
        fc.constantFrom('', 'u:', ':', 'svc-trace@example.corp:', '{"intake_key":"'),
        fc.constantFrom('', '"}', ', and more'),
      )
      .map(([name, before, behind]) => ({ name, spelled: encode(name, before + secret + behind) })),
    fc
      .tuple(fc.constantFrom(...BASE64), fc.integer({ min: 9, max: 76 }))
      .map(([name, width]) => ({ name, spelled: wrapped(encode(name, secret), width) })),
  );
  return fc
    .record({
      spelling,
      outer: fc.constantFrom('plain', 'json', 'html', 'url', 'json in json'),
      before: fc.oneof(
        fc.nat({ max: 20 }),
        fc.integer({ min: 230, max: 320 }),
        fc.integer({ min: 19_900, max: 20_010 }),
      ),
      behind: fc.nat({ max: 400 }),
      cutFront: fc.oneof(fc.constant(0), fc.nat({ max: 400 })),
      cutEnd: fc.oneof(fc.constant(0), fc.nat({ max: 600 })),
    })
    .map(({ spelling: { name, spelled }, outer, before, behind, cutFront, cutEnd }) => {
      const whole = `${'. '.repeat(before / 2)}${encode(outer, spelled)}${' .'.repeat(behind / 2)}`;
      const text = whole.slice(Math.min(cutFront, whole.length), Math.max(0, whole.length - cutEnd));
      const pieces = [...forbiddenPieces(secret, 'plain'), ...forbiddenPieces(secret, name)];
      return { text, forbidden: [...new Set(pieces)].map(comparable) };
    });
}

/** Case and blanks do not hide a piece. */
function comparable(text: string): string {
  return text.toLowerCase().replace(/[\s+]+/g, '');
}

/** The forbidden pieces that a text holds; one that has less than eight characters without its blanks is none. */
export function leaksIn(text: string, forbidden: readonly string[]): string[] {
  const seen = comparable(text);
  return forbidden.filter((piece) => piece.length >= WINDOW && seen.includes(piece));
}
