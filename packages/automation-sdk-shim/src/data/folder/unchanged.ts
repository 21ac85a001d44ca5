/** For how long each of some things has been seen without a change, by the clock of this process alone. */
export class Unchanged {
  readonly #longMs: number;
  readonly #firstSeenMs = new Map<string, number>();

  constructor(longMs: number) {
    this.#longMs = longMs;
  }

  /** Whether what looks like this was first seen `longMs` ago. It must be asked about every so often. */
  forLong(appearance: string): boolean {
    const nowMs = performance.now();
    const firstMs = this.#firstSeenMs.get(appearance) ?? nowMs;
    this.#firstSeenMs.set(appearance, firstMs);
    return nowMs - firstMs >= this.#longMs;
  }
}
