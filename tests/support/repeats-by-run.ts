import { identifyEvent } from '@local/testbed';

/**
 * What of each run's deliveries was delivered again. The kill that ended the run is to blame for it, even if a later
 * run than the next repeats it: one may be killed before it comes to that range.
 */
export class RepeatsByRun {
  readonly #lastRunOf = new Map<string, number>();
  readonly #repeated: number[] = [];

  deliver(run: number, events: readonly string[]): void {
    this.#repeated[run] ??= 0;
    for (const event of events) {
      const { traceId, recipient, status } = identifyEvent(event)!;
      const key = [traceId, recipient, status].join('\n');
      const before = this.#lastRunOf.get(key);
      if (before !== undefined) this.#repeated[before]! += 1;
      this.#lastRunOf.set(key, run);
    }
  }

  /** Events by run, in the order of the runs. */
  get repeated(): readonly number[] {
    return this.#repeated;
  }
}
