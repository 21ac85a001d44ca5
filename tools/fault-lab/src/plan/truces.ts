import { SIDES, type TimedStep } from './steps.js';

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
