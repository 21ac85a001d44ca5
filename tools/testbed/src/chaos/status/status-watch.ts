/** A status that was wrong for a while. */
import type { Side } from '../plan/steps.js';
import { classify, type Expectation, type Foreseen, type Look, STARTUP_MS, type Status } from './oracle.js';

export interface Violation {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly looks: number;
  readonly process: number;
  readonly what: string;
  /** What failed when it began. */
  readonly troubles: readonly string[];
  readonly reasons: string;
}

/** What one process answered. */
export interface Seen {
  readonly process: number;
  readonly startedMs: number;
  /** Undefined: it did not answer in time. */
  readonly body: Readonly<Record<string, unknown>> | undefined;
}

interface Lasting extends Foreseen {
  readonly fromMs: number;
  untilMs: number | undefined;
  metMs: number | undefined;
  /** Requests to where it is, before the process could meet with it. */
  requestsBefore: number;
}

/** Two looks of the same kind belong together where no more than that lies between them. */
const TOGETHER_MS = 3000;
const MAX_REASONS = 400;
/** Looks come each second. Where one is so late, the machine is too busy to judge anybody by seconds ... */
const LATE_LOOK_MS = 3000;
/** ... for so long. */
const BLIND_MS = 10_000;

/** Knows what fails, looks at the status, and keeps what was wrong. */
export class StatusWatch {
  readonly #nowMs: () => number;
  readonly #requestsTo: (side: Side) => number;
  readonly #troubles: Lasting[] = [];
  readonly #violations: Violation[] = [];
  readonly #onViolation: (violation: Violation) => void;
  #last: { readonly process: number; readonly atMs: number } | undefined;
  #blindUntilMs = -Infinity;
  #status: Status | undefined;
  #expected: Expectation | undefined;
  readonly #looks = new Map<Expectation, number>();

  /**
   * @param requestsTo how many requests a side has had so far
   * @param onViolation told of each violation when it begins
   */
  constructor(
    nowMs: () => number,
    requestsTo: (side: Side) => number,
    onViolation: (violation: Violation) => void = () => undefined,
  ) {
    this.#nowMs = nowMs;
    this.#requestsTo = requestsTo;
    this.#onViolation = onViolation;
  }

  /** @returns what to call when it ends */
  begin(foreseen: Foreseen): () => void {
    const fromMs = this.#nowMs();
    const requestsBefore = this.#requestsAt(foreseen);
    const metMs = foreseen.at.length === 0 ? fromMs : undefined;
    const trouble: Lasting = { ...foreseen, fromMs, untilMs: undefined, metMs, requestsBefore };
    this.#troubles.push(trouble);
    return () => {
      trouble.untilMs ??= this.#nowMs();
    };
  }

  /** Takes down an answer of `/health`, and what it is worth. */
  see({ process, startedMs, body }: Seen): void {
    const atMs = this.#nowMs();
    if (this.#last !== undefined && this.#last.process !== process) this.#meetAnew(atMs);
    this.#meet(atMs);
    if (this.#isBlind(process, atMs)) return;
    if (body === undefined) {
      this.#violate({ what: '/health did not answer', process, reasons: '' }, atMs);
      return;
    }
    this.#status = body['status'] as Status;
    const look: Look = { atMs, startedMs, status: body['status'] as Status, matters: mattersOf(body) };
    const { expected, violation } = classify(look, this.#troubles);
    this.#expected = expected;
    this.#looks.set(expected, (this.#looks.get(expected) ?? 0) + 1);
    if (violation === undefined) return;
    const reasons = JSON.stringify(body['reasons'] ?? []).slice(0, MAX_REASONS);
    this.#violate({ what: violation, process, reasons }, atMs);
  }

  /** Whether the status is ok again, or had to be and was judged: time that is set aside may keep it degraded. */
  get isSettled(): boolean {
    return this.#status === 'ok' || this.#expected === 'ok';
  }

  get violations(): readonly Violation[] {
    return this.#violations;
  }

  /** How often the status had to be what. */
  get looks(): ReadonlyMap<Expectation, number> {
    return this.#looks;
  }

  #isBlind(process: number, atMs: number): boolean {
    if (this.#last?.process === process && atMs - this.#last.atMs > LATE_LOOK_MS) this.#blindUntilMs = atMs + BLIND_MS;
    this.#last = { process, atMs };
    return atMs < this.#blindUntilMs;
  }

  /** A process that was started meanwhile has to run into it by itself. */
  #meetAnew(atMs: number): void {
    for (const trouble of this.#troubles) {
      if (trouble.untilMs !== undefined) continue;
      trouble.requestsBefore = this.#requestsAt(trouble);
      trouble.metMs = trouble.at.length === 0 ? atMs + STARTUP_MS : undefined;
    }
  }

  /** One request may have been on its way when the trouble began. */
  #meet(atMs: number): void {
    for (const trouble of this.#troubles)
      if (trouble.metMs === undefined && trouble.untilMs === undefined)
        trouble.metMs = this.#requestsAt(trouble) > trouble.requestsBefore + 1 ? atMs : undefined;
  }

  #requestsAt({ at }: Foreseen): number {
    return at.reduce((sum, side) => sum + this.#requestsTo(side), 0);
  }

  #violate({ what, process, reasons }: Pick<Violation, 'what' | 'process' | 'reasons'>, atMs: number): void {
    const last = this.#violations.at(-1);
    if (last?.what === what && last.process === process && atMs - last.untilMs <= TOGETHER_MS) {
      this.#violations.splice(-1, 1, { ...last, untilMs: atMs, looks: last.looks + 1 });
      return;
    }
    const troubles = this.#troubles.filter(({ untilMs }) => untilMs === undefined).map(({ name }) => name);
    const violation = { fromMs: atMs, untilMs: atMs, looks: 1, process, what, troubles, reasons };
    this.#violations.push(violation);
    this.#onViolation(violation);
  }
}

function mattersOf(body: Readonly<Record<string, unknown>>): string[] {
  const { reasons } = body;
  if (!Array.isArray(reasons)) return [];
  return reasons.map((reason) => String((reason as { matter?: unknown }).matter));
}
