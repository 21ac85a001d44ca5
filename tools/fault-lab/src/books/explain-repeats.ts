import type { ProcessRun } from '../stage/life.js';
import type { Repeats, StoredBatch } from './journal.js';

/** What made a repeat unavoidable, or that nothing did. */
export type Cause =
  | ('kill' | 'lost acknowledgement' | 'late acknowledgement' | 'full disk' | 'hanging folder')
  | ('slow intake' | 'fewer ids' | 'unexplained');

export interface ExplainedRepeats extends Repeats {
  readonly cause: Cause;
}

export interface ProcessRunner {
  readonly lives: readonly ProcessRun[];
  readonly lastBatchOfLife: ReadonlyMap<number, StoredBatch>;
}

/**
 * Says of each repeat which event it goes back to. The module sends a chunk only when the one before has been written
 * down, so a process that ends can leave one chunk in doubt: the last one that it got stored.
 */
export function explainRepeats(
  repeats: readonly Repeats[],
  { lives, lastBatchOfLife }: ProcessRunner,
): ExplainedRepeats[] {
  return repeats.map((repeat) => {
    const { first, again } = repeat;
    if (first.number === again.number) return { ...repeat, cause: 'unexplained' };
    if (first.result === 'fault-lost-acknowledgement') return { ...repeat, cause: 'lost acknowledgement' };
    if (isTooSlow(first, again)) return { ...repeat, cause: 'slow intake' };
    // Which events have no id cannot be known: those that may be meant are sent once more.
    if (['fault-fewer-ids', 'fault-no-ids', 'half-the-ids'].includes(first.result))
      return { ...repeat, cause: 'fewer ids' };
    const isLast = again.life > first.life && lastBatchOfLife.get(first.life)?.number === first.number;
    const life = lives.find(({ number }) => number === first.life);
    return { ...repeat, cause: isLast && life !== undefined ? causeOfEnd(life, first) : 'unexplained' };
  });
}

/**
 * An answer that came after the module had given up; the batch must get smaller each time, or this goes on for ever.
 */
function isTooSlow(first: StoredBatch, again: StoredBatch): boolean {
  return first.result === 'slower-than-limit' && (again.result !== first.result || again.events < first.events);
}

function causeOfEnd({ ended }: ProcessRun, last: StoredBatch): Cause {
  if (ended?.exit.signal === 'SIGKILL') return 'kill';
  // A stop waits four seconds for the acknowledgement of a chunk, and cannot wait for room on the disk.
  const isLate = last.result === 'fault-slow' || last.result === 'slower-than-limit';
  if (ended?.asked === 'SIGTERM' && isLate) return 'late acknowledgement';
  if (ended?.asked !== undefined && ended.folderHung) return 'hanging folder';
  if (ended?.asked === 'SIGTERM' && ended.diskWasFull) return 'full disk';
  return 'unexplained';
}
