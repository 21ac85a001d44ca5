/**
 * Randomness without a state: a value is a function of a key, an index and a trait, so a row's fields can be worked
 * out again at any time, in any order, and need not be stored.
 */

// Looked up once: under jest every look at a global costs more than the multiplication.
const { imul } = Math;

/** MurmurHash3's finaliser. It is a bijection on 32 bits: different inputs give different outputs. */
export function mix(value: number): number {
  let hash = value | 0;
  hash = imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A whole number in [0, 2^32). */
export function draw(key: number, index: number, trait: number): number {
  return mix(mix(index ^ mix(key)) + imul(trait, 0x9e3779b1));
}

/** A number in [0, 1). */
export function unit(key: number, index: number, trait: number): number {
  return draw(key, index, trait) / 0x1_0000_0000;
}

/** One of the given values; the list must not be empty. */
export function pick<Value>(values: readonly Value[], drawn: number): Value {
  const value = values[drawn % values.length];
  if (value === undefined) throw new RangeError('There is nothing to pick from.');
  return value;
}

/** Values with the share of the draws that each takes; the last one takes what is left. */
export type Weighted<Value> = readonly (readonly [value: Value, share: number])[];

/** The value whose share the given number in [0, 1) falls into. */
export function pickWeighted<Value>(weighted: Weighted<Value>, at: number): Value {
  let rest = at;
  for (const [value, share] of weighted.slice(0, -1)) {
    if (rest < share) return value;
    rest -= share;
  }
  return pick(weighted, weighted.length - 1)[0];
}
