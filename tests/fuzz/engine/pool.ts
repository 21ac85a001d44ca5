import type { SeededRandom } from '../../support/seeded-random.js';
import { mutate } from './mutations.js';
import type { Input, OpenTarget, Part } from './target.js';

/** Inputs that reached something new; the next ones are made from them. */
export class Pool {
  readonly #inputs: Input[] = [];
  readonly #target: OpenTarget;

  constructor(target: OpenTarget) {
    this.#target = target;
  }

  get inputs(): readonly Input[] {
    return this.#inputs;
  }

  add(input: Input): void {
    this.#inputs.push(input);
  }

  next(random: SeededRandom): Input {
    const { fresh } = this.#target;
    if (fresh !== undefined && random.chance(0.1)) return fresh(random);
    // The newest are the least explored.
    const newest = this.#inputs.slice(-20);
    const base = random.pick(random.chance(0.3) ? newest : this.#inputs);
    return this.#changeParts(base, random);
  }

  #changeParts(base: Input, random: SeededRandom): Input {
    const { isRepeatable = () => false } = this.#target;
    const other = random.pick(this.#inputs);
    const parts = [...base];
    if (random.chance(0.1)) {
      const more = other.filter(isRepeatable);
      if (more.length > 0) parts.splice(random.integer(0, parts.length), 0, random.pick(more));
    }
    if (random.chance(0.1)) {
      const surplus = parts.findIndex((part) => isRepeatable(part) && random.chance(0.5));
      if (surplus >= 0 && parts.length > 1) parts.splice(surplus, 1);
    }
    const at = random.integer(0, parts.length - 1);
    return parts.map((part, index) =>
      index === at || random.chance(0.1) ? this.#changePart(part, other, random) : part,
    );
  }

  #changePart(part: Part, other: Input, random: SeededRandom): Part {
    const { isRenamable = () => false } = this.#target;
    if (isRenamable(part) && random.chance(0.2)) {
      const name = mutate(Buffer.from(part.name), random, Buffer.from(random.pick(other).name)).toString('utf8');
      return { ...part, name: name.slice(0, 200) };
    }
    return { ...part, bytes: mutate(part.bytes, random, random.pick(other).bytes) };
  }
}
