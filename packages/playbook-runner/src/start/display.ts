import type { WriteStream } from 'node:tty';
import type { LogEntry } from '../platform/log-entries.js';
import { Screen } from '../terminal/screen.js';
import type { Snapshot } from '../terminal/snapshot.js';
import { renderLine, renderNotice, renderSummary } from '../terminal/summary.js';

const DRAW_EVERY_MS = 500;
const LINE_EVERY_MS = 10_000;

/** Shows what `snapshot` answers, until `close`. */
export interface Display {
  show(snapshot: () => Snapshot): void;
  notice(entry: LogEntry): void;
  close(): void;
}

/** A picture that is drawn anew all the time on a terminal, else lines. */
export function openDisplay(output: WriteStream): Display {
  return output.isTTY ? screenDisplay(output) : lineDisplay(output);
}

function screenDisplay(terminal: WriteStream): Display {
  let screen: Screen | undefined;
  let timer: NodeJS.Timeout | undefined;
  return {
    show: (snapshot) => {
      const opened = new Screen(terminal);
      const draw = () => opened.draw((columns) => renderSummary(snapshot(), columns));
      screen = opened;
      timer = setInterval(draw, DRAW_EVERY_MS);
      draw();
    },
    // The summary holds the last ones.
    notice: () => undefined,
    close: () => {
      clearInterval(timer);
      screen?.leave();
    },
  };
}

function lineDisplay(output: WriteStream): Display {
  let timer: NodeJS.Timeout | undefined;
  return {
    show: (snapshot) => {
      const write = () => output.write(`${renderLine(snapshot())}\n`);
      timer = setInterval(write, LINE_EVERY_MS);
      write();
    },
    notice: (entry) => output.write(`${renderNotice(entry)}\n`),
    close: () => clearInterval(timer),
  };
}
