import { MAX_ROWS_AHEAD } from '@sekoia/automation-sdk-shim/budgets';
import { plan, type ReadStep, type Step, type Priority } from './planner.js';
import type { Clock, CollectorLog, Monitor, Page, ReadOptions, Sink, Source, TraceRecord } from '../model/ports.js';
import { asOutage, decide } from './error-policy.js';
import type { Ledger } from './ledger.js';
import { RetryPolicy } from './retry-policy.js';
import { prefetched } from './prefetch.js';
import { advance, highWatermark, skip, wholeSecond, type Progress, type TimeRange } from '../model/progress.js';
import { RangeRecovery } from './range-recovery.js';
import { Reporter } from './reporter.js';
import type { Schedule } from '../model/schedule.js';
import { followsSetAside, readablePieces } from './set-aside.js';
import type { SignInBackoff } from './wait-policy.js';
import { adapt } from './spans.js';
import { UnavailableError } from '../model/errors.js';

export interface CollectorParts {
  readonly source: Source;
  readonly sink: Sink;
  readonly ledger: Ledger;
  readonly schedule: Schedule;
  readonly clock: Clock;
  readonly monitor: Monitor;
  readonly log: CollectorLog;
  readonly signIn?: SignInBackoff;
}

interface PageReading {
  readonly options: ReadOptions;
  /** Called when a page comes. */
  readonly onPage: () => void;
}

/** Whether the next pages are fetched while one is delivered. */
type ReadMode = 'fetch ahead' | 'one page at a time';

/**
 * Reads range after range, delivers what has not gone out yet, and remembers it. Three rules make the promise:
 * what was acknowledged is remembered before the next chunk is sent; watermarks move only when a whole range has been
 * read; a range that fails is planned again, and its delivered rows are known by their fingerprints.
 */
export class Collector {
  readonly #parts: CollectorParts;
  readonly #retryPolicy: RetryPolicy;
  readonly #reporter: Reporter;
  readonly #recovery: RangeRecovery;
  /** Until then, what is refused is taken for an outage: unrelated time was refused as well. */
  #outageUntil = 0;
  #undatedReads = 0;
  /**
   * Counts failed reads of a range in a row. Fresh and old time are counted apart: one may succeed while the other
   * fails.
   */
  readonly #failures = { fresh: 0, old: 0 };
  /** The service has asked to be left alone: after that, live mail is asked for first. */
  #isPauseRequested = false;
  /** What is being read now. */
  #reading: ReadStep | undefined;

  constructor(parts: CollectorParts) {
    this.#parts = parts;
    this.#retryPolicy = new RetryPolicy(parts);
    this.#reporter = new Reporter(parts);
    this.#recovery = new RangeRecovery({
      ...parts,
      reporter: this.#reporter,
      read: async (step, options, signal) => {
        await this.#read(step, signal, 'one page at a time', options);
      },
      take: (page, signal) => this.#take(page, signal),
      save: (change, signal) => this.#save(change, signal),
    });
  }

  /** Collects until the signal is aborted. Throws only what no class of errors.ts stands for. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      await this.#collect(signal);
    } catch (error) {
      // What could not be written down before the end is found out again after the next start.
      if (!signal.aborted) throw error;
    }
  }

  async #collect(signal: AbortSignal): Promise<void> {
    const { clock, ledger } = this.#parts;
    this.#reporter.starting(ledger.progress, ledger.isFirstStart);
    if (!ledger.isFirstStart) this.#parts.monitor.progressed(ledger.progress);
    await this.#retryPolicy.resume(signal);
    await this.#askForTheTime(signal);
    let turn: Priority = 'fresh-first';
    while (!signal.aborted) {
      await this.#correctProgress(signal);
      const step = this.#plan(turn);
      if (step.kind === 'wait') {
        await clock.sleep(Math.max(step.until - clock.now(), shortestWaitMs), signal);
        turn = 'fresh-first';
      } else if (step.kind === 'gap') {
        if (step.range.start < step.range.end) this.#reporter.gap(step.range);
        await this.#save((progress) => skip(progress, step.range.end), signal);
      } else if (step.kind === 'retry') {
        await this.#recover(() => this.#recovery.retry(step.setAside, signal), signal);
      } else {
        turn = await this.#turnAfter(step, signal);
      }
    }
  }

  /** Reads a range; answers who goes first after it. */
  async #turnAfter(step: ReadStep, signal: AbortSignal): Promise<Priority> {
    const { ledger } = this.#parts;
    const hasBacklog = () => ledger.progress.ahead !== undefined;
    const hadBacklog = hasBacklog();
    await this.#attempt(step, signal);
    if (hadBacklog && !hasBacklog()) return 'caught-up';
    return step.fresh && !this.#isPauseRequested ? 'old-first' : 'fresh-first';
  }

  /**
   * A clock that stands before time that was read already would keep us waiting; one that runs far ahead would give up
   * time as out of reach. Any answer of the service corrects it, even a refusal: in such a case a second is read first,
   * for the sake of the answer's date.
   */
  async #askForTheTime(signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    const isConfirmed = () => clock.isConfirmed || signal.aborted;
    for (let undated = 0; undated < maxUndated && !isConfirmed();) {
      const range = this.#secondToAskWith();
      if (range === undefined) return;
      const isRead = await this.#attempt({ kind: 'read', pass: 0, fresh: true, range }, signal);
      if (!isRead || isConfirmed()) continue;
      undated += 1;
      await clock.sleep(1000, signal);
    }
    if (!isConfirmed()) this.#parts.ledger.settleClock();
  }

  /** What the clocks disprove is read again. */
  async #correctProgress(signal: AbortSignal): Promise<void> {
    if (this.#parts.ledger.disproved !== undefined) await this.#save((progress) => progress, signal);
  }

  #secondToAskWith(): TimeRange | undefined {
    const { clock, ledger } = this.#parts;
    const now = wholeSecond(clock.now());
    const read = highWatermark(ledger.progress);
    if (read > now) return { start: read - 1000, end: read };
    return this.#plan('fresh-first').kind === 'gap' ? { start: now - 1000, end: now } : undefined;
  }

  #plan(turn: Priority): Step {
    const { ledger, clock, schedule, source } = this.#parts;
    return plan(ledger.progress, clock.now(), schedule, source.limits, turn, this.#certainNow());
  }

  /** The present at the least: by the earlier of the two clocks. */
  #certainNow(): number {
    const { clock } = this.#parts;
    return Math.min(clock.now(), clock.systemMs());
  }

  /** Reads a range; false if it failed. */
  async #attempt(step: ReadStep, signal: AbortSignal, mode: ReadMode = 'fetch ahead'): Promise<boolean> {
    const { ledger } = this.#parts;
    const interrupted = this.#show(step);
    this.#isPauseRequested = false;
    try {
      const isProof = await this.#read(step, signal, mode);
      this.#failures[step.fresh ? 'fresh' : 'old'] = 0;
      // Pages that came before an outage say nothing about it, however long it takes to deliver them.
      if (!isProof) return true;
      await this.#retryPolicy.worked(signal);
      this.#outageUntil = 0;
      return true;
    } catch (thrown) {
      if (!signal.aborted) await this.#handle(thrown, step, signal);
      return false;
    } finally {
      if (!step.fresh) ledger.release();
      this.#show(interrupted);
    }
  }

  async #handle(thrown: unknown, step: ReadStep, signal: AbortSignal): Promise<void> {
    const { clock, source } = this.#parts;
    const kind = step.fresh ? 'fresh' : 'old';
    this.#failures[kind] += 1;
    const decision = decide(thrown, {
      range: step.range,
      nowMs: this.#certainNow(),
      historyMs: source.limits.historyMs ?? Infinity,
      failures: this.#failures[kind],
      isOutage: clock.now() < this.#outageUntil,
    });
    switch (decision.kind) {
      case 'learn-history':
        await this.#learnHistory(decision.historyMs, signal);
        break;
      case 'wait':
        this.#isPauseRequested = decision.error instanceof UnavailableError && decision.error.retryAfterMs > 0;
        await this.#retryPolicy.wait(decision.error, signal);
        break;
      case 'examine':
        await this.#recover(() => this.#examine(decision.error, step, signal), signal);
    }
  }

  /** Where the service is at fault, what it answers next is taken for the same outage for a while. */
  async #examine(error: Error, step: ReadStep, signal: AbortSignal): Promise<void> {
    const isRepaired = await this.#recovery.examine(error, step, signal);
    if (signal.aborted) return;
    if (isRepaired) {
      this.#failures[step.fresh ? 'fresh' : 'old'] = 0;
      await this.#retryPolicy.worked(signal);
      return;
    }
    this.#outageUntil = this.#parts.clock.now() + outageMs;
    await this.#retryPolicy.wait(asOutage(error), signal);
  }

  /** What goes wrong meanwhile for another reason is waited out, too. */
  async #recover(action: () => Promise<void>, signal: AbortSignal): Promise<void> {
    try {
      await action();
    } catch (thrown) {
      if (!signal.aborted) await this.#retryPolicy.wait(thrown, signal);
    }
  }

  /** Tells what is being read; answers what was until now: fresh mail interrupts the reading of old time. */
  #show(step: ReadStep | undefined): ReadStep | undefined {
    const before = this.#reading;
    this.#reading = step;
    this.#parts.monitor.reading(step);
    return before;
  }

  /** Reads a range; false if something has failed since its last page came. */
  async #read(step: ReadStep, signal: AbortSignal, mode: ReadMode, options: ReadOptions = {}): Promise<boolean> {
    const { source, ledger, clock, schedule, monitor } = this.#parts;
    const readAt = clock.mark();
    const startedMs = clock.now();
    let [pages, rows] = [0, 0];
    let answeredAtMs = Infinity;
    let failuresBefore = this.#retryPolicy.readFailures;
    const onPage = () => {
      this.#retryPolicy.answered();
      failuresBefore = this.#retryPolicy.readFailures;
    };
    if (!step.fresh) ledger.holdFrom(step.range.start);
    for await (const page of this.#pagesOf(step, signal, mode, { options, onPage })) {
      pages += 1;
      rows += page.records.length + page.unreadable.length;
      this.#reporter.longRange(step.range, startedMs, { pages, rows });
      answeredAtMs = Math.min(answeredAtMs, page.answeredAtMs ?? Infinity);
      await this.#take(page, signal);
      if (!step.fresh) await this.#letFreshMailPass(signal);
    }
    signal.throwIfAborted();
    const isProof = () => failuresBefore === this.#retryPolicy.readFailures;
    if (this.#isByAnUnknownClock()) return isProof();
    await this.#save((progress) => {
      // However wrong our clock may be, the service's answer surely holds what came before the second in which it was
      // given.
      const advanced = advance(progress, step.range, Math.min(readAt(), answeredAtMs), schedule);
      return adapt(advanced, { range: step.range, rows, fresh: step.fresh }, source.limits);
    }, signal);
    monitor.rangeRead({ pass: step.pass, fresh: step.fresh, range: step.range, pages, rows });
    this.#reporter.catchingUp(this.#parts.ledger.progress, rows);
    return isProof();
  }

  /** The pages of a range, without time that was set aside. */
  async *#pagesOf(
    step: ReadStep,
    signal: AbortSignal,
    mode: ReadMode,
    { options, onPage }: PageReading,
  ): AsyncGenerator<Page> {
    const { source, ledger } = this.#parts;
    const mayFetchAhead = () => mode === 'fetch ahead' && (step.fresh || this.#freshStep() === undefined);
    const onRetry = (error: UnavailableError) => this.#retryPolicy.retrying(error);
    for (const range of readablePieces(step.range, ledger.progress))
      yield* prefetched(
        told(
          source.pages(range, signal, { onRetry, exact: followsSetAside(range, ledger.progress), ...options }),
          onPage,
        ),
        { mayFetchAhead, sizeOf: ({ records }) => records.length, maxAhead: MAX_ROWS_AHEAD },
      );
  }

  /**
   * Where a first start begins follows from the clock alone. What was read before an answer has confirmed it is read
   * again, which repeats nothing, as its fingerprints are there.
   */
  #isByAnUnknownClock(): boolean {
    const { clock, ledger } = this.#parts;
    if (!ledger.isFirstStart || clock.isConfirmed || this.#undatedReads >= maxUndated) return false;
    this.#undatedReads += 1;
    return true;
  }

  /**
   * Between two pages of old time, fresh mail that is due is read first: a backlog never delays it by more than a page.
   */
  async #letFreshMailPass(signal: AbortSignal): Promise<void> {
    const step = this.#freshStep();
    if (step !== undefined && !signal.aborted) await this.#attempt(step, signal, 'one page at a time');
  }

  #freshStep(): ReadStep | undefined {
    const step = this.#plan('fresh-only');
    return step.kind === 'read' ? step : undefined;
  }

  async #take(page: Page, signal: AbortSignal): Promise<void> {
    const { ledger, sink, monitor, clock } = this.#parts;
    const reject = (row: unknown, reason: string, record?: TraceRecord) =>
      this.#retryPolicy.retryUntilStored(() => sink.reject(row, reason, record), signal);
    let repeats = 0;
    for (const unreadable of page.unreadable)
      if (!(await reject(unreadable, 'The answer holds an entry that is no row.'))) repeats += 1;
    const newRows = await ledger.deduplicate(page.records, page.answeredAtMs);
    repeats += page.records.length - newRows.length;
    monitor.pageRead({ rows: page.records.length + page.unreadable.length, repeats });
    for await (const { from, to, rejected, filtered = [] } of sink.deliver(newRows, signal)) {
      for (const { index, reason } of rejected) {
        const record = newRows[index]?.record;
        await reject(record?.raw, reason, record);
      }
      const settled = newRows.slice(from, to);
      await this.#retryPolicy.retryUntilStored(() => ledger.remember(settled), signal);
      const undelivered = new Set([...rejected.map(({ index }) => index), ...filtered].map((index) => newRows[index]));
      monitor.delivered(
        settled.filter((row) => !undelivered.has(row)),
        clock.now(),
      );
    }
  }

  async #save(change: (progress: Progress) => Progress, signal: AbortSignal): Promise<void> {
    const { ledger, monitor } = this.#parts;
    const { disproved } = ledger;
    if (disproved !== undefined) this.#reporter.disproved(disproved, ledger.progress);
    const progress = change(ledger.progress);
    await this.#retryPolicy.retryUntilStored(() => ledger.save(progress), signal);
    monitor.progressed(progress);
  }

  async #learnHistory(limitMs: number, signal: AbortSignal): Promise<void> {
    await this.#save(({ historyMs = Infinity, ...progress }) => {
      // Refused within what was learned before: the service counts differently than we thought, by less than an hour at
      // a time.
      const learned = limitMs < historyMs ? limitMs : historyMs - 3_600_000;
      return { ...progress, historyMs: learned };
    }, signal);
  }
}

/** Tells of each page when it comes, not when it is taken: what was fetched before a failure does not end it. */
async function* told(pages: AsyncIterable<Page>, onPage: () => void): AsyncGenerator<Page, void, undefined> {
  for await (const page of pages) {
    onPage();
    yield page;
  }
}

/** Waiting for what is over already would keep everything else from being done. */
const shortestWaitMs = 10;
/** Answers without a date that can be believed, after which our own clock must do. */
const maxUndated = 5;
/** How long an outage is taken for granted before unrelated time is asked for again. */
const outageMs = 300_000;
