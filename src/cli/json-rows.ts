/** Finds the rows in JSON of any length, piece by piece: a list, lists in an answer, or object after object. */
import type { JsonObject } from '../model/json.js';

/** Members of an answer that hold its rows: those of both APIs. */
const LISTS = new Set(['value', 'results', 'd']);
/** No row is longer, and no answer has so much before its rows. */
const MAX_CHARACTERS = 16 * 1_048_576;

/** A row, or what is wrong with one, and the line on which it begins. */
export interface FoundRow {
  readonly line: number;
  readonly row?: JsonObject;
  readonly problem?: string;
}

/** The text is no JSON from this line on: nothing after it can be read. */
export class BrokenJsonError extends Error {
  override readonly name = 'BrokenJsonError';
  readonly line: number;

  constructor(line: number, problem: string) {
    super(problem);
    this.line = line;
  }
}

interface Container {
  readonly kind: '{' | '[';
  /** Whether its objects are rows. */
  readonly isList: boolean;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NEWLINE = 0x0a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;

/** Give it the text in pieces; each gives the rows that end in it. */
export class JsonRows {
  readonly #stack: Container[] = [];
  #line = 1;
  /** The text of the row, or of the answer before its first list, that has begun and not ended. */
  #text: string[] | undefined;
  #textLength = 0;
  #textLine = 0;
  /** How deep the container lies that the text is of. */
  #textDepth = 0;
  #isInString = false;
  #isEscaped = false;
  /** Where the last string is, for the name of the list that follows it. */
  #string = '';
  #stringStart = -1;

  *push(piece: string): Generator<FoundRow, void, undefined> {
    let from = 0;
    if (this.#isInString) this.#stringStart = 0;
    for (let at = 0; at < piece.length; at += 1) {
      const character = piece.charCodeAt(at);
      if (character === NEWLINE) this.#line += 1;
      if (this.#isInString) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (character === BACKSLASH) this.#isEscaped = true;
        else if (character === QUOTE) {
          this.#isInString = false;
          this.#string += piece.slice(this.#stringStart, at);
        }
        continue;
      }
      switch (character) {
        case QUOTE:
          this.#isInString = true;
          this.#string = '';
          this.#stringStart = at + 1;
          break;
        case OPEN_OBJECT:
          if (this.#beginsRow()) {
            this.#begin();
            from = at;
          }
          this.#stack.push({ kind: '{', isList: false });
          break;
        case OPEN_LIST: {
          const isList = this.#isListOfRows();
          // What surrounds a list of rows is no row.
          if (isList) this.#text = undefined;
          this.#stack.push({ kind: '[', isList });
          break;
        }
        case CLOSE_OBJECT:
        case CLOSE_LIST: {
          this.#close(character === CLOSE_OBJECT ? '{' : '[');
          if (this.#text === undefined || this.#stack.length !== this.#textDepth) break;
          yield this.#end(piece.slice(from, at + 1));
          break;
        }
      }
    }
    if (this.#isInString) this.#string += piece.slice(this.#stringStart);
    if (this.#text !== undefined) this.#keep(piece.slice(from));
  }

  /** @throws BrokenJsonError where something has begun and not ended */
  finish(): void {
    if (this.#stack.length > 0 || this.#isInString) throw new BrokenJsonError(this.#line, 'The JSON ends too early.');
  }

  /** The first object of all, or one in a list of rows. */
  #beginsRow(): boolean {
    const around = this.#stack.at(-1);
    return around === undefined || around.isList;
  }

  #isListOfRows(): boolean {
    const around = this.#stack.at(-1);
    if (around === undefined) return true;
    // A row has no list of rows: within one, the names mean nothing.
    const isInRow = this.#stack.some(({ isList }) => isList);
    return around.kind === '{' && !isInRow && LISTS.has(this.#string);
  }

  #begin(): void {
    this.#text = [];
    this.#textLength = 0;
    this.#textLine = this.#line;
    this.#textDepth = this.#stack.length;
  }

  #keep(text: string): void {
    this.#textLength += text.length;
    if (this.#textLength > MAX_CHARACTERS) throw new BrokenJsonError(this.#textLine, 'A row does not end.');
    this.#text?.push(text);
  }

  #close(kind: Container['kind']): void {
    if (this.#stack.pop()?.kind !== kind)
      throw new BrokenJsonError(this.#line, 'This is not JSON: a bracket too many.');
  }

  #end(last: string): FoundRow {
    const text = [...(this.#text ?? []), last].join('');
    this.#text = undefined;
    return parsedRow(text, this.#textLine);
  }
}

export function parsedRow(text: string, line: number): FoundRow {
  try {
    const value = JSON.parse(text) as unknown;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { line, row: value as JsonObject };
    return { line, problem: 'It is no JSON object.' };
  } catch {
    // The parser's message quotes the text.
    return { line, problem: 'It is no JSON.' };
  }
}
