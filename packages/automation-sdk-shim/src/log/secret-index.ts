import { type Decoded, decodings, Writer } from './decoding.js';

/** So much of a secret is worth hiding by itself. Seven characters in a row may stay. */
const WINDOW = 8;

/**
 * What stands in a decoded text where a secret stands: the secret, and what is made of its bytes. What `decodings`
 * undoes (JSON, HTML, addresses) is found in whatever order it was done. The usual ones are forms all the same: a stray
 * `%` before a secret would be decoded together with its first letters.
 */
function formsOf(secret: string): string[] {
  const plain = new Set<string>();
  for (const text of [secret, secret.trim(), wellFormed(secret)])
    for (const decoded of decodings(text)) plain.add(decoded.text);
  return [...new Set([...plain, ...encodedForms(secret), ...encodedForms(secret.trim())])];
}

/**
 * Longer secrets are tokens and keys. They are neither escaped nor spelled as Windows does before base64. An index
 * of all that would take megabytes.
 */
const MAX_CONFIGURED_CHARACTERS = 512;

/** What text holds a secret before it is encoded: as it is, in JSON, in a form, as Windows spells it. */
function encodedForms(secret: string): string[] {
  if (secret.length > MAX_CONFIGURED_CHARACTERS) return base64FormsOf(Buffer.from(secret));
  const inJson = JSON.stringify(secret).slice(1, -1);
  const inForm = new URLSearchParams([['', secret]]).toString().slice(1);
  const contents = [...new Set([secret, inJson, inForm])].map((text) => Buffer.from(text));
  const base64 = [...contents, Buffer.from(secret, 'utf16le')].flatMap(base64FormsOf);
  const escaped = [inJson, JSON.stringify(inJson).slice(1, -1), inForm, encodeURIComponent(wellFormed(secret))];
  return [...escaped, ...base64, Buffer.from(secret).toString('hex')];
}

/**
 * The base64 of bytes that stand within others, such as a password behind `user:`: by where they begin in a group of
 * three. The first and the last character depend on the neighbours and are left out, unless nothing follows.
 */
function base64FormsOf(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((shift) => {
    const shifted = Buffer.concat([Buffer.alloc(shift), bytes]);
    const first = shift === 0 ? 0 : shift + 1;
    const end = Math.floor((shifted.length * 8) / 6);
    return (['base64', 'base64url'] as const).flatMap((alphabet) => {
      const text = shifted.toString(alphabet);
      const last = text.slice(first);
      // The windows of a long form are those of its parts.
      return last.length > 2 * WINDOW ? last : [last.slice(0, end - first), last, last.replace(/=+$/, '')];
    });
  });
}

/** As it can be sent: a surrogate without its other half becomes U+FFFD. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

/** A half-open interval of code units. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** A shorter secret would turn up in ordinary words, and the holes would give it away. */
export const MIN_SECRET_CHARACTERS = 4;

/** A power of two, and several times the windows that there are. */
const HEADS = 1 << 18;
// Looked up once: under Jest, a look at a global costs ten times what the multiplication does.
const { imul } = Math;

/** The armour of keys is the same for all of them. */
const ARMOUR = /-----(?:BEGIN|END) ?[^-]*-----/g;

/**
 * - `pieces`: everything that shares eight characters with a secret. For foreign texts, which can be cut anywhere.
 * - `whole`: secrets from end to end, or 16 characters of one. For sentences of the module's own: none of them holds a
 *   piece of a secret, but a word of theirs can be a piece of a password.
 */
export type Sharpness = 'pieces' | 'whole';
const MIN_RUN = { pieces: WINDOW, whole: 2 * WINDOW };

/** Finds secrets in texts, whatever the text has been through: see `decodings` and `formsOf`. */
export class SecretIndex {
  readonly #windows = new Set<string>();
  /** Forms that are found as a whole only, by their first characters: shorter than two windows, or too plain. */
  readonly #wholes = new Map<string, Set<string>>();
  /** Where neither can begin: most places of a text need no look-up. */
  readonly #heads = new Uint8Array(HEADS);

  constructor(secrets: Iterable<string>) {
    for (const secret of secrets) for (const form of formsOf(secret)) this.#add(form);
  }

  /** Where secrets stand in a text: in order, apart from each other. */
  find(text: string, sharpness: Sharpness): Range[] {
    const found: Range[] = [];
    for (const decoded of decodings(text)) {
      const folded = { ...decoded, text: fold(decoded.text) };
      found.push(...this.#findIn(folded, sharpness, true));
      const dense = withoutBlanks(folded);
      if (dense !== undefined) found.push(...this.#findIn(dense, sharpness, false));
    }
    return merged(found);
  }

  #add(form: string): void {
    if (form.trim().length < MIN_SECRET_CHARACTERS) return;
    const folded = fold(form);
    this.#addUnits(folded);
    const dense = Array.from(folded)
      .filter((character) => !isBlank(character.charCodeAt(0)))
      .join('');
    if (dense !== folded && dense.length >= WINDOW) this.#addUnits(dense);
  }

  #addUnits(units: string): void {
    let isPlain = false;
    for (const part of units.split(FOLDED_ARMOUR)) {
      for (let at = 0; at + WINDOW <= part.length; at += 1) {
        const window = part.slice(at, at + WINDOW);
        // One or two different characters are a line of dashes or stars, not a piece of a secret.
        if (isVaried(window)) {
          this.#windows.add(window);
          this.#heads[headAt(part, at)] = 1;
        } else isPlain = true;
      }
    }
    if (units.length >= MIN_RUN.whole && !isPlain) return;
    const head = units.slice(0, MIN_SECRET_CHARACTERS);
    this.#heads[headAt(units, 0)] = 1;
    this.#wholes.set(head, (this.#wholes.get(head) ?? new Set()).add(units));
  }

  /** @param isSpaced the text has its blanks: short secrets are looked for with them only */
  #findIn({ text, starts, ends }: Decoded, sharpness: Sharpness, isSpaced: boolean): Range[] {
    const found: Range[] = [];
    const add = (from: number, to: number) => found.push({ from: starts[from] ?? 0, to: ends[to - 1] ?? 0 });
    let runFrom = -1;
    for (let at = 0; at + MIN_SECRET_CHARACTERS <= text.length; at += 1) {
      const mayBegin = this.#heads[headAt(text, at)] === 1;
      if (!mayBegin && runFrom < 0) continue;
      const whole = mayBegin ? this.#wholeAt(text, at) : 0;
      if (whole > 0 && (isSpaced || whole >= WINDOW)) add(at, at + whole);
      const isHit = mayBegin && this.#windows.has(text.slice(at, at + WINDOW));
      if (isHit && runFrom < 0) runFrom = at;
      if (isHit || runFrom < 0) continue;
      if (at - 1 + WINDOW - runFrom >= MIN_RUN[sharpness]) add(runFrom, at - 1 + WINDOW);
      runFrom = -1;
    }
    return found;
  }

  #wholeAt(text: string, at: number): number {
    const forms = this.#wholes.get(text.slice(at, at + MIN_SECRET_CHARACTERS));
    let max = 0;
    for (const form of forms ?? []) if (form.length > max && text.startsWith(form, at)) max = form.length;
    return max;
  }
}

const FOLDED_ARMOUR = new RegExp(ARMOUR.source.toLowerCase(), 'g');
const ASCII = /^[\0-\x7f]*$/;
const INVISIBLE = /\p{Cf}/u;

/** Upper and lower case, and the signs that stand for a blank, do not count. Keeps the number of code units. */
function fold(text: string): string {
  // Character by character beyond ASCII: some become two, and a sigma depends on what follows it.
  const lower = ASCII.test(text) ? text.toLowerCase() : Array.from(text, foldCharacter).join('');
  return lower.replace(/[\s+]+/g, (signs) => ' '.repeat(signs.length));
}

function foldCharacter(character: string): string {
  const lower = character.toLowerCase();
  return lower.length === character.length ? lower : character;
}

/** Undefined where there are none. */
function withoutBlanks(decoded: Decoded): Decoded | undefined {
  const { text } = decoded;
  const made = new Writer(text.length);
  let done = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (!isBlank(text.charCodeAt(at))) continue;
    if (at > done) made.copy(decoded, done, at);
    done = at + 1;
  }
  if (done === 0) return undefined;
  made.copy(decoded, done, text.length);
  return made.written();
}

/** A blank, or what is not seen: a control character or a mark of format. Those beyond 16 bits stay. */
function isBlank(unit: number): boolean {
  if (unit < 0x7f) return unit <= 0x20;
  return unit <= 0xa0 || (unit >= 0xad && INVISIBLE.test(String.fromCharCode(unit)));
}

/** A hash of the first four characters. */
function headAt(text: string, at: number): number {
  let head = 0;
  for (let index = 0; index < MIN_SECRET_CHARACTERS; index += 1) head = imul(head, 131) + text.charCodeAt(at + index);
  return (head ^ (head >>> 16)) & (HEADS - 1);
}

/** Three different characters at least. */
function isVaried(window: string): boolean {
  const first = window.charCodeAt(0);
  let second = first;
  for (let at = 1; at < window.length; at += 1) {
    const unit = window.charCodeAt(at);
    if (unit === first || unit === second) continue;
    if (second !== first) return true;
    second = unit;
  }
  return false;
}

function merged(ranges: Range[]): Range[] {
  const result: { from: number; to: number }[] = [];
  for (const { from, to } of ranges.sort((one, other) => one.from - other.from)) {
    const last = result.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else result.push({ from, to });
  }
  return result;
}
