import type { SeededRandom } from '../seeded-random.js';

/** What a side does while the process is being stopped. */
export interface Conditions {
  readonly microsoft: 'fine' | 'silent' | 'failing' | 'slow' | 'unresolved';
  readonly tokens: 'fine' | 'silent' | 'failing';
  readonly intake: 'fine' | 'silent' | 'failing' | 'slow' | 'unresolved';
  readonly storage: 'fine' | 'hangs when written' | 'hangs when read' | 'hangs in its lock';
  readonly platform: 'fine' | 'silent';
  /** `unusable`: the module waits for other settings; `refused`: it waits before it signs in again. */
  readonly settings: 'right' | 'unusable' | 'refused';
}

/** A moment at which a process is stopped. */
export interface Moment {
  readonly signal: 'SIGTERM' | 'SIGINT';
  /**
   * `start`: counted from the start of the process; `work`: from its first line, which it writes once it listens for
   * signals.
   */
  readonly from: 'start' | 'work';
  readonly afterMs: number;
  readonly conditions: Conditions;
}

const fine = <Value extends string>(random: SeededRandom, share: number, others: readonly Value[]): Value | 'fine' =>
  random.chance(share) ? 'fine' : random.pick(others);

/** In a part of the moments the process may not listen for signals yet. */
const startShare = 0.2;
const startMs = 1_500;
const workMs = 6_000;

export interface Possible {
  /** Whether names can be made to hang: that takes rights. */
  readonly hasUnresolvedNames: boolean;
  /** Whether the store is a folder: an object storage has other places to hang in. */
  readonly isFolder: boolean;
}

export function drawMoment(random: SeededRandom, { hasUnresolvedNames, isFolder }: Possible): Moment {
  const unresolved = hasUnresolvedNames ? (['unresolved'] as const) : [];
  const inLock = isFolder ? (['hangs in its lock'] as const) : [];
  const settings = random.next();
  const from = random.chance(startShare) ? 'start' : 'work';
  return {
    signal: random.pick(['SIGTERM', 'SIGINT'] as const),
    from,
    afterMs: Math.round(random.between(0, from === 'start' ? startMs : workMs)),
    conditions: {
      microsoft: fine(random, 0.5, ['silent', 'failing', 'slow', ...unresolved]),
      tokens: fine(random, 0.8, ['silent', 'failing']),
      intake: fine(random, 0.5, ['silent', 'failing', 'slow', ...unresolved]),
      storage: fine(random, 0.55, ['hangs when written', 'hangs when read', ...inLock]),
      platform: fine(random, 0.8, ['silent']),
      settings: settings < 0.1 ? 'unusable' : settings < 0.25 ? 'refused' : 'right',
    },
  };
}

/** The conditions that are not as they should be, for a report. */
export function describeConditions(conditions: Conditions): string {
  const odd = Object.entries(conditions).filter(([, value]) => value !== 'fine' && value !== 'right');
  return odd.map(([side, value]) => `${side} ${String(value)}`).join(', ') || 'nothing fails';
}
