import type { EncodedEvent } from './chunks.js';

/** The fractions of its multiples fill the interval [0, 1) evenly, so that a cluster of bad events is left soon. */
const GOLDEN_RATIO = 0.618_033_988_749_895;

/**
 * The part of a batch that is tried as number `made` to find out whether the intake takes anything: each half, and then
 * one event after the other, from all over the batch. With one bad event, one of the halves is taken.
 */
export function probeOf(batch: readonly EncodedEvent[], made: number): readonly EncodedEvent[] {
  const middle = Math.ceil(batch.length / 2);
  if (made === 0) return batch.slice(0, middle);
  if (made === 1) return batch.slice(middle);
  // Every second one goes through the batch in order, so that none is left out.
  const index =
    made % 2 === 0 ? Math.floor(((made * GOLDEN_RATIO) % 1) * batch.length) : ((made - 3) / 2) % batch.length;
  return batch.slice(index, index + 1);
}
