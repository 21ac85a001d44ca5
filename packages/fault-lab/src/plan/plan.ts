import { INTAKE_OUTAGES, MICROSOFT_OUTAGES, type Catalogue } from './catalogue.js';
import { Draws } from './draws.js';
import { SIDES, type Lane, type Plan, type Side, type Step, type TimedStep } from './steps.js';

/** A step of a lane, and how long it is until the lane's next one: at least as long as the step lasts. */
interface Paced {
  readonly step: Step;
  readonly untilNextMs: number;
}

/** How far Microsoft's clock may be off, either way. */
export const LARGEST_OFFSET_MS = 90_000;

/**
 * The trouble of a run: the same seed, duration and catalogue give the same plan. Nothing lasts longer than the plan. The settings errors, which
 * are waited out for minutes, come a few minutes apart, or the module would do little else.
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
  const steps = [
    ...SIDES.flatMap((side) => lane(side, [0, 3000], (draws) => weather(draws, side, catalogue[side].passing))),
    ...lane('dear faults', [20_000, 60_000], (draws) => dearFault(draws, catalogue)),
    ...lane('outages', [10_000, 40_000], outage),
    ...lane('refusals', [5000, 30_000], refusals),
    ...lane('process', [3000, 20_000], kill),
    ...lane('disk', [10_000, 40_000], fullDisk),
    ...lane('clock', [10_000, 30_000], clockJump),
  ];
  return { seed, durationMs, steps: steps.sort((one, other) => one.atMs - other.atMs) };
}

function within(step: Step, leftMs: number): Step {
  return 'forMs' in step ? { ...step, forMs: Math.min(step.forMs, leftMs) } : step;
}

function weather(draws: Draws, side: Side, kinds: readonly string[]): Paced {
  const isCalm = draws.chance(0.3);
  const step: Step = {
    kind: 'weather',
    side,
    share: isCalm ? 0 : draws.between(5, draws.chance(0.2) ? 60 : 30) / 100,
    faults: isCalm ? [] : draws.some(kinds),
    seed: draws.between(1, 1_000_000),
  };
  return { step, untilNextMs: draws.between(3000, 12_000) };
}

/** The token service is asked the least often and has the most kinds, but a module without a token does nothing at all. */
function dearFault(draws: Draws, catalogue: Catalogue): Paced {
  const side = draws.one(['api', 'api', 'tokens', 'tokens', 'intake', 'logs'] as const);
  const step: Step = { kind: 'dear-fault', side, fault: draws.one(catalogue[side].dear) };
  return { step, untilNextMs: draws.between(60_000, 240_000) };
}

function outage(draws: Draws): Paced {
  const of = draws.one(['microsoft', 'intake'] as const);
  const fault = draws.one<string>(of === 'intake' ? INTAKE_OUTAGES : MICROSOFT_OUTAGES);
  const forMs = draws.between(5000, 20_000);
  return { step: { kind: 'outage', of, fault, forMs }, untilNextMs: forMs + draws.between(20_000, 60_000) };
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
  const offsetMs = draws.chance(0.3) ? 0 : draws.between(-LARGEST_OFFSET_MS, LARGEST_OFFSET_MS);
  return { step: { kind: 'clock-jump', offsetMs }, untilNextMs: draws.between(10_000, 60_000) };
}
