/** A text, and where each of its code units stands in the text that it was made of. */
export interface Decoded {
  readonly text: string;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

/**
 * Percent-encoding (also of forms and of JavaScript's `escape`), character references of HTML and XML, and escapes of
 * JSON and JavaScript. Any other backslash is one.
 */
const ESCAPES =
  /(?:%[\da-f]{2})+|%u[\da-f]{4}|&(?:#x[\da-f]{1,6}|#\d{1,7}|[a-z]{2,8});?|\\(?:u[\da-f]{4}|x[\da-f]{2}|["'\\/bfnrt])/gi;

/** Of the characters that are not letters or digits; no encoder writes letters by name. */
const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  apos: "'",
  ast: '*',
  bsol: '\\',
  colon: ':',
  comma: ',',
  commat: '@',
  dollar: '$',
  equals: '=',
  excl: '!',
  grave: '`',
  gt: '>',
  hat: '^',
  hyphen: '-',
  lbrace: '{',
  lbrack: '[',
  lcub: '{',
  lowbar: '_',
  lpar: '(',
  lsqb: '[',
  lt: '<',
  nbsp: ' ',
  num: '#',
  percnt: '%',
  period: '.',
  plus: '+',
  quest: '?',
  quot: '"',
  rbrace: '}',
  rbrack: ']',
  rcub: '}',
  rpar: ')',
  rsqb: ']',
  semi: ';',
  sol: '/',
  tilde: '~',
  verbar: '|',
};
const CONTROLS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

/** More encodings than that lie on top of each other nowhere: JSON in JSON in an address in HTML. */
const MAX_ROUNDS = 5;

/** The text as it is, then with one encoding after another undone, as long as there are some. */
export function* decodings(text: string): Generator<Decoded, void, undefined> {
  const starts = Uint32Array.from({ length: text.length }, (_, index) => index);
  let layer: Decoded | undefined = { text, starts, ends: starts.map((start) => start + 1) };
  for (let round = 0; round <= MAX_ROUNDS && layer !== undefined; round += 1) {
    yield layer;
    layer = decodeOnce(layer);
  }
}

/** Undefined where nothing is encoded. */
function decodeOnce({ text, starts, ends }: Decoded): Decoded | undefined {
  const made = new Writer(text.length);
  let done = 0;
  let hasChanged = false;
  for (const { 0: escape, index } of text.matchAll(ESCAPES)) {
    made.copy({ text, starts, ends }, done, index);
    done = index;
    for (const [units, length] of meaningOf(escape)) {
      made.add(units, starts[done] ?? 0, ends[done + length - 1] ?? 0);
      hasChanged ||= units !== text.slice(done, done + length);
      done += length;
    }
  }
  if (!hasChanged) return undefined;
  made.copy({ text, starts, ends }, done, text.length);
  return made.written();
}

/** Puts a decoded text together. */
export class Writer {
  #text = '';
  readonly #starts: Uint32Array;
  readonly #ends: Uint32Array;

  /** @param maxUnits no encoding is shorter than what it stands for */
  constructor(maxUnits: number) {
    this.#starts = new Uint32Array(maxUnits);
    this.#ends = new Uint32Array(maxUnits);
  }

  add(units: string, start: number, end: number): void {
    this.#starts.fill(start, this.#text.length, this.#text.length + units.length);
    this.#ends.fill(end, this.#text.length, this.#text.length + units.length);
    this.#text += units;
  }

  copy({ text, starts, ends }: Decoded, from: number, to: number): void {
    this.#starts.set(starts.subarray(from, to), this.#text.length);
    this.#ends.set(ends.subarray(from, to), this.#text.length);
    this.#text += text.slice(from, to);
  }

  written(): Decoded {
    return { text: this.#text, starts: this.#starts, ends: this.#ends };
  }
}

/** What an escape stands for, piece by piece, and how many characters each piece has. */
function* meaningOf(escape: string): Generator<readonly [units: string, length: number], void, undefined> {
  if (escape.startsWith('&')) yield [referenced(escape) ?? escape, escape.length];
  else if (escape.startsWith('\\')) yield [unescaped(escape.slice(1)), escape.length];
  else if (/^%u/i.test(escape)) yield [unescaped(escape.slice(1)), escape.length];
  else yield* percentDecoded(Buffer.from(escape.replaceAll('%', ''), 'hex'));
}

function referenced(reference: string): string | undefined {
  const name = reference.slice(1).replace(/;$/, '').toLowerCase();
  if (!name.startsWith('#')) return Object.hasOwn(NAMED, name) ? NAMED[name] : undefined;
  const code = name.startsWith('#x') ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
  return code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}

function unescaped(escape: string): string {
  if (escape.length > 1) return String.fromCharCode(Number.parseInt(escape.slice(1), 16));
  return CONTROLS[escape] ?? escape;
}

/** As UTF-8 where it is, and byte by byte as Latin-1 where it is not. */
function* percentDecoded(bytes: Buffer): Generator<readonly [string, number], void, undefined> {
  for (let at = 0; at < bytes.length;) {
    const lead = bytes[at] ?? 0;
    const count = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 1;
    const character = bytes.toString('utf8', at, at + count);
    const isUtf8 = lead < 0x80 || (count > 1 && !character.includes('\ufffd'));
    const length = isUtf8 ? count : 1;
    yield [isUtf8 ? character : String.fromCharCode(lead), 3 * length];
    at += length;
  }
}
