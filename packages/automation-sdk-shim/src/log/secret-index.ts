import { decodings, type Decoded } from './decoding.js';
import { formsOf } from './secret-forms.js';

/** A half-open interval of code units. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** A shorter secret would turn up in ordinary words, and the holes would give it away. */
export const MIN_SECRET_CHARACTERS = 4;

/** So much of a secret is worth hiding by itself. Seven characters in a row may stay. */
const WINDOW = 8;

/** A window of one or two different characters is a line of dashes or stars, not a piece of a secret. */
const MIN_DIFFERENT = 3;

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
    const dense = folded.replace(BLANKS, '');
    if (dense !== folded && dense.length >= WINDOW) this.#addUnits(dense);
  }

  #addUnits(units: string): void {
    let isPlain = false;
    for (const part of units.split(FOLDED_ARMOUR)) {
      for (let at = 0; at + WINDOW <= part.length; at += 1) {
        const window = part.slice(at, at + WINDOW);
        if (isVaried(window)) this.#windows.add(window);
        else isPlain = true;
      }
    }
    if (units.length >= MIN_RUN.whole && !isPlain) return;
    const head = units.slice(0, MIN_SECRET_CHARACTERS);
    this.#wholes.set(head, (this.#wholes.get(head) ?? new Set()).add(units));
  }

  /** @param isSpaced the text has its blanks: short secrets are looked for with them only */
  #findIn({ text, starts, ends }: Decoded, sharpness: Sharpness, isSpaced: boolean): Range[] {
    const found: Range[] = [];
    const add = (from: number, to: number) => found.push({ from: starts[from] ?? 0, to: ends[to - 1] ?? 0 });
    let runFrom = -1;
    for (let at = 0; at + MIN_SECRET_CHARACTERS <= text.length; at += 1) {
      const whole = this.#wholeAt(text, at);
      if (whole > 0 && (isSpaced || whole >= WINDOW)) add(at, at + whole);
      const isHit = this.#windows.has(text.slice(at, at + WINDOW));
      if (isHit && runFrom < 0) runFrom = at;
      if (isHit || runFrom < 0) continue;
      if (at - 1 + WINDOW - runFrom >= MIN_RUN[sharpness]) add(runFrom, at - 1 + WINDOW);
      runFrom = -1;
    }
    return found;
  }

  #wholeAt(text: string, at: number): number {
    const forms = this.#wholes.get(text.slice(at, at + MIN_SECRET_CHARACTERS));
    let longest = 0;
    for (const form of forms ?? []) if (form.length > longest && text.startsWith(form, at)) longest = form.length;
    return longest;
  }
}

const FOLDED_ARMOUR = new RegExp(ARMOUR.source.toLowerCase(), 'g');
const ASCII = /^[\0-\x7f]*$/;
const BLANKS = /[ \p{Cc}\p{Cf}]+/gu;

/** Upper and lower case, and the signs that stand for a blank, do not count. Keeps the number of code units. */
function fold(text: string): string {
  // Character by character beyond ASCII: some become two, and a sigma depends on what follows it.
  const lower = ASCII.test(text) ? text.toLowerCase() : Array.from(text, foldCharacter).join('');
  return lower.replace(/[\s+]/g, ' ');
}

function foldCharacter(character: string): string {
  const lower = character.toLowerCase();
  return lower.length === character.length ? lower : character;
}

function withoutBlanks({ text, starts, ends }: Decoded): Decoded | undefined {
  const kept: number[] = [];
  let done = 0;
  for (const { 0: blanks, index } of text.matchAll(BLANKS)) {
    for (; done < index; done += 1) kept.push(done);
    done = index + blanks.length;
  }
  if (kept.length === 0 && done === 0) return undefined;
  for (; done < text.length; done += 1) kept.push(done);
  return {
    text: text.replace(BLANKS, ''),
    starts: kept.map((index) => starts[index] ?? 0),
    ends: kept.map((index) => ends[index] ?? 0),
  };
}

function isVaried(window: string): boolean {
  return new Set(window).size >= MIN_DIFFERENT;
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
