import { SIDES, type TimedStep } from './steps.js';
import { hash } from 'node:crypto';

/** Each ten minutes end with two in which nothing fails: a module that does not recover is found out then. */
const CYCLE_MS = 600_000;
export const TRUCE_MS = 120_000;
/** What is waited out for a minute or more comes no later than that before a truce. */
const DEAR_BEFORE_MS = 150_000;

/** Takes out what begins in a truce, shortens what would last into one, and calms all sides at its beginning. */
export function keepTruces(steps: readonly TimedStep[], durationMs: number): TimedStep[] {
  const stored = steps.filter((timed) => !isInTruce(timed)).map(shorten);
  return [...stored, ...calms(durationMs)].sort((one, other) => one.atMs - other.atMs);
}

function truceAfter(atMs: number): number {
  return Math.floor(atMs / CYCLE_MS) * CYCLE_MS + CYCLE_MS - TRUCE_MS;
}

function isInTruce({ atMs, step }: TimedStep): boolean {
  const isDear = step.kind === 'dear-fault' || (step.kind === 'intake-answers' && step.manner === 'slower-than-limit');
  return atMs >= truceAfter(atMs) - (isDear ? DEAR_BEFORE_MS : 0);
}

function shorten(timed: TimedStep): TimedStep {
  const { step, atMs } = timed;
  if (!('forMs' in step)) return timed;
  return { ...timed, step: { ...step, forMs: Math.min(step.forMs, truceAfter(atMs) - atMs) } };
}

function calms(durationMs: number): TimedStep[] {
  const calms: TimedStep[] = [];
  for (let atMs = truceAfter(0); atMs < durationMs; atMs += CYCLE_MS)
    for (const side of SIDES)
      calms.push({ lane: side, atMs, step: { kind: 'weather', side, share: 0, faults: [], seed: 1 } });
  return calms;
}

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
  between(min: number, max: number): number {
    return min + Math.floor(this.unit() * (max - min + 1));
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
