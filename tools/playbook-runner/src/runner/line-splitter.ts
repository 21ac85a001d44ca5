import { cutOff } from './cut-off.js';

const MAX_LINE_CHARACTERS = 65_536;

/**
 * Cuts a stream of text into lines. Of a longer line than 65,536 characters the rest is dropped up to its line break:
 * as lines of their own, its parts would show the halves of a secret that neither can be recognised by.
 */
export class LineSplitter {
  readonly #onLine: (line: string) => void;
  /** No more than tells that the line is too long, so that memory stays bounded. */
  #rest = '';

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(text: string): void {
    const lines = (this.#rest + text).split(/\r?\n/);
    this.#rest = (lines.pop() ?? '').slice(0, MAX_LINE_CHARACTERS + 1);
    for (const line of lines) this.#tell(line);
  }

  /** To be called at the stream's end: what comes after the last line break is a line as well. */
  end(): void {
    if (this.#rest !== '') this.#tell(this.#rest);
    this.#rest = '';
  }

  #tell(line: string): void {
    this.#onLine(cutOff(line, MAX_LINE_CHARACTERS));
  }
}
