import type { WriteStream } from 'node:tty';
import { eastAsianWidth } from 'get-east-asian-width';

const MARK = /\p{M}/u;

/** How many columns a terminal needs for `text`, which must be printable. */
export function widthOf(text: string): number {
  return Array.from(text, columns).reduce((sum, width) => sum + width, 0);
}

/** The beginning of `text` that fits into `width` columns; where something is left out, it ends with `…`. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let stored = '';
  let room = width - 1;
  for (const character of text) {
    room -= columns(character);
    if (room < 0) break;
    stored += character;
  }
  return width > 0 ? `${stored}…` : '';
}

function columns(character: string): number {
  return MARK.test(character) ? 0 : eastAsianWidth(character.codePointAt(0) ?? 0);
}

const DRAW_EVERY_MS = 1000;
const LINE_EVERY_MS = 10_000;
const ERASE_LINE = '\r\x1b[K';

/** Shows one line that is always up to date, and other lines above it. */
export interface LiveLine {
  /** Writes a line that stays. */
  above(text: string): void;
  close(): void;
}

/** On a terminal the line is drawn anew each second, in its place; elsewhere it is written every ten seconds. */
export function openLiveLine(output: WriteStream, render: () => string): LiveLine {
  return output.isTTY ? inPlace(output, render) : lineByLine(output, render);
}

function inPlace(terminal: WriteStream, render: () => string): LiveLine {
  const draw = () => {
    // A terminal that cannot keep up gets the next line, not a queue of old ones. In the last column it would wrap.
    if (!terminal.writableNeedDrain) terminal.write(ERASE_LINE + cut(render(), columnsOf(terminal) - 1));
  };
  const timer = setInterval(draw, DRAW_EVERY_MS);
  draw();
  return {
    above: (text) => {
      terminal.write(`${ERASE_LINE}${text}\n`);
      draw();
    },
    close: () => {
      clearInterval(timer);
      terminal.write(ERASE_LINE);
    },
  };
}

function lineByLine(output: WriteStream, render: () => string): LiveLine {
  const write = (text: string) => output.write(`${text}\n`);
  const timer = setInterval(() => write(render()), LINE_EVERY_MS);
  return { above: write, close: () => clearInterval(timer) };
}

/** A terminal that does not know its width says 0. */
function columnsOf(terminal: WriteStream): number {
  return terminal.columns > 0 ? terminal.columns : 80;
}
