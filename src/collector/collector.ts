import { plan, type Step, type Turn } from './planner.js';
import type { Clock, CollectorLog, Monitor, Page, Sink, Source } from './contracts.js';
import type { Ledger } from './ledger.js';
import { Patience } from './patience.js';
import { prefetched } from './prefetch.js';
import { advance, frontier, skip, wholeSecond, withoutFuture, type Progress, type TimeRange } from './progress.js';
import { Reporter } from './reporter.js';
import type { Schedule } from './schedule.js';
import type { SignInBackoff } from './sign-in-backoff.js';
import { adapt, halve, isSmallest } from './spans.js';
import { OutOfReachError, RangeRefusedError, UnavailableError } from '../errors.js';

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

type ReadStep = Extract<Step, { kind: 'read' }>;
/** Whether the next page is fetched while one is delivered. */
type ReadMode = 'fetch ahead' | 'one page at a time';

/**
 * Reads range after range, delivers what has not gone out yet, and remembers it. Three rules make the promise:
 * what was acknowledged is remembered before the next chunk is sent; watermarks move only when a whole range has been read;
 * a range that fails is planned again, and its delivered rows are known by their fingerprints.
 */
export class Collector {
  readonly #parts: CollectorParts;
  readonly #patience: Patience;
  readonly #reporter: Reporter;
  /** While a stretch of old time refuses to be read, only fresh mail is. */
  #oldRestsUntil = 0;
  #undatedReads = 0;
  /** The second of old time that is refused, and how often it was in a row. */
  #refused = { start: NaN, times: 0 };
  /** How often in a row a range could not be had, of fresh time and of old: the one may succeed while the other fails. */
  readonly #failures = { fresh: 0, old: 0 };
  /** What is being read now. */
  #reading: ReadStep | undefined;

  constructor(parts: CollectorParts) {
    this.#parts = parts;
    this.#patience = new Patience(parts);
    this.#reporter = new Reporter(parts);
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
    await this.#patience.resume(signal);
    await this.#askForTheTime(signal);
    let turn: Turn = 'fresh-first';
    while (!signal.aborted) {
      await this.#forgetTheFuture(signal);
      const step = this.#plan(turn);
      if (step.kind === 'wait') {
        if (this.#isAheadOfTime()) await this.#lookAgain(signal);
        else await clock.sleep(Math.max(step.until - clock.now(), shortestWaitMs), signal);
        turn = 'fresh-first';
      } else if (step.kind === 'gap') {
        if (step.range.start < step.range.end) this.#reporter.gap(step.range);
        await this.#save((progress) => skip(progress, step.range.end), signal);
      } else {
        turn = step.fresh ? 'old-first' : 'fresh-first';
        await this.#attempt(step, signal);
      }
    }
  }

  /**
   * A clock that stands before time that was read already would keep us waiting; one that runs far ahead would give up time as out of reach.
   * Any answer of Microsoft's corrects it, even a refusal: in such a case a second is read first, for the sake of the answer's date.
   */
  async #askForTheTime(signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    const isConfirmed = () => clock.isConfirmed || signal.aborted;
    for (let undated = 0; undated < mostUndated && !isConfirmed();) {
      const range = this.#secondToAskWith();
      if (range === undefined) return;
      const isRead = await this.#attempt({ kind: 'read', pass: 0, fresh: true, range }, signal);
      if (!isRead || isConfirmed()) continue;
      undated += 1;
      await clock.sleep(1000, signal);
    }
  }

  /** Time was read in advance, by a clock of Microsoft's that has gone back since. */
  #isAheadOfTime(): boolean {
    const { clock, ledger } = this.#parts;
    return clock.isConfirmed && frontier(ledger.progress) > clock.now() + aheadOfTimeMs;
  }

  /** Until the present comes to where reading has come, new mail lies in time that was read: that is looked at again on every poll. */
  async #lookAgain(signal: AbortSignal): Promise<void> {
    const { clock, ledger, schedule, source } = this.#parts;
    const { behindMs = 0, rangeMs } = source.limits;
    const end = wholeSecond(clock.now() - behindMs);
    const widthMs = Math.min(Math.max(ledger.progress.reachMs, 2 * schedule.frequencyMs), rangeMs);
    this.#reporter.aheadOfTime(frontier(ledger.progress));
    const read = await this.#attempt(
      { kind: 'read', pass: 0, fresh: true, range: { start: end - widthMs, end } },
      signal,
    );
    if (read) await clock.sleep(schedule.frequencyMs, signal);
  }

  async #forgetTheFuture(signal: AbortSignal): Promise<void> {
    const { clock, ledger } = this.#parts;
    const { progress } = ledger;
    if (clock.isConfirmed && withoutFuture(progress, clock.now()) !== progress)
      await this.#save((present) => withoutFuture(present, clock.now()), signal);
  }

  #secondToAskWith(): TimeRange | undefined {
    const { clock, ledger } = this.#parts;
    const now = wholeSecond(clock.now());
    const read = frontier(ledger.progress);
    if (read > now) return { start: read - 1000, end: read };
    return this.#plan('fresh-first').kind === 'gap' ? { start: now - 1000, end: now } : undefined;
  }

  #plan(turn: Turn): Step {
    const { ledger, clock, schedule, source } = this.#parts;
    const now = clock.now();
    return plan(ledger.progress, now, schedule, source.limits, now < this.#oldRestsUntil ? 'fresh-only' : turn);
  }

  /** Reads a range; false if it failed. The one place where an error's class decides what happens next. */
  async #attempt(step: ReadStep, signal: AbortSignal, mode: ReadMode = 'fetch ahead'): Promise<boolean> {
    const { ledger } = this.#parts;
    const interrupted = this.#show(step);
    try {
      await this.#read(step, signal, mode);
      await this.#patience.worked(signal);
      this.#failures[step.fresh ? 'fresh' : 'old'] = 0;
      return true;
    } catch (thrown) {
      if (signal.aborted) return false;
      const error = this.#byDocumentation(thrown, step);
      if (error instanceof OutOfReachError && this.#isPlausible(error, step)) await this.#learnHistory(error, signal);
      else if (error instanceof OutOfReachError || error instanceof RangeRefusedError)
        await this.#readInHalves(error, step, signal);
      else await this.#waitOut(error, step, signal);
      return false;
    } finally {
      if (!step.fresh) ledger.release();
      this.#show(interrupted);
    }
  }

  /** Tells what is being read; answers what was until now: fresh mail interrupts the reading of old time. */
  #show(step: ReadStep | undefined): ReadStep | undefined {
    const before = this.#reading;
    this.#reading = step;
    this.#parts.monitor.reading(step);
    return before;
  }

  async #read(step: ReadStep, signal: AbortSignal, mode: ReadMode): Promise<void> {
    const { source, ledger, clock, schedule, monitor } = this.#parts;
    const readAt = clock.mark();
    const mayFetchAhead = () => mode === 'fetch ahead' && (step.fresh || this.#freshStep() === undefined);
    let [pages, rows] = [0, 0];
    let answeredAtMs = Infinity;
    if (!step.fresh) ledger.holdFrom(step.range.start);
    const pagesOfRange = source.pages(step.range, signal, (error) => this.#patience.retrying(error));
    for await (const page of prefetched(pagesOfRange, mayFetchAhead)) {
      pages += 1;
      rows += page.records.length + page.unreadable.length;
      answeredAtMs = Math.min(answeredAtMs, page.answeredAtMs ?? Infinity);
      await this.#take(page, signal);
      if (!step.fresh) await this.#letFreshMailPass(signal);
    }
    signal.throwIfAborted();
    if (this.#isByAnUnknownClock()) return;
    await this.#save((progress) => {
      // However wrong our clock may be, the service's answer holds nothing that came after it.
      const advanced = advance(progress, step.range, Math.min(readAt(), answeredAtMs + 1000), schedule);
      return adapt(advanced, { range: step.range, rows, fresh: step.fresh }, source.limits);
    }, signal);
    monitor.rangeRead({ pass: step.pass, fresh: step.fresh, range: step.range, pages, rows });
    this.#reporter.catchingUp(this.#parts.ledger.progress, rows);
  }

  /**
   * Where a first start begins follows from the clock alone. What was read before an answer has confirmed it is read again, which repeats nothing,
   * as its fingerprints are there.
   */
  #isByAnUnknownClock(): boolean {
    const { clock, ledger } = this.#parts;
    if (!ledger.isFirstStart || clock.isConfirmed || this.#undatedReads >= mostUndated) return false;
    this.#undatedReads += 1;
    return true;
  }

  /** Between two pages of old time, fresh mail that is due is read first: a backlog never delays it by more than a page. */
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
    const reject = (row: unknown, reason: string) => this.#patience.untilStored(() => sink.reject(row, reason), signal);
    for (const unreadable of page.unreadable) await reject(unreadable, 'The answer holds an entry that is no row.');
    const unseen = await ledger.sift(page.records);
    monitor.pageRead({ rows: page.records.length, repeats: page.records.length - unseen.length });
    const records = unseen.map((row) => row.record);
    for await (const { from, to, rejected } of sink.deliver(records, signal)) {
      for (const { index, reason } of rejected) await reject(records[index]?.raw, reason);
      const settled = unseen.slice(from, to);
      await this.#patience.untilStored(() => ledger.remember(settled), signal);
      const refused = new Set(rejected.map(({ index }) => unseen[index]));
      monitor.delivered(
        settled.filter((row) => !refused.has(row)),
        clock.now(),
      );
    }
  }

  async #save(change: (progress: Progress) => Progress, signal: AbortSignal): Promise<void> {
    const { ledger, monitor } = this.#parts;
    const progress = change(ledger.progress);
    await this.#patience.untilStored(() => ledger.save(progress), signal);
    monitor.progressed(progress);
  }

  async #learnHistory(error: OutOfReachError, signal: AbortSignal): Promise<void> {
    await this.#save(({ historyMs = Infinity, ...progress }) => {
      // Refused within what was learned before: the service counts differently than we thought, by less than an hour at a time.
      const learned = error.historyMs < historyMs ? error.historyMs : historyMs - 3_600_000;
      return { ...progress, historyMs: learned };
    }, signal);
  }

  /** What is away comes back. But a range that fails again and again while it is wide may simply be too much for the service at once. */
  async #waitOut(error: unknown, step: ReadStep, signal: AbortSignal): Promise<void> {
    await this.#patience.wait(error, signal);
    if (!(error instanceof UnavailableError)) return;
    const kind = step.fresh ? 'fresh' : 'old';
    this.#failures[kind] += 1;
    const isWide = step.range.end - step.range.start > narrowMs;
    if (!isWide || this.#failures[kind] % failuresUntilHalved !== 0) return;
    await this.#save((progress) => halve(progress, step.range, step.fresh), signal);
  }

  /** What is refused although nothing is wrong with it but its age has slipped out of reach. */
  #byDocumentation(error: unknown, { range }: ReadStep): unknown {
    const { clock, source } = this.#parts;
    const { historyMs = Infinity } = source.limits;
    if (!(error instanceof RangeRefusedError) || range.start >= clock.now() - historyMs) return error;
    return new OutOfReachError(error.message, historyMs);
  }

  /** A refusal that names a limit which the range did not come near is not believed: believing it would give up time that can be had. */
  #isPlausible(error: OutOfReachError, step: ReadStep): boolean {
    const near = Math.min(dayMs, error.historyMs / 2);
    return step.range.start < this.#parts.clock.now() - error.historyMs + near;
  }

  async #readInHalves(error: RangeRefusedError | OutOfReachError, step: ReadStep, signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    if (!isSmallest(step.range)) {
      this.#reporter.refused(error, step.range);
      await this.#save((progress) => halve(progress, step.range, step.fresh), signal);
      return;
    }
    this.#reporter.stuck(error, step.range);
    if (step.fresh) await clock.sleep(refusedRestMs, signal);
    else await this.#restFrom(step.range, signal);
  }

  /** A second that cannot be read keeps all time behind it from being read: after an hour it is a gap. */
  async #restFrom(range: TimeRange, signal: AbortSignal): Promise<void> {
    const { clock, schedule } = this.#parts;
    const times = this.#refused.start === range.start ? this.#refused.times + 1 : 1;
    this.#refused = { start: range.start, times };
    if (times < mostTriesOfASecond) {
      this.#oldRestsUntil = clock.now() + refusedRestMs;
      return;
    }
    this.#reporter.gap(range);
    await this.#save((progress) => advance(progress, range, clock.now(), schedule), signal);
  }
}

/** Waiting for what is over already would keep everything else from being done. */
const shortestWaitMs = 10;
/** Answers without a date that can be believed, after which our own clock must do. */
const mostUndated = 5;
/** How often a second of old time is asked for, once a minute, before it is given up. */
const mostTriesOfASecond = 60;
/** Clocks of one service differ by less. */
const aheadOfTimeMs = 300_000;
const dayMs = 86_400_000;
const narrowMs = 60_000;
const failuresUntilHalved = 3;

/** How long a range that cannot be halved any further is left alone. */
const refusedRestMs = 60_000;
