/** What the run has seen of the intake so far, over all batches. */
import type { UndeliveredError } from '../errors.js';
import { Bisection, probeOf } from './bisection.js';
import type { Chunk, EncodedEvent } from './chunks.js';
import type { NotTaken, Reading, Taken } from './reading.js';
import { isUnacknowledged, rejectionReason, type Settled, Settlements, UnacknowledgedTries } from './settlements.js';

export interface Experience {
  /** The intake has acknowledged something since the start. */
  acknowledged: boolean;
  /** Events were set aside that only a later acceptance can prove to be bad, and none came yet. */
  isProofOwed: boolean;
}

/**
 * How long to wait before the next request: not at all, a moment (the intake works, but not for these events), as
 * after a failure, or as for a key that is not active yet.
 */
export type Wait = 'none' | 'moment' | 'failure' | 'key';

export interface Step {
  readonly wait: Wait;
  /** Whether the intake seems to take no events at all, so that this is worth a line in the log. */
  readonly isTrouble: boolean;
}

/** Tries of the same batch before parts of it are tried, since most failures of a server pass by themselves. */
const TRIES_AS_A_WHOLE = 5;
/** How many parts are tried at once after the first refusal: both halves, and two single events. */
const PROBES_AT_ONCE = 4;
/** After it a key that is not active is probably wrong, or one bad event is at fault. */
const KEY_PROBES_AFTER_MS = 30 * 60_000;
/** After it a few events that are not taken, with nothing left to compare them with, no longer hold up all others. */
const SET_ASIDE_AFTER_MS = 60 * 60_000;
/** Of a batch of which others were taken, where the intake fails instead of refusing them. */
const MAX_SET_ASIDE = 10;
/** Of a batch of which none was taken. */
const MAX_SET_ASIDE_UNPROVEN = 3;

/** Answers that the same events would get again, as far as can be known. */
const DEFINITE: ReadonlySet<NotTaken['kind']> = new Set(['refused', 'short', 'unacknowledged'] as const);

const AT_ONCE: Step = { wait: 'none', isTrouble: false };

/**
 * Decides what to do next with one batch. It makes no requests and knows no clock: `next` says what to send, `learn`
 * takes what came back.
 *
 * The batch is sent as a whole until something suggests that some of its events are to blame. Then parts of it are
 * tried as well: in an outage they fail, too, and nothing happens to any event. Once the intake takes a part, it works,
 * and the rest is sent in halves until the events that it does not take are alone (`Bisection`). A batch that was not
 * answered in time, or of which the answer names a part without saying which, is sent in halves at once.
 */
export class BatchPlan {
  readonly #experience: Experience;
  readonly #settlements: Settlements;
  #setAside: EncodedEvent[] = [];
  #left: readonly EncodedEvent[];
  #bisection: Bisection | undefined;
  #hasTakenSome = false;
  /** The next request is a part, to find out whether the intake takes anything. */
  #probes = false;
  #probesMade = 0;
  #failures = 0;
  #heldSinceMs: number | undefined;
  #keySinceMs: number | undefined;
  readonly #unacknowledged = new UnacknowledgedTries();

  constructor(chunk: Chunk, experience: Experience) {
    this.#experience = experience;
    this.#left = chunk.events;
    this.#settlements = new Settlements(chunk);
  }

  get isDone(): boolean {
    return this.#left.length === 0;
  }

  /**
   * Events rejected since the last call without the proof that the intake takes others: to be tried again once it does.
   */
  takeSetAside(): readonly EncodedEvent[] {
    const setAside = this.#setAside;
    this.#setAside = [];
    return setAside;
  }

  /** What to send next; the same until `learn` is called. */
  next(): readonly EncodedEvent[] {
    if (this.#bisection !== undefined) return this.#bisection.next();
    return this.#probes ? probeOf(this.#left, this.#probesMade) : this.#left;
  }

  learn(sent: readonly EncodedEvent[], reading: Reading, nowMs: number): Step {
    const mayHaveArrived = reading.kind !== 'taken' && reading.perhapsDelivered;
    if (mayHaveArrived) this.#settlements.mayHaveArrived(sent);
    switch (reading.kind) {
      case 'taken':
        return this.#take(sent, reading);
      case 'key':
        return this.#waitForKey(sent, reading, nowMs);
      case 'away':
      case 'misdirected':
        this.#probes = false;
        return { wait: 'failure', isTrouble: true };
      case 'slow':
      case 'short':
      case 'unacknowledged':
      case 'refused':
      case 'failed':
      case 'settings':
        return this.#suspect(sent, reading, nowMs);
    }
  }

  /** The events that were settled since the last call, as stretches in order. */
  takeSettled(): Settled[] {
    return this.#settlements.take();
  }

  /** Of a stop now; `end` is where all events end. */
  undelivered(end: number): UndeliveredError {
    return this.#settlements.undelivered(end);
  }

  #take(sent: readonly EncodedEvent[], { fates }: Taken): Step {
    const again: EncodedEvent[] = [];
    const unnamed: EncodedEvent[] = [];
    for (const [position, event] of sent.entries()) {
      const fate = fates[position] ?? { kind: 'accepted' };
      if (fate.kind === 'accepted') this.#settlements.settle(event, undefined);
      // Refused by name, in the answer that accepts others: that is all the proof there can be.
      else if (fate.kind === 'refused')
        this.#settlements.settle(event, rejectionReason({ ...fate, perhapsDelivered: false }));
      else (fate.kind === 'later' ? again : unnamed).push(event);
    }
    this.#settlements.mayHaveArrived([...again, ...unnamed]);
    this.#experience.acknowledged = true;
    this.#hasTakenSome = true;
    this.#probes = false;
    this.#failures = 0;
    this.#heldSinceMs = undefined;
    this.#keySinceMs = undefined;
    this.#unacknowledged.reset();
    this.#drop();
    if (this.#left.length > 0) {
      const gone = new Set(sent.map(({ index }) => index));
      const unsent = this.#left.filter(({ index }) => !gone.has(index));
      this.#bisection ??= new Bisection(unsent, this.#left.length);
      this.#bisection.taken(sent, [again, unnamed]);
    }
    return again.length > 0 ? { wait: 'failure', isTrouble: false } : AT_ONCE;
  }

  #suspect(sent: readonly EncodedEvent[], reading: NotTaken, nowMs: number): Step {
    const isSlow = reading.kind === 'slow';
    if (this.#bisection === undefined) {
      if (this.#left.length === 1 || !this.#halvesAtOnce(reading, sent.length)) return this.#hold(reading, nowMs);
      this.#bisection = new Bisection(this.#left);
      return { wait: isSlow ? 'moment' : 'none', isTrouble: isSlow };
    }
    const isDefinite = DEFINITE.has(reading.kind);
    const outcome = this.#bisection.notTaken(sent, { reason: reading.reason, isDefinite });
    switch (outcome) {
      case 'guilty':
        for (const event of sent) this.#settlements.settle(event, rejectionReason(reading));
        this.#drop();
        return AT_ONCE;
      case 'unproven':
        this.#putAside(sent, rejectionReason(reading));
        return AT_ONCE;
      case 'open':
        if (this.#bisection.lacksProof) return { wait: 'failure', isTrouble: false };
        return isDefinite ? AT_ONCE : { wait: 'moment', isTrouble: false };
      case 'outage':
        break;
    }
    if (isSlow) {
      // The whole batch would take even longer, and might be stored once more.
      this.#bisection.forgive();
      return { wait: 'failure', isTrouble: true };
    }
    this.#bisection = undefined;
    return this.#hold(reading, nowMs);
  }

  #halvesAtOnce({ kind, namedEvents }: NotTaken, sent: number): boolean {
    if (kind === 'slow') return true;
    // A few ids for many events are no answer that misses some. Parts as small as their number would look acknowledged.
    const namesAtLeastHalf = kind === 'short' && 2 * namedEvents >= sent;
    return namesAtLeastHalf && this.#unacknowledged.count === 0;
  }

  /** Nothing of the batch was taken yet, or nothing is any more: holds all of it, and tries parts to find out why. */
  #hold(reading: NotTaken, nowMs: number): Step {
    const wasProbe = this.#probes;
    this.#heldSinceMs ??= nowMs;
    this.#failures += 1;
    if (wasProbe) this.#probesMade += 1;
    if (isUnacknowledged(reading)) return this.#holdUnacknowledged(reading, nowMs);
    const isLong = nowMs - this.#heldSinceMs >= SET_ASIDE_AFTER_MS;
    if (isLong && this.#mayGiveUp(reading)) {
      this.#putAside(this.#left, rejectionReason(reading));
      return { wait: 'none', isTrouble: true };
    }
    const canProbe = this.#left.length > 1;
    if (reading.kind === 'settings' && !this.#experience.acknowledged) {
      this.#probes = false;
      return { wait: 'failure', isTrouble: true };
    }
    if (reading.kind === 'failed' || reading.kind === 'slow') {
      this.#probes = canProbe && !wasProbe && this.#failures >= TRIES_AS_A_WHOLE;
      return { wait: 'failure', isTrouble: true };
    }
    // A refusal is cheap and comes again at once: the whole and a part make one round.
    const burst = Math.min(PROBES_AT_ONCE, this.#left.length);
    this.#probes = canProbe && (!wasProbe || this.#probesMade < burst);
    return this.#probes ? AT_ONCE : { wait: 'failure', isTrouble: true };
  }

  /**
   * The intake may have stored the batch each time, so it is asked rarely. After an hour the batch is given up. Whether
   * it was stored, only Sekoia.io can say.
   */
  #holdUnacknowledged(reading: NotTaken, nowMs: number): Step {
    const tries = this.#unacknowledged;
    tries.add(nowMs);
    if (tries.isOver(nowMs)) {
      this.#putAside(this.#left, rejectionReason(reading));
      return { wait: 'none', isTrouble: true };
    }
    this.#probes = !this.#probes && tries.count >= TRIES_AS_A_WHOLE && this.#left.length > 1;
    return { wait: 'key', isTrouble: true };
  }

  /** A key that is not active refuses every batch: the whole one is the right question, until that lasts too long. */
  #waitForKey(sent: readonly EncodedEvent[], { namesKey }: NotTaken, nowMs: number): Step {
    if (this.#bisection !== undefined) return { wait: 'key', isTrouble: true };
    const wasProbe = this.#probes;
    if (wasProbe) this.#probesMade += 1;
    this.#keySinceMs ??= nowMs;
    // The halves would hold a bad event as often as not; a single one does not.
    this.#probesMade = Math.max(this.#probesMade, 2);
    const lasts = nowMs - this.#keySinceMs >= KEY_PROBES_AFTER_MS;
    this.#probes = !namesKey && !wasProbe && lasts && sent.length > 1;
    return this.#probes ? AT_ONCE : { wait: 'key', isTrouble: true };
  }

  #mayGiveUp({ kind }: NotTaken): boolean {
    const count = this.#left.length;
    if (kind !== 'refused') return this.#hasTakenSome && count <= MAX_SET_ASIDE;
    return this.#hasTakenSome || (count <= MAX_SET_ASIDE_UNPROVEN && !this.#experience.isProofOwed);
  }

  #putAside(events: readonly EncodedEvent[], reason: string): void {
    this.#experience.isProofOwed = true;
    for (const event of events) {
      this.#settlements.settle(event, reason);
      this.#setAside.push(event);
    }
    this.#drop();
  }

  #drop(): void {
    this.#left = this.#left.filter((event) => !this.#settlements.has(event));
  }
}
