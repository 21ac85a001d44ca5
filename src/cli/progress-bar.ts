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
  #rows: number;

  /** @param rows that were found before this start */
  constructor(terminal: Terminal, range: TimeRange, searchedFrom: number, rows: number) {
    this.#range = range;
    this.#rows = this.#firstRows = rows;
    if (!terminal.stderr.isTTY) return;
    this.#bar = new SingleBar(
      {
        stream: terminal.stderr,
        format: '{bar} {percentage} % | {rows} rows | {rate} rows/s | {eta_formatted} left',
        barsize: 30,
        fps: FRAMES_PER_SECOND,
        hideCursor: true,
        clearOnComplete: true,
        stopOnComplete: false,
        gracefulExit: false,
        etaBuffer: 50,
      },
      Presets.shades_classic,
    );
    this.#bar.start(STEPS, this.#stepAt(searchedFrom), this.#payload());
  }

  /** @param timeMs when the newest row that is left to be found was received at the latest */
  update(timeMs: number, rows: number): void {
    this.#rows = rows;
    this.#bar?.update(this.#stepAt(timeMs), this.#payload());
  }

  stop(): void {
    this.#bar?.stop();
  }

  #stepAt(timeMs: number): number {
    const { start, end } = this.#range;
    return Math.floor((STEPS * (end - Math.max(start, Math.min(timeMs, end)))) / (end - start));
  }

  #payload(): { rows: string; rate: string } {
    const seconds = Math.max((performance.now() - this.#startedMs) / 1_000, 0.1);
    return {
      rows: this.#rows.toLocaleString('en'),
      rate: Math.round((this.#rows - this.#firstRows) / seconds).toLocaleString('en'),
    };
  }
}
