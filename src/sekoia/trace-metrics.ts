import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { lowWatermark, type Progress, type TimeRange, watermarkOf } from '../model/progress.js';
import type { Schedule } from '../model/schedule.js';
import type { JsonValue } from '@sekoia/automation-sdk-shim';
import type { Clock, DeliveredRow, Matter, Monitor, Trouble } from '../model/ports.js';
import { setAsideIn } from '../collector/set-aside.js';
import { anomaliesOf } from '../message-trace/anomalies.js';
import type { Remedy } from '../microsoft/paging/detours.js';

/** Gauges that are computed when they are asked for; without a value until the first range has been read. */
function addProgressGauges(
  registry: Registry,
  schedule: Schedule,
  present: () => { readonly progress: Progress; readonly nowMs: number } | undefined,
): void {
  const lag = new Gauge({
    name: 'message_trace_lag_seconds',
    help: 'Seconds back to the time before which everything has been read at least once.',
    registers: [registry],
    collect: () => {
      const it = present();
      lag.remove();
      if (it !== undefined) lag.set((it.nowMs - lowWatermark(it.progress)) / 1000);
    },
  });
  const watermarkAge = new Gauge({
    name: 'message_trace_watermark_age_seconds',
    help: 'Seconds back to the watermark of each pass.',
    labelNames: ['pass', 'reads_at_age_seconds'],
    registers: [registry],
    collect: () => {
      const it = present();
      if (it === undefined) return;
      for (const [pass, age] of schedule.ages.entries()) {
        const seconds = (it.nowMs - watermarkOf(it.progress, pass)) / 1000;
        watermarkAge.set({ pass, reads_at_age_seconds: age / 1000 }, seconds);
      }
    },
  });
}

/** How long after its reception a row was found, in seconds: within a poll or two. */
const soon = [5, 15, 30];
/** The same for late rows: from a minute to three days. */
const lateness = [60, 240, 960, 3840, 15_360, 61_440, 86_400, 259_200];

/** Those at the platform who hear of it besides. */
interface Told {
  readonly troubled: (trouble: Trouble) => void;
  readonly recovered: (matter: Matter) => void;
  /** So many requests brought rows that were not known, or completed the reading of a range. */
  readonly progress: (requests: number) => void;
  /** Time that cannot be read, though all other time can. */
  readonly setAside: (ranges: readonly TimeRange[]) => void;
  /** A range has been read completely. */
  readonly heartbeat: () => void;
  /** Seconds from the reception of the newest row just delivered until now. */
  readonly lag: (seconds: number) => void;
}

/** The objects that it reads values from. */
interface Asked {
  /** Requests to Microsoft Graph in the last five minutes. */
  readonly quotaUsed: () => number;
}

/** A range and the pass that it is read for. */
interface PassRange {
  readonly pass: number;
  readonly range: TimeRange;
}

/** What is happening, as Prometheus metrics and as fields of the health answer. */
export class TraceMetrics implements Monitor {
  readonly #clock: Clock;
  readonly #tell: Told;
  readonly #schedule: Schedule;
  #progress: Progress | undefined;
  #reading: PassRange | undefined;
  /** By pass. */
  readonly #lastReads = new Map<number, { readonly range: TimeRange; readonly atMs: number }>();

  readonly #rows: Counter;
  readonly #repeats: Counter;
  readonly #delivered: Counter;
  readonly #statusChanges: Counter;
  readonly #lateRows: Histogram;
  readonly #observedDelay: Histogram<'kind'>;
  readonly #oddRows: Counter<'field'>;
  readonly #rejected: Counter;
  readonly #filtered: Counter<'rule'>;
  readonly #ranges: Counter<'pass'>;
  readonly #pages: Counter<'pass'>;
  readonly #requests: Counter<'result'>;
  readonly #gapSeconds: Counter;
  readonly #deadLinks: Counter<'remedy'>;
  readonly #playbookRuns: Counter;
  readonly #playbookRunFailures: Counter;
  readonly #playbookRows: Counter;
  readonly #playbookRowsDropped: Counter;
  readonly #playbookRowsWaiting: Gauge;

  constructor(registry: Registry, clock: Clock, schedule: Schedule, others: Told & Asked) {
    this.#clock = clock;
    this.#schedule = schedule;
    this.#tell = others;
    const registers = [registry];
    const counter = <Label extends string>(name: string, help: string, labelNames: Label[] = []) =>
      new Counter({ name: `message_trace_${name}`, help, labelNames, registers });

    this.#rows = counter('rows_read_total', 'Rows that Microsoft answered, repeats included.');
    this.#repeats = counter(
      'repeats_suppressed_total',
      'Rows read that were known: sent, filtered or rejected before with the same status.',
    );
    this.#delivered = counter('events_delivered_total', 'Events that the intake has acknowledged.');
    this.#statusChanges = counter('status_changes_total', 'Rows that went out again because their status had changed.');
    this.#oddRows = counter('odd_rows_total', 'Rows sent although a field is missing or not as documented.', ['field']);
    this.#rejected = counter('rejected_total', 'Rows that could not be delivered; they are in the folder "rejected".');
    this.#filtered = counter(
      'filtered_total',
      'Rows that were not sent, by the rule of do_not_send. send_only: rows that fit none of its rules.',
      ['rule'],
    );
    this.#ranges = counter('ranges_read_total', 'Ranges read completely, by pass.', ['pass']);
    this.#pages = counter('pages_read_total', 'Pages of those ranges, by pass.', ['pass']);
    this.#requests = counter('requests_total', 'Requests to Microsoft, by HTTP status or error code.', ['result']);
    this.#gapSeconds = counter('gap_seconds_total', 'Seconds of time that could no longer be had from Microsoft.');
    this.#deadLinks = counter('dead_links_total', 'Links to a later page that led nowhere, by how reading went on.', [
      'remedy',
    ]);
    this.#playbookRuns = counter('playbook_runs_total', 'Playbook runs that the platform has taken.');
    this.#playbookRunFailures = counter(
      'playbook_run_failures_total',
      'Playbook runs that the platform refused or did not take. They are sent again.',
    );
    this.#playbookRows = counter(
      'playbook_rows_total',
      'Rows that playbook runs have carried, those of repeats included.',
    );
    this.#playbookRowsDropped = counter(
      'playbook_rows_dropped_total',
      'Rows that start no playbook run because too many wait for one. Their events are delivered.',
    );
    this.#playbookRowsWaiting = new Gauge({
      name: 'message_trace_playbook_rows_waiting',
      help: 'Rows that wait for their playbook run.',
      registers,
    });
    this.#lateRows = new Histogram({
      name: 'message_trace_late_rows_seconds',
      help: 'Rows that appeared after their time had been read, by seconds from reception to delivery.',
      buckets: lateness,
      registers,
    });
    this.#observedDelay = new Histogram({
      name: 'message_trace_observed_delay_seconds',
      help: 'Seconds from reception until a row, or a change of its status, was found and delivered.',
      labelNames: ['kind'],
      buckets: [...soon, ...lateness],
      registers,
    });
    const quotaUsed: Gauge = new Gauge({
      name: 'message_trace_quota_used_requests',
      help: 'Requests to Microsoft Graph in the last five minutes; 0 while it is not what is read.',
      registers,
      collect: () => {
        quotaUsed.set(others.quotaUsed());
      },
    });
    addProgressGauges(registry, schedule, () => this.#progress && { progress: this.#progress, nowMs: clock.now() });
  }

  pageRead({ rows, repeats }: { rows: number; repeats: number }): void {
    this.#rows.inc(rows);
    this.#repeats.inc(repeats);
    if (rows > repeats) this.#tell.progress(1);
  }

  reading(read: PassRange | undefined): void {
    this.#reading = read;
  }

  rangeRead({ pass, range, pages }: PassRange & { readonly pages: number }): void {
    this.#ranges.inc({ pass });
    this.#pages.inc({ pass }, pages);
    this.#tell.heartbeat();
    this.#tell.progress(Math.max(1, pages));
    this.#lastReads.set(pass, { range, atMs: this.#clock.now() });
  }

  delivered(rows: readonly DeliveredRow[], nowMs: number): void {
    this.#delivered.inc(rows.length);
    const newestMs = Math.max(...rows.map(({ record }) => record.receivedMs ?? -Infinity));
    if (Number.isFinite(newestMs)) this.#tell.lag((nowMs - newestMs) / 1000);
    for (const { record, sighting, late } of rows) {
      if (sighting === 'changed') this.#statusChanges.inc();
      if (record.receivedMs !== undefined) {
        const delaySeconds = (nowMs - record.receivedMs) / 1000;
        if (late) this.#lateRows.observe(delaySeconds);
        this.#observedDelay.observe({ kind: sighting === 'changed' ? 'status_change' : 'row' }, delaySeconds);
      }
      for (const field of anomaliesOf(record)) this.#oddRows.inc({ field });
    }
  }

  progressed(progress: Progress): void {
    this.#progress = progress;
    this.#tell.setAside(setAsideIn(progress));
  }

  gap({ start, end }: TimeRange): void {
    this.#gapSeconds.inc((end - start) / 1000);
  }

  troubled(trouble: Trouble): void {
    this.#tell.troubled(trouble);
  }

  recovered(matter: Matter): void {
    this.#tell.recovered(matter);
  }

  rejected(): void {
    this.#rejected.inc();
  }

  /** @param rows 0 shows a rule that has fit no row yet */
  filtered(rule: string, rows: number): void {
    this.#filtered.inc({ rule }, rows);
  }

  /** The platform has taken a run. */
  playbookRun(rows: number): void {
    this.#playbookRuns.inc();
    this.#playbookRows.inc(rows);
  }

  playbookRunFailed(): void {
    this.#playbookRunFailures.inc();
  }

  playbookRowsDropped(rows: number): void {
    this.#playbookRowsDropped.inc(rows);
  }

  playbookRowsWaiting(rows: number): void {
    this.#playbookRowsWaiting.set(rows);
  }

  requested(result: string): void {
    this.#requests.inc({ result });
  }

  deadLink(remedy: Remedy): void {
    this.#deadLinks.inc({ remedy });
  }

  /** What /health adds to the platform's fields; docs/operations.md tells what each means. */
  healthFields(): Record<string, JsonValue> {
    const progress = this.#progress;
    const ahead = progress?.ahead;
    return {
      lag_seconds: progress ? Math.round((this.#clock.now() - lowWatermark(progress)) / 1000) : null,
      read_once_before: progress ? utc(lowWatermark(progress)) : null,
      backlog_seconds: progress && ahead ? (ahead.start - lowWatermark(progress)) / 1000 : 0,
      read_ahead: ahead ? inUtc(ahead) : null,
      reading: this.#reading ? { pass: this.#reading.pass, ...inUtc(this.#reading.range) } : null,
      set_aside: progress ? setAsideIn(progress).map((it) => ({ ...inUtc(it), next_try: utc(it.nextTryMs) })) : [],
      passes: progress ? this.#schedule.ages.map((age, pass) => this.#passFields(progress, pass, age)) : [],
    };
  }

  #passFields(progress: Progress, pass: number, ageMs: number): Record<string, JsonValue> {
    const last = this.#lastReads.get(pass);
    return {
      reads_at_age_seconds: ageMs / 1000,
      watermark: utc(watermarkOf(progress, pass)),
      last_read: last ? { ...inUtc(last.range), at: utc(last.atMs) } : null,
    };
  }
}

function inUtc({ start, end }: TimeRange): { from: string; to: string } {
  return { from: utc(start), to: utc(end) };
}

function utc(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
