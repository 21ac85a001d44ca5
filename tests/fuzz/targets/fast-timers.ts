const really = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };

/**
 * Waits of the code under test that end at once, in the order in which they began. Those by node:timers are not
 * touched.
 */
export class SkippedWaits {
  /** The longest wait that was asked for since it was set to 0 last, in milliseconds. */
  maxMs = 0;

  constructor() {
    globalThis.setTimeout = ((happen: () => void, waitMs = 0) => {
      this.maxMs = Math.max(this.maxMs, waitMs);
      return setImmediate(happen);
    }) as unknown as typeof globalThis.setTimeout;
    globalThis.clearTimeout = ((timer: NodeJS.Timeout | NodeJS.Immediate | undefined) => {
      clearImmediate(timer as NodeJS.Immediate | undefined);
      really.clearTimeout(timer as NodeJS.Timeout | undefined);
    }) as typeof globalThis.clearTimeout;
  }

  restore(): void {
    Object.assign(globalThis, really);
  }
}
