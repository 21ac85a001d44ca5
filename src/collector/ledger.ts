import type { Clock, CollectorLog, DeliveredRow, PersistentDocument } from './contracts.js';
import { isContext, readContext, writeContext } from './context.js';
import { fingerprintOf, legacyFingerprintOf } from './fingerprint.js';
import { bucketOfHour, FingerprintStore, type BucketStorage, type FiledFingerprint } from './fingerprint-store.js';
import { begin, finishedBefore, readOnceBefore, wasRead, wholeSecond, type Progress } from './progress.js';
import type { TraceRecord } from './record.js';
import type { Schedule } from './schedule.js';
import { setAsideIn } from './set-aside.js';

/** A row that has not gone out in this form, and the fingerprint that will say that it has. */
export interface UnseenRow extends DeliveredRow {
  readonly filed: FiledFingerprint;
}

/** Rows whose time cannot be read are filed by the hour of their delivery, which is never earlier. */
const undated = 'undated-';
/** Buckets whose fingerprints know the sender. An hour that an older version has begun is ended as it was begun. */
const withSender = 'v2-';
/** Bounds of queries are rounded and inclusive: rows a little before the last watermark can still be answered. */
const keptLongerMs = 3_600_000;
/** No clock of ours that could be corrected is behind by more. */
const furthestAheadMs = 7 * 86_400_000;

/**
 * All that must survive a restart: how far reading has come (`context.json`) and what has been delivered (fingerprints).
 * The order is the promise: delivered → acknowledged → `remember` → next chunk; `save` only at the end of a range.
 */
export class Ledger {
  readonly #document: PersistentDocument;
  readonly #fingerprints: FingerprintStore;
  readonly #schedule: Schedule;
  readonly #source: string;
  readonly #clock: Clock;
  readonly #firstStart: () => Progress;
  #saved: Progress | undefined;
  /** Where a range begins that is being read. */
  #readingFrom = Infinity;

  private constructor(
    options: LedgerOptions,
    fingerprints: FingerprintStore,
    firstStart: () => Progress,
    saved: Progress | undefined,
  ) {
    this.#document = options.document;
    this.#schedule = options.schedule;
    this.#source = options.source;
    this.#clock = options.clock;
    this.#fingerprints = fingerprints;
    this.#firstStart = firstStart;
    this.#saved = saved;
  }

  /** @throws StorageError */
  static async open(options: LedgerOptions): Promise<Ledger> {
    const { schedule, clock, startTimeMs } = options;
    const fingerprints = await FingerprintStore.open(options.buckets, options.log);
    const content = await options.document.read(isContext);
    const openedAt = clock.mark();
    // Without its context, what has been delivered still tells where reading may not have ended: repeats are known, gaps would not be.
    const delivered = fingerprints.oldestHourMs ?? Infinity;
    const known = content === undefined ? undefined : readContext(content, schedule, options.source);
    // A first start that fails before its first range is read must not begin later when it is tried again.
    const begun = known?.isProvisional === true ? readOnceBefore(known.progress) : Infinity;
    const firstStart = () => begin(Math.min(wholeSecond(openedAt() - startTimeMs), delivered, begun), schedule);
    const saved = known?.isProvisional === false ? known.progress : undefined;
    const ledger = new Ledger(options, fingerprints, firstStart, saved);
    if (saved === undefined) await ledger.#write(firstStart(), true);
    return ledger;
  }

  /** Until the first range has been read, a first start begins where the clock, as corrected by then, says. */
  get progress(): Progress {
    return this.#saved ?? this.#firstStart();
  }

  get isFirstStart(): boolean {
    return this.#saved === undefined;
  }

  /** The rows that have not gone out with this status, each once, in the order given. @throws StorageError */
  async sift(records: readonly TraceRecord[]): Promise<UnseenRow[]> {
    const undatedBuckets = this.#fingerprints.named(undated);
    const today = bucketOfHour(this.#clock.now(), undated);
    const buckets = new Set(undatedBuckets).add(today);
    // A row from before all that is still read (it was not asked for) would lose its fingerprint at the next save, one of the far future would
    // keep it for ever: both are filed like undated ones.
    const oldest = this.#neededFrom(this.progress);
    const newest = this.#clock.now() + furthestAheadMs;
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
    return records.flatMap((record, index): UnseenRow[] => {
      const one = filed[index];
      if (one === undefined) return [];
      const candidates = isDated(record) ? [one.bucket] : [...undatedBuckets, today];
      const sightings = candidates.map((bucket) => this.#fingerprints.look({ ...one, bucket }));
      const { rowHigh, rowLow, status } = one.fingerprint;
      const key = `${rowHigh} ${rowLow} ${status}`;
      if (sightings.includes('repeat') || inThisPage.has(key)) return [];
      inThisPage.add(key);
      const sighting = sightings.includes('changed') ? 'changed' : 'new';
      const late = sighting === 'new' && record.receivedMs !== undefined && wasRead(progress, record.receivedMs);
      return [{ record, filed: one, sighting, late }];
    });
  }

  /** Returns once a crash can no longer repeat these rows. May be repeated after a failure. @throws StorageError */
  async remember(rows: readonly UnseenRow[]): Promise<void> {
    await this.#fingerprints.append(rows.map((row) => row.filed));
  }

  /** Makes this progress the one that a restart continues from, and drops the fingerprints that no pass needs any more. @throws StorageError */
  async save(progress: Progress): Promise<void> {
    await this.#write(progress, false);
    this.#saved = progress;
    await this.#fingerprints.dropBefore(this.#neededFrom(progress));
  }

  /** Keeps the fingerprints from here on until the range has been read, though another reading may finish with that time meanwhile. */
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
    return Math.min(finishedBefore(progress), this.#readingFrom, ...setAside) - keptLongerMs;
  }

  #write(progress: Progress, isProvisional: boolean): Promise<void> {
    const context = writeContext(progress, this.#schedule, this.#source, isProvisional);
    return this.#document.write(context);
  }
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
}
