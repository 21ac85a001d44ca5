import { type Schedule, schedulePasses } from '../../src/model/schedule.js';

/** Settings as a form has them. */
interface ScheduleSettings {
  /** Seconds. */
  readonly frequency: number;
  /** Minutes. */
  readonly timedelta: number;
  /** Minutes. */
  readonly late_window: number;
}

/** The passes of settings in the units that a reader of a test knows. */
export function scheduleOf({ frequency, timedelta, late_window: lateWindow }: ScheduleSettings): Schedule {
  return schedulePasses({
    frequencyMs: frequency * 1_000,
    delayMs: timedelta * 60_000,
    lateWindowMs: lateWindow * 60_000,
  });
}
