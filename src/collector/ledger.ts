import { begin, lowWatermark, type Progress, settledBefore, wasRead, wholeSecond } from '../model/progress.js';
import { ageOf, type Schedule } from '../model/schedule.js';
import { CLOCK_TOLERANCE_MS, setAsideIn, triedWithinADay, withinReadTime } from './set-aside.js';
import type { Clock, CollectorLog, DeliveredRow, PersistentDocument } from '../model/ports.js';
import { type DoubtfulClock, isContext, readContext, type StoredProgress, writeContext } from './checkpoint.js';
import { fingerprintOf, legacyFingerprintOf, type Sighting, statusHash } from './fingerprint-set.js';
import { bucketOfHour, type BucketStorage, type FiledFingerprint, FingerprintStore } from './fingerprint-store.js';
import type { TraceRecord } from '../model/record.js';

/**
 * What is known of stored progress besides itself. Times in ms since 1970, by the service's time as far as it is known
 * now.
 */
interface Evidence {
  readonly nowMs: number;
  /** When it was stored: nothing can have been read later. */
  readonly storedMs: number;
  /** Whether the clock that it was stored by was ahead of what is known now. */
  readonly wasAhead: boolean;
  /** The watermarks from before that clock was doubtful; undefined where they are not known. */
  readonly sure: readonly number[] | undefined;
  /** From here on the fingerprint of everything delivered is there. */
  readonly knownFromMs: number;
  /** Where reading begins again if nothing better is known. */
  readonly rereadFromMs: number;
}

/**
 * The progress without what cannot be true: time that was read before it came, or by a clock that was ahead. Such time
 * is read again, as far back as fingerprints tell what was delivered. The same object where nothing is wrong.
 */
function proven(progress: Progress, schedule: Schedule, evidence: Evidence): Progress {
  return triedWithinADay(withinReadTime(withoutDisproved(progress, schedule, evidence)), evidence.nowMs);
}

function withoutDisproved(progress: Progress, schedule: Schedule, evidence: Evidence): Progress {
  const { nowMs, storedMs, wasAhead, sure, rereadFromMs } = evidence;
  // A first start has the same watermark for every pass: only the age of the first one is certain.
  const latest = Math.min(nowMs, storedMs) + CLOCK_TOLERANCE_MS - ageOf(schedule, 0);
  if (wasAhead && sure !== undefined) return reread(progress, sure, evidence);
  if (wasAhead || progress.watermarks.some((watermark) => watermark > latest))
    return reread(
      progress,
      progress.watermarks.map(() => rereadFromMs),
      evidence,
    );
  return progress.ahead !== undefined && progress.ahead.end > latest ? withoutAhead(progress) : progress;
}

function reread(progress: Progress, from: readonly number[], { knownFromMs, nowMs }: Evidence): Progress {
  const watermarks = progress.watermarks.map((watermark, pass) =>
    // Before the fingerprints begin, reading again would repeat.
    wholeSecond(Math.min(watermark, Math.max(from[pass] ?? watermark, Math.min(knownFromMs, nowMs)))),
  );
  return withoutAhead({ ...progress, watermarks });
}

function withoutAhead(before: Progress): Progress {
  const progress = { ...before };
  delete progress.ahead;
  return progress;
}

/** A row that has not gone out in this form, and the fingerprint that will say that it has. */
export interface NewRow extends DeliveredRow {
  readonly filed: FiledFingerprint;
}

/** Rows whose time cannot be read are filed by the hour of their delivery, which is never earlier. */
const undated = 'undated-';
/** Buckets whose fingerprints know the sender. An hour that an older version has begun is ended as it was begun. */
const withSender = 'v2-';
/** Bounds of queries are rounded and inclusive: rows a little before the last watermark can still be answered. */
const keptLongerMs = 3_600_000;
/** No clock of ours that could be corrected is behind by more. */
const maxAheadMs = 7 * 86_400_000;
/** Fingerprints are kept at least so long, whatever the watermarks say: they are what makes it safe to read again. */
const storedAtLeastMs = 27 * 3_600_000;
const hourMs = 3_600_000;
const NEW = { sighting: 'new' } as const;
const REPEAT = { sighting: 'repeat' } as const;

/** A stored progress, and what is known of the clock by which it was made. */
interface Saved {
  readonly progress: Progress;
  /** When it was stored, by what is known now. */
  readonly writtenAt: () => number;
  /** What the system's clock was corrected by; undefined where that is not known. */
  readonly correctionMs: number | undefined;
  /** Where the system's clock and the service's disagreed: what was sure before that. */
  readonly sure: (() => readonly number[]) | undefined;
}

/**
 * All that must survive a restart: how far reading has come (`context.json`) and what has been delivered
 * (fingerprints). The order is the promise: delivered → acknowledged → `remember` → next chunk; `save` only at the end
 * of a range.
 */
export class Ledger {
  readonly #document: PersistentDocument;
  readonly #fingerprints: FingerprintStore;
  readonly #schedule: Schedule;
  readonly #source: string;
  readonly #clock: Clock;
  readonly #firstStart: () => Progress;
  /** By their hashes. */
  readonly #statuses: ReadonlyMap<number | undefined, string>;
  #saved: Saved | undefined;
  #isClockSettled = false;
  /** Where a range begins that is being read. */
  #readingFrom = Infinity;

  private constructor(
    options: LedgerOptions,
    fingerprints: FingerprintStore,
    firstStart: () => Progress,
    saved: Saved | undefined,
  ) {
    this.#document = options.document;
    this.#schedule = options.schedule;
    this.#source = options.source;
    this.#clock = options.clock;
    this.#fingerprints = fingerprints;
    this.#firstStart = firstStart;
    const words = (options.statuses ?? []).map((status) => status.toLowerCase());
    this.#statuses = new Map(words.map((status) => [statusHash(status), status]));
    this.#saved = saved;
  }

  /** @throws StorageError */
  static async open(options: LedgerOptions): Promise<Ledger> {
    const { schedule, clock, startTimeMs } = options;
    const fingerprints = await FingerprintStore.open(options.buckets, options.log);
    const content = await options.document.read(isContext);
    const openedAt = clock.mark();
    // Without its context, what has been delivered still tells where reading may not have ended: repeats are known,
    // gaps would not be.
    const delivered = fingerprints.oldestHourMs ?? Infinity;
    const known = content === undefined ? undefined : readContext(content, schedule, options.source);
    // A first start that fails before its first range is read must not begin later when it is tried again.
    const begun = known?.isProvisional === true ? lowWatermark(known.progress) : Infinity;
    const firstStart = () => begin(Math.min(wholeSecond(openedAt() - startTimeMs), delivered, begun), schedule);
    if (known !== undefined && known.replaced.length > 0)
      options.log.warning(
        `context.json has values out of bounds (${known.replaced.join(', ')}). They only affect how much is read at once and are replaced; no data is lost. Keep other programs from writing there. [MT-CONTEXT]`,
      );
    const saved = known?.isProvisional === false ? savedBefore(known) : undefined;
    const ledger = new Ledger(options, fingerprints, firstStart, saved);
    if (saved === undefined) await ledger.#write(ledger.#now(firstStart()), true);
    return ledger;
  }

  /**
   * How far reading has come, without what the clocks disprove by now. Until the first range has been read, a first
   * start begins where the clock, as corrected by then, says.
   */
  get progress(): Progress {
    const saved = this.#saved;
    if (saved === undefined) return this.#firstStart();
    const { isConfirmed, correctionMs } = this.#clock;
    if (!isConfirmed && !this.#isClockSettled) return saved.progress;
    const wasAhead = isConfirmed && (saved.correctionMs ?? -Infinity) - correctionMs > CLOCK_TOLERANCE_MS;
    return proven(saved.progress, this.#schedule, {
      nowMs: this.#clock.now(),
      storedMs: saved.writtenAt(),
      wasAhead,
      sure: saved.sure?.(),
      knownFromMs: Math.min(this.#fingerprints.oldestHourMs ?? -Infinity, this.#keptFrom()),
      rereadFromMs: lowWatermark(this.#firstStart()),
    });
  }

  /** What is stored but not true: undefined where all of it is. */
  get disproved(): Progress | undefined {
    const { progress } = this;
    return this.#saved === undefined || this.#saved.progress === progress ? undefined : this.#saved.progress;
  }

  /** No answer will tell the time: the system's clock must do. */
  settleClock(): void {
    this.#isClockSettled = true;
  }

  get isFirstStart(): boolean {
    return this.#saved === undefined;
  }

  /**
   * The rows that have not gone out with this status, each once, in the order given.
   * @param foundAtMs when the service showed them
   * @throws StorageError
   */
  async deduplicate(records: readonly TraceRecord[], foundAtMs = this.#clock.now()): Promise<NewRow[]> {
    const undatedBuckets = this.#fingerprints.named(undated);
    const today = bucketOfHour(this.#clock.now(), undated);
    const buckets = new Set(undatedBuckets).add(today);
    // A row from before all that is still read (it was not asked for) would lose its fingerprint at the next save, one
    // of the far future would
    // keep it for ever: both are filed like undated ones.
    // Whole hours: the bucket of the first one is still there.
    const oldest = Math.floor(this.#neededFrom(this.progress) / hourMs) * hourMs;
    const newest = Math.max(this.#clock.now(), this.#clock.systemMs()) + maxAheadMs;
    const isDated = (record: TraceRecord): record is TraceRecord & { receivedMs: number } =>
      record.receivedMs !== undefined && record.receivedMs >= oldest && record.receivedMs <= newest;
    const filed = records.map((record): FiledFingerprint => {
      const filed = isDated(record) ? this.#filed(record) : { bucket: today, fingerprint: legacyFingerprintOf(record) };
      buckets.add(filed.bucket);
      return filed;
    });
    await this.#fingerprints.load(buckets);

    const { progress } = this;
    const inThisPage = new Set<string>();
    const newRows: NewRow[] = [];
    for (const [index, record] of records.entries()) {
      const one = filed[index];
      if (one === undefined) continue;
      const { sighting, lastStatus } = this.#look(one, isDated(record) ? [one.bucket] : [...undatedBuckets, today]);
      if (sighting === 'repeat') continue;
      const { rowHigh, rowLow, status } = one.fingerprint;
      const key = `${rowHigh} ${rowLow} ${status}`;
      if (inThisPage.has(key)) continue;
      inThisPage.add(key);
      const late = sighting === 'new' && record.receivedMs !== undefined && wasRead(progress, record.receivedMs);
      newRows.push({ record, filed: one, sighting, previousStatus: this.#statuses.get(lastStatus), late, foundAtMs });
    }
    return newRows;
  }

  /** What all these buckets know of a row. The last of them that knows it with another status tells that status. */
  #look(
    { fingerprint }: FiledFingerprint,
    buckets: readonly string[],
  ): { readonly sighting: Sighting; readonly lastStatus?: number | undefined } {
    let changedIn: string | undefined;
    for (const bucket of buckets) {
      const sighting = this.#fingerprints.look({ bucket, fingerprint });
      if (sighting === 'repeat') return REPEAT;
      if (sighting === 'changed') changedIn = bucket;
    }
    if (changedIn === undefined) return NEW;
    return { sighting: 'changed', lastStatus: this.#fingerprints.lastStatus({ bucket: changedIn, fingerprint }) };
  }

  /** Returns once a crash can no longer repeat these rows. May be repeated after a failure. @throws StorageError */
  async remember(rows: readonly NewRow[]): Promise<void> {
    await this.#fingerprints.append(rows.map((row) => row.filed));
  }

  /**
   * Makes this progress the one that a restart continues from, and drops the fingerprints that no pass needs any more.
   * @throws StorageError
   */
  async save(progress: Progress): Promise<void> {
    const saved = this.#now(progress);
    await this.#write(saved, false);
    this.#saved = saved;
    await this.#fingerprints.dropBefore(this.#neededFrom(progress));
  }

  /**
   * Keeps the fingerprints from here on until the range has been read, though another reading may finish with that time
   * meanwhile.
   */
  holdFrom(timeMs: number): void {
    this.#readingFrom = timeMs;
  }

  release(): void {
    this.#readingFrom = Infinity;
  }

  #filed(record: TraceRecord & { readonly receivedMs: number }): FiledFingerprint {
    const legacy = bucketOfHour(record.receivedMs);
    return this.#fingerprints.has(legacy)
      ? { bucket: legacy, fingerprint: legacyFingerprintOf(record) }
      : { bucket: bucketOf(record.receivedMs), fingerprint: fingerprintOf(record) };
  }

  #neededFrom(progress: Progress): number {
    const setAside = setAsideIn(progress).map(({ start }) => start);
    return Math.min(settledBefore(progress), this.#readingFrom, this.#keptFrom(), ...setAside) - keptLongerMs;
  }

  /** By the earlier of the two clocks: one that is ahead must not make us forget what was delivered. */
  #keptFrom(): number {
    const present = Math.min(this.#clock.now(), this.#clock.systemMs());
    return present - Math.max(storedAtLeastMs, ...this.#schedule.ages);
  }

  /** This progress, as stored now. */
  #now(progress: Progress): Saved {
    const { correctionMs } = this.#clock;
    const before = this.#saved;
    // Before an answer has told the time, a start knows nothing against what it has found.
    if (before?.sure !== undefined && !this.#clock.isConfirmed)
      return { ...before, progress, writtenAt: this.#clock.mark() };
    const isDoubtful = Math.abs(this.#clock.now() - this.#clock.systemMs()) > CLOCK_TOLERANCE_MS;
    // A clock that moves on from a doubtful time makes nothing sure that was read by that time.
    const isStillDoubtful =
      before?.sure !== undefined && correctionMs - (before.correctionMs ?? NaN) >= -CLOCK_TOLERANCE_MS;
    const watermarks = before === undefined ? undefined : this.progress.watermarks;
    const sure = isStillDoubtful ? before.sure : () => watermarks ?? this.#surelyUnread();
    return {
      progress,
      writtenAt: this.#clock.mark(),
      correctionMs,
      sure: isDoubtful ? sure : undefined,
    };
  }

  /** Where a first start begins follows from the clock: it is as doubtful as the rest. */
  #surelyUnread(): number[] {
    const aheadMs = Math.max(0, this.#clock.correctionMs);
    return this.#firstStart().watermarks.map((watermark) => watermark - aheadMs);
  }

  #write({ progress, writtenAt, correctionMs, sure }: Saved, isProvisional: boolean): Promise<void> {
    const behindMs = this.#clock.now() - this.#clock.systemMs();
    const doubtful: DoubtfulClock | undefined = sure && {
      behindMs: this.#clock.isConfirmed ? behindMs : (correctionMs ?? behindMs),
      sure: sure(),
    };
    const stored = { progress, isProvisional, writtenMs: writtenAt(), doubtful };
    return this.#document.write(writeContext(stored, this.#schedule, this.#source));
  }
}

function savedBefore({ progress, writtenMs, doubtful }: StoredProgress): Saved {
  const sure = doubtful?.sure;
  return {
    progress,
    writtenAt: () => writtenMs,
    correctionMs: doubtful?.behindMs,
    sure: sure && (() => sure),
  };
}

/** The bucket for the fingerprints of rows received in the hour of this time. */
export function bucketOf(receivedMs: number): string {
  return bucketOfHour(receivedMs, withSender);
}

export interface LedgerOptions {
  /** `context.json`. */
  readonly document: PersistentDocument;
  readonly buckets: BucketStorage;
  readonly schedule: Schedule;
  /** The name of the source that is read. */
  readonly source: string;
  readonly clock: Clock;
  readonly log: CollectorLog;
  /** How far back a first start reads. */
  readonly startTimeMs: number;
  /** Those that a previous status can be named by, in any case. */
  readonly statuses?: readonly string[];
}
