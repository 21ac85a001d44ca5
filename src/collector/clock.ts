import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../model/ports.js';

/** What the machine itself says of time. */
export interface SystemTime {
  /** Milliseconds since 1970. It may be wrong, and may be set at any moment. */
  wallMs(): number;
  /** Milliseconds since some moment; never set. */
  steadyMs(): number;
  /** Resolves early where the signal is aborted. */
  sleep(durationMs: number, signal: AbortSignal): Promise<void>;
}

/** What the clock has found out about itself, for the log. Positive durations: the service's time is ahead. */
export type ClockFinding =
  | { readonly kind: 'corrected'; readonly byMs: number; readonly systemIsOffByMs: number }
  /** Dates that the machine's clocks contradict; reported once until they agree again. */
  | { readonly kind: 'doubted'; readonly byMs: number };

export interface ClockOptions {
  /** Called with the duration of each sleep as it begins. */
  readonly onSleep?: (durationMs: number) => void;
  readonly onFinding?: (finding: ClockFinding) => void;
  readonly time?: SystemTime;
}

/** Answers of one service differ by less: rounding, their way, and the clocks of its servers. */
const JITTER_MS = 5_000;
/** How far off a clock may be for a single first answer to correct it. */
const CREDIBLE_MS = 300_000;
/** Two answers that agree to this say the same. */
const AGREEMENT_MS = 10_000;
/**
 * How long every answer must agree on a time that the machine's own clocks both contradict: mail is late by as much if
 * they are right.
 */
const INSISTENCE_MS = 60_000;
const MAX_TIMER_MS = 2 ** 31 - 1;

const systemTime: SystemTime = {
  wallMs: () => Date.now(),
  steadyMs: () => performance.now(),
  sleep: async (durationMs, signal) => {
    await delay(Math.min(durationMs, MAX_TIMER_MS), undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  },
};

interface Doubt {
  readonly correctionMs: number;
  readonly sinceSteadyMs: number;
}

/**
 * The system's clock, corrected by the Date header of the service's answers: a clock that runs ahead would have ranges
 * "in the future" refused, one that is behind would delay events. Between answers time passes monotonically, so that
 * setting the system's clock while the module runs changes nothing. docs/adr/0017 says which of the clocks is
 * believed.
 */
export class ServerClock implements Clock {
  readonly #options: ClockOptions;
  readonly #time: SystemTime;
  readonly #startedAt: number;
  #correctionMs = 0;
  #isConfirmed = false;
  /** The corrections that the present belief allows: small ones move within, so that many of them cannot add up. */
  #allowed = { fromMs: -CREDIBLE_MS, toMs: CREDIBLE_MS };
  #doubt: Doubt | undefined;
  #isDoubtReported = false;

  constructor(options: ClockOptions = {}) {
    this.#options = options;
    this.#time = options.time ?? systemTime;
    this.#startedAt = this.#time.wallMs() - this.#time.steadyMs();
  }

  get isConfirmed(): boolean {
    return this.#isConfirmed;
  }

  now(): number {
    return this.#startedAt + this.#time.steadyMs() + this.#correctionMs;
  }

  systemMs(): number {
    return this.#time.wallMs();
  }

  mark(): () => number {
    const at = this.#time.steadyMs();
    return () => this.#startedAt + at + this.#correctionMs;
  }

  async sleep(durationMs: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted || durationMs <= 0) return;
    this.#options.onSleep?.(durationMs);
    await this.#time.sleep(durationMs, signal);
  }

  /** What the system's clock, as it was at the start, is corrected by. */
  get correctionMs(): number {
    return this.#correctionMs;
  }

  /**
   * Takes an answer's date (milliseconds, cut to the second, made between the two marks). Such a date leaves a range of
   * possible errors; the correction moves only if it lies outside, and then only to its edge: a right clock is never
   * disturbed by rounding.
   */
  observe(dateMs: number, sentAt: () => number, receivedAt: () => number): void {
    const tooSlowBy = dateMs - receivedAt();
    const tooFastBy = sentAt() - (dateMs + 1000);
    const moveMs = tooSlowBy > 0 ? tooSlowBy : tooFastBy > 0 ? -tooFastBy : 0;
    const correctionMs = this.#correctionMs + moveMs;
    const isFarOff = correctionMs < this.#allowed.fromMs || correctionMs > this.#allowed.toMs;
    if (isFarOff && !this.#isConvincing(correctionMs)) return;
    if (isFarOff || !this.#isConfirmed) {
      // An answer that took long says less, and leaves room for the next one.
      this.#allowed = {
        fromMs: this.#correctionMs + tooSlowBy - JITTER_MS,
        toMs: this.#correctionMs - tooFastBy + JITTER_MS,
      };
      this.#report(correctionMs);
    }
    this.#correctionMs = correctionMs;
    this.#isConfirmed = true;
    this.#doubt = undefined;
    this.#isDoubtReported = false;
  }

  /**
   * A date that is far off is believed once a second answer agrees and nothing else contradicts it: something between
   * here and the service may answer too, with a clock of its own. Against both the steady clock and the one on the wall
   * it has to last.
   */
  #isConvincing(correctionMs: number): boolean {
    const nowMs = this.#time.steadyMs();
    const doubt = this.#doubt;
    if (doubt === undefined || Math.abs(correctionMs - doubt.correctionMs) > AGREEMENT_MS) {
      this.#doubt = { correctionMs, sinceSteadyMs: nowMs };
      return false;
    }
    const byTheWall = this.#time.wallMs() - (this.#startedAt + nowMs);
    const agreesWithTheWall = Math.abs(correctionMs - byTheWall) <= JITTER_MS;
    if (!this.#isConfirmed || agreesWithTheWall || nowMs - doubt.sinceSteadyMs >= INSISTENCE_MS) return true;
    if (!this.#isDoubtReported) this.#options.onFinding?.({ kind: 'doubted', byMs: correctionMs - this.#correctionMs });
    this.#isDoubtReported = true;
    return false;
  }

  #report(correctionMs: number): void {
    const byMs = correctionMs - this.#correctionMs;
    if (Math.abs(byMs) < AGREEMENT_MS) return;
    const systemIsOffByMs = this.#startedAt + this.#time.steadyMs() + correctionMs - this.#time.wallMs();
    this.#options.onFinding?.({ kind: 'corrected', byMs, systemIsOffByMs });
  }
}

/** What a finding means, for the log. */
export function sentenceOnClock(finding: ClockFinding): string {
  const seconds = Math.round(Math.abs(finding.byMs) / 1000);
  const direction = finding.byMs > 0 ? 'ahead of' : 'behind';
  if (finding.kind === 'doubted')
    return `The service's answers are dated ${seconds} s ${direction} what both clocks of this machine say. They are not believed unless they all say so for ${INSISTENCE_MS / 1000} s; no data is lost. Check the clocks of proxies on the way. [MT-CLOCK]`;
  const offSeconds = Math.round(finding.systemIsOffByMs / 1000);
  const system =
    offSeconds === 0
      ? 'It now agrees with the clock of this machine.'
      : `The clock of this machine differs from it by ${Math.abs(offSeconds)} s: set it right.`;
  return `Time is now taken to be ${seconds} s ${finding.byMs > 0 ? 'later' : 'earlier'}, by the dates of the service's answers. ${system} No data is lost. [MT-CLOCK]`;
}
