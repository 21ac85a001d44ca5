const reallySetTimeout = globalThis.setTimeout;

/** Waits of the code under test that end at once. Those by node:timers are not touched. */
export class SkippedWaits {
  readonly #before = globalThis.setTimeout;
  /** The longest wait that was asked for since it was set to 0 last, in milliseconds. */
  longestMs = 0;

  constructor() {
    globalThis.setTimeout = ((happen: () => void, waitMs = 0) => {
      this.longestMs = Math.max(this.longestMs, waitMs);
      return reallySetTimeout(happen, 0);
    }) as typeof globalThis.setTimeout;
  }

  restore(): void {
    globalThis.setTimeout = this.#before;
  }
}
