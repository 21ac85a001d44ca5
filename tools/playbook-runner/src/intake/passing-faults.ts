import type { IntakeFault } from './intake-fault.js';

/**
 * Faults after which a patient module has lost nothing and repeated nothing. Left out: those that tell it that its
 * settings or events are wrong, those after which repeats cannot be avoided, and the hang, which only
 * takes long.
 */
export const PASSING_FAULTS: readonly IntakeFault[] = [
  '500',
  '502',
  '503',
  '503-retry-after-seconds',
  '503-retry-after-date',
  '429',
  '408',
  '425',
  'reset-before-reading',
  'reset-after-reading',
  'html',
  'cut-off-json',
  'slow',
];
