import {
  type IntakeManner,
  type Lane,
  type OutageOf,
  type Plan,
  type Side,
  SIDES,
  type Step,
  type TimedStep,
} from './steps.js';
import { hash } from 'node:crypto';
import type { Catalogue } from './catalogue.js';

/** Each ten minutes end with two in which nothing fails: a module that does not recover is found out then. */
const CYCLE_MS = 600_000;
export const TRUCE_MS = 120_000;
/** What is waited out for a minute or more comes no later than that before a truce. */
const DEAR_BEFORE_MS = 150_000;

/** Takes out what begins in a truce, shortens what would last into one, and calms all sides at its beginning. */
function keepTruces(steps: readonly TimedStep[], durationMs: number): TimedStep[] {
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
class Draws {
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

/** A step of a lane, and how long it is until the lane's next one: at least as long as the step lasts. */

interface Paced {
  readonly step: Step;
  readonly untilNextMs: number;
}

/**
 * The token service is asked the least often and has the most kinds, but a module without a token does nothing at all.
 */
const DEAR_SIDES: readonly Side[] = ['api', 'api', 'tokens', 'tokens', 'intake', 'logs'];
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** How far Date headers are off as a rule: more than the five minutes by which a watermark may be ahead. */
const DATES_OFF_MINUTES = [6, 60] as const;

/** How far Microsoft's clock may be off, either way. */
export const MAX_OFFSET_MS = 90_000;

/**
 * The trouble of a run: the same seed, duration and catalogue give the same plan. Nothing lasts longer than the plan.
 * The settings errors, which are waited out for minutes, come a few minutes apart, or the module would do little else.
 */
export function makePlan(seed: number, durationMs: number, catalogue: Catalogue): Plan {
  const lane = (name: Lane, firstMs: readonly [number, number], next: (draws: Draws) => Paced): TimedStep[] => {
    const draws = new Draws(`${seed} ${name}`);
    const steps: TimedStep[] = [];
    for (let atMs = draws.between(...firstMs); atMs < durationMs;) {
      const { step, untilNextMs } = next(draws);
      steps.push({ lane: name, atMs, step: within(step, durationMs - atMs) });
      atMs += untilNextMs;
    }
    return steps;
  };
  const { outages, manners } = catalogue;
  const dearSides = DEAR_SIDES.filter((side) => catalogue[side].dear.length > 0);
  const away = (['microsoft', 'intake'] as const).filter((of) => outages[of].length > 0);
  const steps = [
    ...SIDES.flatMap((side) => lane(side, [0, 3000], (draws) => weather(draws, side, catalogue[side].passing))),
    ...(dearSides.length > 0
      ? lane('dear faults', [20_000, 60_000], (draws) => dearFault(draws, catalogue, dearSides))
      : []),
    ...(away.length > 0
      ? lane('outages', [10_000, 40_000], (draws) => outage(draws, away, outages, [20_000, 60_000]))
      : []),
    ...(outages.api.length > 0
      ? lane('unreadable', [30_000, 90_000], (draws) => outage(draws, ['api'], outages, [60_000, 180_000]))
      : []),
    ...lane('refusals', [5000, 30_000], refusals),
    ...lane('process', [3000, 20_000], kill),
    ...lane('disk', [10_000, 40_000], fullDisk),
    ...lane('clock', [10_000, 30_000], clockJump),
    ...lane('dates', [15_000, 60_000], wrongDates),
    ...(manners.length > 0 ? lane('intake answers', [15_000, 60_000], (draws) => intakeResponses(draws, manners)) : []),
    ...lane('folder', [20_000, 60_000], hangingFolder),
  ];
  const isUsed = ({ step }: TimedStep) => catalogue.steps.includes(step.kind);
  const inOrder = steps.filter(isUsed).sort((one, other) => one.atMs - other.atMs);
  return { seed, durationMs, steps: keepTruces(inOrder, durationMs) };
}

function within(step: Step, leftMs: number): Step {
  return 'forMs' in step ? { ...step, forMs: Math.min(step.forMs, leftMs) } : step;
}

function weather(draws: Draws, side: Side, kinds: readonly string[]): Paced {
  const isCalm = draws.chance(0.3) || kinds.length === 0;
  const step: Step = {
    kind: 'weather',
    side,
    share: isCalm ? 0 : draws.between(5, draws.chance(0.2) ? 60 : 30) / 100,
    faults: isCalm ? [] : draws.some(kinds),
    seed: draws.between(1, 1_000_000),
  };
  return { step, untilNextMs: draws.between(3000, 12_000) };
}

function dearFault(draws: Draws, catalogue: Catalogue, sides: readonly Side[]): Paced {
  const side = draws.one(sides);
  const step: Step = { kind: 'dear-fault', side, fault: draws.one(catalogue[side].dear) };
  return { step, untilNextMs: draws.between(60_000, 240_000) };
}

function outage(
  draws: Draws,
  of: readonly OutageOf[],
  outages: Catalogue['outages'],
  pauseMs: readonly [number, number],
): Paced {
  const drawn = draws.one(of);
  const fault = draws.one(outages[drawn]);
  const forMs = draws.between(5000, 40_000);
  return { step: { kind: 'outage', of: drawn, fault, forMs }, untilNextMs: forMs + draws.between(...pauseMs) };
}

function refusals(draws: Draws): Paced {
  const forMs = draws.between(2000, 8000);
  const step: Step = { kind: 'refusals', share: draws.between(1, 5) / 1000, forMs };
  return { step, untilNextMs: forMs + draws.between(10_000, 60_000) };
}

function kill(draws: Draws): Paced {
  const signal = draws.one(['SIGKILL', 'SIGTERM'] as const);
  const isImpatient = signal === 'SIGTERM' && draws.chance(0.3);
  const downMs = draws.between(100, draws.chance(0.3) ? 8000 : 1500);
  const step: Step = {
    kind: 'kill',
    signal,
    killAfterMs: isImpatient ? draws.between(50, 2000) : 15_000,
    downMs,
    clockOffMs: draws.chance(0.3) ? 1000 * draws.between(-600, 600) : 0,
  };
  const isQuicklyAgain = draws.chance(0.2);
  return { step, untilNextMs: downMs + (isQuicklyAgain ? draws.between(200, 2500) : draws.between(8000, 40_000)) };
}

function fullDisk(draws: Draws): Paced {
  const forMs = draws.between(2000, 8000);
  const step: Step = { kind: 'full-disk', forMs, fileBytes: draws.chance(0.5) ? 0 : draws.between(1, 4096) };
  return { step, untilNextMs: forMs + draws.between(15_000, 60_000) };
}

function clockJump(draws: Draws): Paced {
  const offsetMs = draws.chance(0.3) ? 0 : draws.between(-MAX_OFFSET_MS, MAX_OFFSET_MS);
  return { step: { kind: 'clock-jump', offsetMs }, untilNextMs: draws.between(10_000, 60_000) };
}

/** Also by a day: a header from another time zone's midnight, or from a machine without a battery. */
function wrongDates(draws: Draws): Paced {
  const forMs = draws.between(3000, 15_000);
  const sizeMs = draws.chance(0.1) ? DAY_MS : MINUTE_MS * draws.between(...DATES_OFF_MINUTES);
  const offsetMs = draws.chance(0.7) ? sizeMs : -sizeMs;
  return { step: { kind: 'wrong-dates', offsetMs, forMs }, untilNextMs: forMs + draws.between(40_000, 120_000) };
}

/** A slow intake must be slow for longer than the module waits, or there is nothing to get over. */
function intakeResponses(draws: Draws, manners: readonly IntakeManner[]): Paced {
  const drawn = draws.one(manners);
  // It lasts for minutes, in which little else is delivered: half as often as the others.
  const manner = drawn === 'slower-than-limit' ? draws.one([drawn, draws.one(manners)]) : drawn;
  const forMs = manner === 'slower-than-limit' ? draws.between(130_000, 200_000) : draws.between(1500, 12_000);
  return { step: { kind: 'intake-answers', manner, forMs }, untilNextMs: forMs + draws.between(40_000, 120_000) };
}

function hangingFolder(draws: Draws): Paced {
  const forMs = draws.between(4000, 40_000);
  return { step: { kind: 'hanging-folder', forMs }, untilNextMs: forMs + draws.between(60_000, 180_000) };
}
