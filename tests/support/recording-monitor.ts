import type { DeliveredRow, Matter, Monitor, TimeRange, Trouble } from '../../src/model/ports.js';
import type { Progress } from '../../src/model/progress.js';

/** Keeps what a collector tells its monitor. */
export class RecordingMonitor implements Monitor {
  readonly pages: Parameters<Monitor['pageRead']>[0][] = [];
  readonly ranges: Parameters<Monitor['rangeRead']>[0][] = [];
  readonly readings: Parameters<Monitor['reading']>[0][] = [];
  readonly rows: DeliveredRow[] = [];
  readonly progress: Progress[] = [];
  readonly gaps: TimeRange[] = [];
  readonly troubles: Trouble[] = [];
  readonly recoveries: Matter[] = [];

  /** The status of each trouble, in order. */
  get statuses(): Trouble['status'][] {
    return this.troubles.map(({ status }) => status);
  }

  reading(read: Parameters<Monitor['reading']>[0]): void {
    this.readings.push(read);
  }

  pageRead(page: Parameters<Monitor['pageRead']>[0]): void {
    this.pages.push(page);
  }

  rangeRead(read: Parameters<Monitor['rangeRead']>[0]): void {
    this.ranges.push(read);
  }

  delivered(rows: readonly DeliveredRow[]): void {
    this.rows.push(...rows);
  }

  progressed(progress: Progress): void {
    this.progress.push(progress);
  }

  gap(range: TimeRange): void {
    this.gaps.push(range);
  }

  troubled(trouble: Trouble): void {
    this.troubles.push(trouble);
  }

  recovered(matter: Matter): void {
    this.recoveries.push(matter);
  }
}
