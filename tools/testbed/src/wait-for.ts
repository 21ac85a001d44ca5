/** The last `capacity` items, oldest first. */
export class Ring<Item> {
  readonly #capacity: number;
  #items: Item[] = [];

  /** @param capacity a whole number from 0, or Infinity. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  push(item: Item): void {
    this.#items.push(item);
    // Cut only when twice as long as needed, so that a push costs the same however many are kept.
    if (this.#items.length > 2 * this.#capacity) this.#items = this.items();
  }

  items(): Item[] {
    return this.#capacity === 0 ? [] : this.#items.slice(-this.#capacity);
  }
}

interface Guest<State> {
  /** Looks whether the wait is over, and ends it then. */
  readonly look: (state: State) => void;
  readonly reject: (error: Error) => void;
}

export interface WaitOptions {
  /** Default 30,000. */
  readonly withinMs?: number;
}

/** Lets callers await a condition on a state that changes now and then, without asking again and again. */
export class WaitingRoom<State> {
  readonly #state: () => State;
  readonly #show: (state: State) => string;
  readonly #guests = new Set<Guest<State>>();
  #closed: string | undefined;

  /** @param show what error messages tell of the state. */
  constructor(state: () => State, show: (state: State) => string = (shown) => JSON.stringify(shown)) {
    this.#state = state;
    this.#show = show;
  }

  /** The state, as soon as `holds` says yes to it. Throws like `find`. */
  until(holds: (state: State) => boolean, options?: WaitOptions): Promise<State> {
    return this.find((state) => (holds(state) ? state : undefined), options);
  }

  /**
   * What `look` finds in the state, as soon as it finds something; at once where it does already.
   *
   * @throws Error when `withinMs` have passed or the room is closed; its message shows the state.
   */
  async find<Found>(
    look: (state: State) => Found | undefined,
    { withinMs = 30_000 }: WaitOptions = {},
  ): Promise<Found> {
    const found = look(this.#state());
    if (found !== undefined) return found;
    if (this.#closed !== undefined) throw this.#inVain(`before ${this.#closed}`);
    let leave: () => void = () => undefined;
    const wait = new Promise<Found>((resolve, reject) => {
      const guest: Guest<State> = {
        look: (state) => {
          const now = look(state);
          if (now !== undefined) resolve(now);
        },
        reject,
      };
      const timer = setTimeout(() => reject(this.#inVain(`within ${withinMs} ms`)), withinMs);
      this.#guests.add(guest);
      leave = () => {
        clearTimeout(timer);
        this.#guests.delete(guest);
      };
    });
    return wait.finally(leave);
  }

  /** To be called after every change of the state. */
  announce(): void {
    if (this.#guests.size === 0) return;
    const state = this.#state();
    for (const { look } of this.#guests) look(state);
  }

  /** Ends every wait with an error, those to come too; `reason` completes "did not happen before …". */
  close(reason: string): void {
    this.#closed = reason;
    for (const { reject } of this.#guests) reject(this.#inVain(`before ${reason}`));
  }

  #inVain(when: string): Error {
    return new Error(`What was waited for did not happen ${when}. State: ${this.#show(this.#state())}`);
  }
}
