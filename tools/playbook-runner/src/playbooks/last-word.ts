/** What was measured of a trigger, as far as it tells whether the trigger goes on. */
export interface Progress {
  readonly healthy: boolean;
  /** Events, since its process began. */
  readonly delivered: number;
}

/**
 * What a trigger has logged as critical, until it is mended: it holds while the trigger is unhealthy, and is over once
 * it is healthy again or delivers events again. A later trouble with other reasons is not blamed on it.
 */
export class LastWord {
  #said: { readonly message: string; readonly delivered: number } | undefined;
  #last: Progress = { healthy: true, delivered: 0 };

  say(message: string): void {
    this.#said = { message, delivered: this.#last.delivered };
  }

  /** To be told of each answer of the trigger; no answer says nothing. */
  measure(now: Progress): void {
    const recovered = now.healthy && !this.#last.healthy;
    if (recovered || now.delivered > (this.#said?.delivered ?? Infinity)) this.#said = undefined;
    this.#last = now;
  }

  /** Why the trigger cannot go on; undefined where it can, as far as is known. */
  get reason(): string | undefined {
    return this.#last.healthy ? undefined : this.#said?.message;
  }
}
