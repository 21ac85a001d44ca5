import { Presets, SingleBar } from 'cli-progress';
import type { TimeRange } from '../model/progress.js';
import type { Terminal } from './terminal.js';

const STEPS = 1_000;
/** More often, and the terminal takes time from the search. */
const FRAMES_PER_SECOND = 10;

/** Shows a person how far a search has come: how much of the time, how many rows, how fast, and how long it takes. */
export class ProgressBar {
  readonly #range: TimeRange;
  readonly #bar: SingleBar | undefined;
  readonly #startedMs = performance.now();
  readonly #firstRows: number;
  readonly #firstStep: number;
  #rows: number;

  /** @param rows that were found before this start */
  constructor(terminal: Terminal, range: TimeRange, searchedFrom: number, rows: number) {
    this.#range = range;
    this.#rows = this.#firstRows = rows;
    this.#firstStep = this.#stepAt(searchedFrom);
    if (!terminal.stderr.isTTY) return;
    this.#bar = new SingleBar(
      {
        stream: terminal.stderr,
        format: '{bar} {percentage} % | {rows} rows | {rate} rows/s | {left}',
        barsize: 30,
        fps: FRAMES_PER_SECOND,
        hideCursor: true,
        clearOnComplete: true,
        stopOnComplete: false,
        gracefulExit: false,
      },
      Presets.shades_classic,
    );
    this.#bar.start(STEPS, this.#firstStep, this.#payload(this.#firstStep));
  }

  /** @param timeMs when the newest row that is left to be found was received at the latest */
  update(timeMs: number, rows: number): void {
    this.#rows = rows;
    const step = this.#stepAt(timeMs);
    this.#bar?.update(step, this.#payload(step));
  }

  stop(): void {
    this.#bar?.stop();
  }

  #stepAt(timeMs: number): number {
    const { start, end } = this.#range;
    return Math.floor((STEPS * (end - Math.max(start, Math.min(timeMs, end)))) / (end - start));
  }

  #payload(step: number): { rows: string; rate: string; left: string } {
    const seconds = Math.max((performance.now() - this.#startedMs) / 1_000, 0.1);
    return {
      rows: this.#rows.toLocaleString('en'),
      rate: Math.round((this.#rows - this.#firstRows) / seconds).toLocaleString('en'),
      left: timeLeft(seconds, step - this.#firstStep, STEPS - step),
    };
  }
}

/** By how long the steps so far took. Mail is not spread evenly, so that it is an estimate. */
function timeLeft(seconds: number, done: number, ahead: number): string {
  if (done <= 0) return 'time left unknown';
  const left = Math.ceil((seconds * ahead) / done);
  return left < 100 ? `about ${left} s left` : `about ${Math.round(left / 60)} min left`;
}
