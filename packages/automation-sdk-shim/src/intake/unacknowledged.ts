import { UNACKNOWLEDGED_FOR_MS, UNACKNOWLEDGED_TRIES } from '../budgets.js';
import type { NotTaken } from './reading.js';

/** Whether an answer is a success that does not say which events it is about. */
export function isUnacknowledged({ kind }: NotTaken): boolean {
  return kind === 'short' || kind === 'unacknowledged';
}

/**
 * Counts how often, and for how long, a batch was answered so since the intake took something of it. Other failures in
 * between change nothing: an intake that alternates between the two must not hold the batch for ever.
 */
export class UnacknowledgedTries {
  #count = 0;
  #sinceMs = 0;

  get count(): number {
    return this.#count;
  }

  add(nowMs: number): void {
    if (this.#count === 0) this.#sinceMs = nowMs;
    this.#count += 1;
  }

  /** Whether that has lasted so long that the batch must no longer hold up all others. */
  isOver(nowMs: number): boolean {
    return this.#count >= UNACKNOWLEDGED_TRIES && nowMs - this.#sinceMs >= UNACKNOWLEDGED_FOR_MS;
  }

  reset(): void {
    this.#count = 0;
  }
}

/** Why an event is rejected, as a sentence. */
export function rejectionReason({
  kind,
  reason,
  perhapsDelivered,
}: Pick<NotTaken, 'kind' | 'reason' | 'perhapsDelivered'>): string {
  if (kind === 'refused' || !perhapsDelivered) return `The intake refused the event: ${reason}.`;
  return `The intake did not acknowledge the event, and may have stored it or not: ${reason}.`;
}
