import { hash } from 'node:crypto';

const BYTES_PER_DRAW = 4;

/** A source of chance: the same key gives the same draws in the same order. */
export class Draws {
  readonly #key: string;
  #digests = 0;
  #pool = Buffer.alloc(0);
  #used = 0;

  constructor(key: string) {
    this.#key = key;
  }

  /** A number in [0, 1). */
  unit(): number {
    if (this.#used === this.#pool.length) this.#refill();
    const drawn = this.#pool.readUInt32BE(this.#used);
    this.#used += BYTES_PER_DRAW;
    return drawn / 2 ** 32;
  }

  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.unit() * (most - least + 1));
  }

  chance(share: number): boolean {
    return this.unit() < share;
  }

  /** @throws RangeError where there is nothing to draw from. */
  one<Value>(values: readonly Value[]): Value {
    const value = values[this.between(0, values.length - 1)];
    if (value === undefined) throw new RangeError('There is nothing to draw from.');
    return value;
  }

  /** Some of the values, at least one, in their order. */
  some<Value>(values: readonly Value[]): Value[] {
    const share = this.unit();
    const drawn = values.filter(() => this.chance(share));
    return drawn.length > 0 ? drawn : [this.one(values)];
  }

  #refill(): void {
    this.#digests += 1;
    this.#pool = hash('sha512', `${this.#key} ${this.#digests}`, 'buffer');
    this.#used = 0;
  }
}
