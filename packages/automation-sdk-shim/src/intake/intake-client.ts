import { UndeliveredError, type Span } from '../errors.js';
import type { Scrubber } from '../log/scrubber.js';
import { envelopeBytes } from './batch-request.js';
import { ChunkSender, type Attempted, type SenderOptions } from './chunk-sender.js';
import { LARGEST_REQUEST_BYTES, chunksOf, halvesOf, type Chunk, type EncodedEvent, type Rejection } from './chunks.js';

/** Events [from, to) are settled: acknowledged by the intake, but for those in `rejected`, which nobody logged yet. */
export interface Receipt extends Span {
  readonly rejected: readonly Rejection[];
}

export interface IntakeOptions extends SenderOptions {
  /** Most events in one request. */
  readonly chunkSize: number;
  /** How long a chunk is held of which the intake takes nothing. */
  readonly holdMs?: number;
  readonly scrubber: Scrubber;
}

/** So many events refused in a row are no longer the events' fault. */
const SUSPICIOUS_REFUSALS = 10;
/** Long enough for an intake to be mended, and short enough that events made to be refused cannot keep others from arriving. */
const HOLD_MS = 15 * 60_000;

/** An event that the intake refuses alone, as a chunk of its own. */
interface Refusal {
  readonly chunk: Chunk;
  readonly reason: string;
}

/** Delivers events to a Sekoia intake, and never drops one silently. */
export class IntakeClient {
  readonly #options: IntakeOptions;
  readonly #sender: ChunkSender;
  /** Events refused since the last one that was accepted. */
  #refusedInARow = 0;
  #everAccepted = false;

  constructor(options: IntakeOptions) {
    this.#options = options;
    this.#sender = new ChunkSender(options);
  }

  /**
   * Sends events (JSON texts) in order, chunk by chunk, and yields a receipt as each is acknowledged. Receipts are
   * contiguous and cover all events. The next chunk is sent only when the consumer asks for the next receipt, so that
   * it can save its progress between them. A chunk that the intake refuses is halved until the refused event is
   * alone and rejected; but where the intake seems to refuse every event, they are held like in any other outage.
   * Otherwise this tries for ever; a repeat after an answer that was lost cannot be avoided, as the intake knows no
   * idempotency key.
   * Once `signal` is aborted nothing more is sent, but a request that is on its way is given a few seconds to be answered.
   * @throws UndeliveredError only once `signal` is aborted with events left
   */
  async *deliver(events: readonly string[], signal: AbortSignal): AsyncGenerator<Receipt, void, void> {
    const limits = {
      events: this.#options.chunkSize,
      bytes: LARGEST_REQUEST_BYTES - envelopeBytes(this.#options.intakeKey),
    };
    try {
      for (const chunk of chunksOf(events, limits)) yield* this.#deliverChunk(chunk, events.length, signal);
    } finally {
      this.#sender.pause();
    }
  }

  /** `end` is where all events end. */
  async *#deliverChunk(whole: Chunk, end: number, signal: AbortSignal): AsyncGenerator<Receipt, void, void> {
    const pending: Attempted[] = [{ chunk: whole, uncertain: false }];
    // Refused before any event of the chunk was accepted: whether it is their own fault shows only then.
    const doubted: Refusal[] = [];
    const reject = () => doubted.splice(0).map((refusal) => this.#rejection(refusal));
    let accepted = false;
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const { chunk } = next;
      if (chunk.events.length === 0) {
        yield this.#receipt(chunk, []);
        continue;
      }
      const outcome = await this.#sender.send(next, signal);
      if (outcome.kind === 'stopped') {
        throw undelivered({ from: doubted[0]?.chunk.from ?? chunk.from, to: end }, [next, ...pending]);
      }
      if (outcome.kind === 'acknowledged') {
        accepted = true;
        this.#accepted();
        yield* reject();
        yield this.#receipt(chunk, []);
        continue;
      }
      if (chunk.events.length > 1) {
        const [first, second] = halvesOf(chunk);
        const { uncertain } = next;
        pending.push({ chunk: second, uncertain }, { chunk: first, uncertain });
        continue;
      }
      doubted.push({ chunk, reason: outcome.reason });
      this.#refusedInARow += 1;
      const last = pending.length === 0;
      if (accepted || (last && this.#isTrusted())) {
        yield* reject();
      } else if (last) {
        const remaining = await this.#untilTaken(whole, outcome.reason, end, signal);
        if (remaining === undefined) {
          yield* reject();
          return;
        }
        doubted.splice(0);
        pending.push(remaining);
        accepted = true;
      }
    }
  }

  /** Holds a chunk of which the intake takes nothing, until it takes something; returns what remains of the chunk, undefined where the time is up. */
  async #untilTaken(chunk: Chunk, reason: string, end: number, signal: AbortSignal): Promise<Attempted | undefined> {
    const { now = Date.now, holdMs = HOLD_MS } = this.#options;
    const until = now() + holdMs;
    let uncertain = false;
    let last = reason;
    for (let round = 0; now() < until || signal.aborted; round += 1) {
      await this.#sender.waitAfter('refusal', this.#options.scrubber.scrub(last), signal);
      for (const { events, remain } of trialsOf(chunk, round)) {
        const trial: Attempted = { chunk: { ...chunk, events }, uncertain };
        const outcome = await this.#sender.send(trial, signal);
        uncertain = trial.uncertain;
        if (outcome.kind === 'stopped') throw undelivered({ from: chunk.from, to: end }, [{ chunk, uncertain }]);
        if (outcome.kind === 'acknowledged') {
          this.#accepted();
          return { chunk: { ...chunk, events: remain }, uncertain: true };
        }
        last = outcome.reason;
      }
    }
    return undefined;
  }

  /** Whether the intake is known to take events, so that those that it refuses may be at fault. */
  #isTrusted(): boolean {
    return this.#everAccepted && this.#refusedInARow < SUSPICIOUS_REFUSALS;
  }

  #accepted(): void {
    this.#everAccepted = true;
    this.#refusedInARow = 0;
  }

  #rejection({ chunk, reason }: Refusal): Receipt {
    const scrubbed = this.#options.scrubber.scrub(reason);
    const rejected = chunk.events.map(({ index }) => ({
      index,
      reason: `The intake refused the event: ${scrubbed}.`,
    }));
    return this.#receipt(chunk, rejected);
  }

  #receipt({ from, to, rejected }: Chunk, refused: readonly Rejection[]): Receipt {
    const all = [...rejected, ...refused].sort((a, b) => a.index - b.index);
    this.#options.metrics.discardedEvents.inc(all.length);
    return { from, to, rejected: all };
  }
}

interface Trial {
  readonly events: readonly EncodedEvent[];
  /** Of the chunk, once these are taken. */
  readonly remain: readonly EncodedEvent[];
}

/**
 * What is tried in one round of a time in which a chunk is refused: all of it, since that is right again once the
 * intake is, and one event alone, another one each time, since some of them may really be bad.
 */
function trialsOf({ events }: Chunk, round: number): Trial[] {
  const single = round % events.length;
  const all = { events, remain: [] };
  const one = { events: events.slice(single, single + 1), remain: events.toSpliced(single, 1) };
  return events.length > 1 ? [all, one] : [all];
}

function undelivered(span: Span, left: readonly Attempted[]): UndeliveredError {
  const uncertain = left.filter((attempted) => attempted.uncertain).map(({ chunk }) => chunk);
  const from = Math.min(...uncertain.map((chunk) => chunk.from));
  const to = Math.max(...uncertain.map((chunk) => chunk.to));
  return new UndeliveredError(span, uncertain.length === 0 ? undefined : { from, to });
}
