/** When time is read: the passes and the ages at which they read it. All durations in milliseconds. */
export interface Schedule {
  /** How often new time is read. */
  readonly frequencyMs: number;
  /**
   * The age at which each pass reads; `ages[0]` is how far the first reading stays behind the present. Strictly
   * growing.
   */
  readonly ages: readonly [number, ...number[]];
}

export interface ScheduleOptions {
  /** How often new time is read. */
  readonly frequencyMs: number;
  /** How far the first reading stays behind the present. */
  readonly delayMs: number;
  /** How long after its reception a row may still appear or change. */
  readonly lateWindowMs: number;
}

/**
 * The passes that follow from the options: pass 0 at the age `delayMs`, then frequency × 4, × 16, × 64 … and at last
 * `lateWindowMs`. Ages that pass 0 has reached already make no pass of their own; a `lateWindowMs` of 0 leaves pass 0
 * alone.
 */
export function schedulePasses({ frequencyMs, delayMs, lateWindowMs }: ScheduleOptions): Schedule {
  const ages: [number, ...number[]] = [delayMs];
  for (let age = frequencyMs * 4; age < lateWindowMs; age *= 4) {
    if (age > ages[0]) ages.push(age);
  }
  if (lateWindowMs > ages[0]) ages.push(lateWindowMs);
  return { frequencyMs, ages };
}

/**
 * Pass k ≥ 1 is due once the time it has not read yet is a quarter of its age: then a row that is d late waits 4 d at
 * most.
 */
export function stretchUntilDue(schedule: Schedule, pass: number): number {
  return pass === 0 ? schedule.frequencyMs : ageOf(schedule, pass) / 4;
}

export function ageOf(schedule: Schedule, pass: number): number {
  const age = schedule.ages[pass];
  if (age === undefined) throw new RangeError(`there is no pass ${pass}`);
  return age;
}
