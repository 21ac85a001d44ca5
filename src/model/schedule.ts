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

const second = 1000;
const minute = 60 * second;

/**
 * The passes that follow from the settings: pass 0 at the age `timedelta`, then frequency × 4, × 16, × 64 … and at last
 * `late_window`. Ages that pass 0 has reached already make no pass of their own; a `late_window` of 0 leaves pass 0
 * alone.
 */
export function schedulePasses(settings: {
  /** Seconds. */
  readonly frequency: number;
  /** Minutes. */
  readonly timedelta: number;
  /** Minutes. */
  readonly late_window: number;
}): Schedule {
  const frequencyMs = settings.frequency * second;
  const lastAge = settings.late_window * minute;
  const ages: [number, ...number[]] = [settings.timedelta * minute];
  for (let age = frequencyMs * 4; age < lastAge; age *= 4) {
    if (age > ages[0]) ages.push(age);
  }
  if (lastAge > ages[0]) ages.push(lastAge);
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
