import type { NotTaken, Reading } from './reading.js';

/** So many batches that were not taken later, plain bodies are tried again: the first try may have met an outage. */
const TRY_AGAIN_AFTER = 8;

/**
 * Whether batches are compressed. An intake that does not unpack gzip answers with anything: 415, 400 for what is no
 * JSON to it, 500. So the first batch that is not taken compressed is sent plain at once; what is taken is used from
 * then on.
 */
export class Encoding {
  #isCompressed: boolean;
  #trial: NotTaken | undefined;
  /** Compressed batches in a row that were not taken since plain ones were tried. */
  #notTaken = TRY_AGAIN_AFTER;

  constructor(compress: boolean) {
    this.#isCompressed = compress;
  }

  get isCompressed(): boolean {
    return this.#isCompressed && this.#trial === undefined;
  }

  /** The refusal for which the batch that `isCompressed` was just asked for goes out plain; undefined without one. */
  takeTrial(): NotTaken | undefined {
    const trial = this.#trial;
    this.#trial = undefined;
    return trial;
  }

  /** Takes what a compressed batch came to; whether the same batch should be sent plain at once. */
  wantsPlain(reading: Reading): boolean {
    // An answer that names some of the events was made of them.
    if (reading.kind === 'taken' || reading.kind === 'short') {
      this.#notTaken = 0;
      return false;
    }
    if (reading.status === 415) {
      this.#isCompressed = false;
      return true;
    }
    // An answer about the key proves that the body was read; without an answer, or without a look at the body, nothing
    // is known.
    const saysNothing = reading.status === undefined || reading.namesKey;
    if (saysNothing || reading.kind === 'away' || reading.kind === 'misdirected') return false;
    this.#notTaken += 1;
    if (this.#notTaken <= TRY_AGAIN_AFTER) return false;
    this.#notTaken = 0;
    // Turned away: no second request at once, which would count as a second refusal, but the next one is plain.
    if (reading.kind === 'settings') this.#trial = reading;
    return reading.kind !== 'settings';
  }

  /** The plain batch was taken where the compressed one was not. */
  plainWorks(): void {
    this.#isCompressed = false;
  }
}
