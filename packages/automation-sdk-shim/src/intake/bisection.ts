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

/**
 * - `guilty`: the intake refuses this event, and takes others before and after it.
 * - `unproven`: it refuses this event again and again, took others before, and there is no other left to try.
 * - `open`: to be continued.
 * - `outage`: it takes nothing any more.
 */
export type Outcome = 'guilty' | 'unproven' | 'open' | 'outage';

export interface Failure {
  readonly reason: string;
  /** A refusal; otherwise a failure that may pass by itself. */
  readonly isDefinite: boolean;
}

interface Suspect {
  readonly event: EncodedEvent;
  tries: number;
  /** The intake took another event after it had not taken this one alone. */
  isProvenToWork: boolean;
  /** Tries since then. */
  triesSinceProof: number;
}

const UNTRIED = { tries: 0, isProvenToWork: false, triesSinceProof: 0 };
/** How often an event must be tried alone before it is to blame. */
const TRIES_OF_REFUSED = 2;
const TRIES_OF_FAILED = 5;
/** Of these, how often after the proof that the intake works: what failed before it may have been an outage. */
const TRIES_SINCE_PROOF_OF_FAILED = 3;
/** Good events that are kept back as a proof that the intake works; see `#reserve`. */
const MAX_RESERVE = 6;
/** So many proofs that fail in a row show that the intake takes nothing any more. */
const MAX_FAILED_PROOFS = 4;
/** At most this many events are given up without proof. */
const MAX_UNPROVEN = 10;

/**
 * Finds the events of a batch that the intake does not take, while it takes others: parts that are not taken are
 * halved until the event is alone. To blame is only an event that was not taken, before and after another one was: an
 * outage that begins in the midst of it must not look like a row of bad events.
 */
export class Bisection {
  /** The next is the last. */
  readonly #parts: (readonly EncodedEvent[])[] = [];
  readonly #suspects = new Map<number, Suspect>();
  /**
   * Events whose neighbours were taken, so that they are most likely good: sent when proof is needed that the intake
   * works, and otherwise at the end.
   */
  #reserve: EncodedEvent[] = [];
  /** Not taken in a row that are still no outage; more each time that a proof showed that. */
  #maxInARow: number;
  #inARow = 0;

  /** Begins with events of which some are not taken; `size` counts those with them that `taken` will add. */
  constructor(batch: readonly EncodedEvent[], size = batch.length) {
    this.#maxInARow = 2 * Math.ceil(Math.log2(size + 1)) + 8;
    this.#pushHalves(batch);
  }

  /** What is being asked for is a last try without a proof: it must not be hurried. */
  get lacksProof(): boolean {
    return this.#parts.length === 0 && this.#reserve.length === 0;
  }

  next(): readonly EncodedEvent[] {
    const witness = this.#witness();
    if (this.#inARow >= this.#maxInARow && witness.length > 0) return witness;
    const part = this.#parts.at(-1);
    if (part !== undefined) return this.#keepsBack(part) ? part.slice(0, -1) : part;
    const suspects = [...this.#suspects.values()].sort((a, b) => a.tries - b.tries);
    const proven = suspects.find(({ isProvenToWork }) => isProvenToWork);
    if (proven !== undefined) return [proven.event];
    if (suspects[0] === undefined) return this.#reserve;
    return witness.length > 0 ? witness : [suspects[0].event];
  }

  /** `sent` was taken, but for the events in `again`, which are to be sent again as parts. */
  taken(sent: readonly EncodedEvent[], again: readonly (readonly EncodedEvent[])[]): void {
    const rest = this.#removeFromParts(sent);
    if (rest.length > 0) this.#reserve.push(...rest);
    if (this.#inARow >= this.#maxInARow) this.#maxInARow *= 2;
    this.#inARow = 0;
    for (const { index } of sent) this.#suspects.delete(index);
    for (const suspect of this.#suspects.values()) suspect.isProvenToWork = true;
    for (const part of again) if (part.length > 0) this.#parts.push(part);
  }

  /** An outage: what was not taken meanwhile says nothing about the events. Everything stays cut as small as it is. */
  forgive(): void {
    for (const suspect of this.#suspects.values()) Object.assign(suspect, UNTRIED);
  }

  notTaken(sent: readonly EncodedEvent[], failure: Failure): Outcome {
    this.#inARow += 1;
    const rest = this.#removeFromParts(sent);
    const [event] = sent;
    let outcome: Outcome = 'open';
    if (sent.length > 1 || event === undefined) {
      this.#pushHalves([...sent, ...rest]);
    } else {
      if (rest.length > 0) this.#parts.push(rest);
      outcome = this.#classify(event, failure);
    }
    const mayProve = this.#inARow < this.#maxInARow + MAX_FAILED_PROOFS && this.#witness().length > 0;
    const isOver = this.#inARow >= this.#maxInARow && !mayProve;
    return outcome === 'open' && isOver ? 'outage' : outcome;
  }

  #classify(event: EncodedEvent, { isDefinite }: Failure): Outcome {
    const suspect = this.#suspects.get(event.index) ?? { event, ...UNTRIED };
    this.#suspects.set(event.index, suspect);
    suspect.tries += 1;
    if (suspect.isProvenToWork) suspect.triesSinceProof += 1;
    // That it fails again is as expected: only what tells nothing counts towards an outage.
    if (suspect.isProvenToWork) this.#inARow -= 1;
    if (suspect.tries < (isDefinite ? TRIES_OF_REFUSED : TRIES_OF_FAILED)) return 'open';
    if (suspect.isProvenToWork) {
      if (!isDefinite && suspect.triesSinceProof < TRIES_SINCE_PROOF_OF_FAILED) return 'open';
      this.#suspects.delete(event.index);
      return 'guilty';
    }
    if (!this.lacksProof) return 'open';
    if (this.#suspects.size > MAX_UNPROVEN) return 'outage';
    this.#suspects.delete(event.index);
    return 'unproven';
  }

  /** One event that is likely good: of those kept back, or as far away as can be from what is not taken. */
  #witness(): readonly EncodedEvent[] {
    return this.#reserve.length > 0 ? this.#reserve.slice(0, 1) : (this.#parts[0]?.slice(-1) ?? []);
  }

  #keepsBack(part: readonly EncodedEvent[]): boolean {
    return part.length > 1 && this.#reserve.length < MAX_RESERVE;
  }

  /** Takes what was sent out of where it stood; returns what was kept back of its part. */
  #removeFromParts(sent: readonly EncodedEvent[]): readonly EncodedEvent[] {
    const gone = new Set(sent.map(({ index }) => index));
    this.#reserve = this.#reserve.filter(({ index }) => !gone.has(index));
    const part = this.#parts.at(-1);
    if (part?.[0] !== undefined && gone.has(part[0].index)) {
      this.#parts.pop();
      return part.filter(({ index }) => !gone.has(index));
    }
    const [far] = this.#parts;
    const left = far?.filter(({ index }) => !gone.has(index));
    if (left !== undefined && left.length < (far?.length ?? 0))
      this.#parts.splice(0, 1, ...(left.length > 0 ? [left] : []));
    return [];
  }

  #pushHalves(batch: readonly EncodedEvent[]): void {
    const middle = Math.ceil(batch.length / 2);
    for (const half of [batch.slice(middle), batch.slice(0, middle)]) if (half.length > 0) this.#parts.push(half);
  }
}
