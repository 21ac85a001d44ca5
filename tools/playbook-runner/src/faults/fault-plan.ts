import { seededRandom } from './random.js';

export interface RandomFaults<Kind> {
  /** The share of the requests that meet with a fault, 0 … 1. */
  readonly share: number;
  /** Each is as likely as the others. */
  readonly kinds: readonly Kind[];
  /** Default 1. The same seed gives the same faults to the same sequence of requests. */
  readonly seed?: number;
}

/**
 * Which fault the next request meets with, if any.
 *
 * An outage comes before what `failNext` ordered, and that before what is drawn at random.
 */
export class FaultPlan<Kind extends string> {
  readonly #ordered: Kind[] = [];
  #outage: Kind | undefined;
  #draw: () => Kind | undefined = () => undefined;

  constructor(faults?: RandomFaults<Kind>) {
    if (faults) this.failAtRandom(faults);
  }

  failAtRandom({ share, kinds, seed = 1 }: RandomFaults<Kind>): void {
    const random = seededRandom(seed);
    this.#draw = () => (random() < share ? kinds[Math.floor(random() * kinds.length)] : undefined);
  }

  /** Lets the next `times` requests meet with `kind`, after those that were ordered before. */
  failNext(kind: Kind, times = 1): void {
    for (let time = 0; time < times; time += 1) this.#ordered.push(kind);
  }

  /** Lets every request meet with `kind` until `endOutage`. */
  startOutage(kind: Kind): void {
    this.#outage = kind;
  }

  endOutage(): void {
    this.#outage = undefined;
  }

  /** Called once for each request, when it arrives. */
  next(): Kind | undefined {
    return this.#outage ?? this.#ordered.shift() ?? this.#draw();
  }
}
