import { REJECTIONS_LOGGED_A_MINUTE } from '@sekoia/automation-sdk-shim';
import type { CollectorLog } from '../collector/contracts.js';

const minuteMs = 60_000;

/** Says which rows were rejected: the first of a minute one by one, the others as a number. */
export class RejectionLog {
  readonly #log: CollectorLog;
  readonly #now: () => number;
  #sinceMs = -Infinity;
  #said = 0;
  #unsaid = 0;

  constructor(log: CollectorLog, now: () => number) {
    this.#log = log;
    this.#now = now;
  }

  add(reason: string): void {
    if (this.#now() - this.#sinceMs >= minuteMs) {
      this.flush();
      this.#sinceMs = this.#now();
      this.#said = 0;
    }
    if (this.#said >= REJECTIONS_LOGGED_A_MINUTE) {
      this.#unsaid += 1;
      return;
    }
    this.#said += 1;
    this.#log.error(
      `A row could not be delivered: ${reason} It was written to the folder "rejected" of the data folder; all others go on. [MT-REJECTED]`,
    );
  }

  /** Says how many rows had no line of their own since the last call. */
  flush(): void {
    if (this.#unsaid === 0) return;
    this.#log.error(
      `More rows could not be delivered: ${this.#unsaid}. They were written to the folder "rejected" of the data folder, each with its reason. [MT-REJECTED]`,
    );
    this.#unsaid = 0;
  }
}
