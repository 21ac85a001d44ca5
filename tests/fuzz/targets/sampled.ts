import fc from 'fast-check';
import type { SeededRandom } from '../../support/seeded-random.js';
import type { Input } from '../engine/target.js';

const BATCH = 50;

/** Draws inputs from a grammar of fast-check, by the seed. */
export function sampled(arbitrary: fc.Arbitrary<Input>): (random: SeededRandom) => Input {
  let drawn: Input[] = [];
  return (random) => {
    if (drawn.length === 0) drawn = fc.sample(arbitrary, { seed: random.integer(0, 2 ** 31 - 1), numRuns: BATCH });
    return drawn.pop() ?? [];
  };
}
