import type { WriteStream } from 'node:tty';

// Names of ECMA-48 and of xterm's private modes. A mode that a terminal does not know is ignored by it.
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l';
const LEAVE = '\x1b[?7h\x1b[?25h\x1b[?1049l';
const BEGIN_UPDATE = '\x1b[?2026h\x1b[H';
const END_UPDATE = '\x1b[?2026l';
const ERASE_REST_OF_LINE = '\x1b[K';
const ERASE_BELOW = '\x1b[J';

/**
 * What to write so that the screen shows `lines` and nothing else. Each line is overwritten, then its rest erased: a
 * screen that is cleared first would flicker.
 */
export function frame(lines: readonly string[], rows: number): string {
  const body = lines.slice(0, rows).map((line) => line + ERASE_REST_OF_LINE);
  return `${BEGIN_UPDATE}${body.join('\r\n')}${ERASE_BELOW}${END_UPDATE}`;
}

/** The terminal's second screen, which vanishes when it is left; the cursor and line breaks are off meanwhile. */
export class Screen {
  readonly #terminal: WriteStream;

  constructor(terminal: WriteStream) {
    this.#terminal = terminal;
    terminal.write(ENTER);
    process.on('exit', this.#restore);
  }

  /** @param render is given the columns there are, and answers lines that are no longer. */
  draw(render: (columns: number) => readonly string[]): void {
    // A terminal that cannot keep up gets the next picture, not a queue of old ones.
    if (this.#terminal.writableNeedDrain) return;
    const [columns, rows] = [this.#terminal.columns, this.#terminal.rows];
    this.#terminal.write(frame(render(columns), rows));
  }

  leave(): void {
    process.off('exit', this.#restore);
    this.#restore();
  }

  readonly #restore = (): void => {
    this.#terminal.write(LEAVE);
  };
}
