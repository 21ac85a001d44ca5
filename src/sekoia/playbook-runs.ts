/** Starts playbook runs for the rows that `run_playbook_on` chooses: the sink that notes them, and what sends them. */
import { ConfigurationError, SendEventError, sleep, type Health, type Log } from '@sekoia/automation-sdk-shim';
import type { InternalDomains } from '../message-trace/direction.js';
import type { Privacy } from '../message-trace/privacy.js';
import type { RunRule } from '../message-trace/run-rules.js';
import { StorageError } from '../model/errors.js';
import type { JsonObject } from '../model/json.js';
import type { DeliveredRow, Receipt, Sink } from '../model/ports.js';
import { runEvent, runName, runRow } from './run-payload.js';
import { planRun, type RunLimits } from './run-plan.js';
import { type OwedRow, type Run, runKey, type RunQueue } from './run-queue.js';
import type { TraceMetrics } from './trace-metrics.js';

const FIRST_WAIT_MS = 10_000;
const MAX_WAIT_MS = 600_000;
/** A platform that does not answer is tried for minutes before it counts as a failure. */
const SLOW_MS = 60_000;
const STORE_AGAIN_MS = 5_000;
const MAX_SLEEP_MS = 3_600_000;
const DROPPED_REPORTED_EVERY_MS = 60_000;
const MATTER = 'playbook runs';
const PAYLOAD_TOO_LARGE = 413;

interface Parts {
  readonly queue: RunQueue;
  readonly maxRunsAMinute: number;
  /** As `Trigger.sendEvent`. */
  readonly send: (name: string, event: JsonObject) => Promise<void>;
  readonly metrics: Pick<
    TraceMetrics,
    'playbookRun' | 'playbookRunFailed' | 'playbookRowsDropped' | 'playbookRowsWaiting'
  >;
  readonly health: Pick<Health, 'degraded' | 'restored'>;
  readonly log: Pick<Log, 'info' | 'warning' | 'error'>;
  /** Milliseconds since 1970, by the system's clock: starts are compared across restarts. */
  readonly now: () => number;
}

/** Sends the runs that are owed, beside the collecting: whatever goes wrong here, rows are read and delivered. */
export class PlaybookRuns {
  readonly #parts: Parts;
  #limits: RunLimits;
  #failures = 0;
  #notBeforeMs = -Infinity;
  #droppedReportedMs = -Infinity;
  #wake = new AbortController();
  #sending: Promise<void> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#limits = { maxRunsAMinute: parts.maxRunsAMinute };
    this.#showWaiting();
  }

  /** Notes rows that are delivered. @throws StorageError */
  async add(rows: readonly OwedRow[]): Promise<void> {
    const { queue } = this.#parts;
    const { dropped } = await queue.add(rows);
    if (dropped > 0) this.#reportDropped(dropped);
    this.#showWaiting();
    this.#wake.abort();
  }

  confirm(keys: readonly string[]): Promise<void> {
    return this.#parts.queue.confirm(keys);
  }

  /** Sends until the signal is aborted. A second call changes nothing. */
  run(signal: AbortSignal): Promise<void> {
    this.#sending ??= this.#sendUntil(signal);
    return this.#sending;
  }

  async #sendUntil(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const { queue, now } = this.#parts;
      const nowMs = now();
      // A clock that was set back must not stretch the wait.
      this.#notBeforeMs = Math.min(this.#notBeforeMs, nowMs + MAX_WAIT_MS);
      const plan = planRun(queue.history, this.#limits, nowMs);
      const untilMs = Math.max(plan.kind === 'wait' ? plan.untilMs : nowMs, this.#notBeforeMs);
      if (plan.kind === 'run' && untilMs <= nowMs) await this.#send(plan.rows, signal);
      else await this.#sleep(untilMs - nowMs, signal);
    }
  }

  async #send(rows: number, signal: AbortSignal): Promise<void> {
    const { queue, now, send, metrics } = this.#parts;
    const slow = setTimeout(() => this.#reportSlow(), SLOW_MS);
    try {
      const run = await queue.begin(rows, now());
      await send(runName(run.rows), runEvent(run.id, run.rows));
      metrics.playbookRun(run.rows.length);
      await this.#finish(run, signal);
      this.#restored();
    } catch (error) {
      if (!signal.aborted) this.#failed(error, rows);
    } finally {
      clearTimeout(slow);
      this.#showWaiting();
    }
  }

  /** A run that was taken must not go out again because the data folder cannot be written. */
  async #finish(run: Run, signal: AbortSignal): Promise<void> {
    const { queue, log } = this.#parts;
    for (;;) {
      try {
        await queue.finish();
        return;
      } catch (error) {
        if (!(error instanceof StorageError) || signal.aborted) throw error;
        log.warning(
          `Playbook run ${run.id} was taken, and that cannot be noted: ${error.message} A restart now would send it again. [MT-PLAYBOOK]`,
        );
        await sleep(STORE_AGAIN_MS, signal);
      }
    }
  }

  #failed(error: unknown, rows: number): void {
    const { metrics, health, log, now, queue } = this.#parts;
    if (!(error instanceof SendEventError || error instanceof StorageError || error instanceof ConfigurationError))
      log.warning('A playbook run failed for a reason that is not known here. Report this line.');
    metrics.playbookRunFailed();
    const isTooLarge = error instanceof SendEventError && error.status === PAYLOAD_TOO_LARGE && rows > 1;
    if (isTooLarge) this.#limits = { ...this.#limits, maxRows: Math.ceil(rows / 2) };
    this.#failures += 1;
    const waitMs = isTooLarge ? 0 : Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** (this.#failures - 1));
    this.#notBeforeMs = now() + waitMs;
    const reason = error instanceof Error ? error.message : String(error);
    const message = `Playbook runs cannot be started. ${reason} Rows that wait for their run: ${queue.history.owed}. They are kept, and collecting goes on.`;
    health.degraded(message, MATTER);
    log.error(`${message} Next try in ${Math.ceil(waitMs / 1_000)} s. [MT-PLAYBOOK]`);
  }

  #reportSlow(): void {
    const { health, log } = this.#parts;
    const message =
      "The platform has not taken a playbook run for a minute. It is tried again. Rows wait for their run, and collecting goes on. Check Sekoia.io's status and the network.";
    health.degraded(message, MATTER);
    log.warning(`${message} [MT-PLAYBOOK]`);
  }

  #restored(): void {
    const { health, log } = this.#parts;
    health.restored(MATTER);
    if (this.#failures > 0) log.info('Playbook runs start again.');
    this.#failures = 0;
    this.#notBeforeMs = -Infinity;
  }

  #reportDropped(rows: number): void {
    const { metrics, log, now } = this.#parts;
    metrics.playbookRowsDropped(rows);
    const nowMs = now();
    if (Math.abs(nowMs - this.#droppedReportedMs) < DROPPED_REPORTED_EVERY_MS) return;
    this.#droppedReportedMs = nowMs;
    log.error(
      'Too many rows wait for a playbook run: new ones start none until there is room. Their events are delivered as always. message_trace_playbook_rows_dropped_total counts them. Choose fewer rows in run_playbook_on, or raise playbook_runs_per_minute. [MT-PLAYBOOK]',
    );
  }

  #showWaiting(): void {
    this.#parts.metrics.playbookRowsWaiting(this.#parts.queue.history.owed);
  }

  /** Ends early when rows are added. */
  async #sleep(ms: number, signal: AbortSignal): Promise<void> {
    this.#wake = new AbortController();
    await sleep(Math.min(Math.max(ms, 0), MAX_SLEEP_MS), AbortSignal.any([signal, this.#wake.signal]));
  }
}

interface SinkParts {
  readonly sink: Sink;
  readonly runs: Pick<PlaybookRuns, 'add' | 'confirm'>;
  readonly rules: readonly RunRule[];
  readonly internal: InternalDomains;
  /** Undefined where all leaves as it came. */
  readonly privacy?: Pick<Privacy, 'record'> | undefined;
  /** Repeats an action until the data folder can be written. */
  readonly untilStored: (action: () => Promise<void>) => Promise<void>;
}

/**
 * Notes the rows that start a run once they are settled: acknowledged by the intake, rejected, or filtered. That is
 * stored before the receipt is handed on, and so before the rows are remembered: a crash can repeat it, not lose it.
 */
export class RunNotingSink implements Sink {
  readonly #parts: SinkParts;

  constructor(parts: SinkParts) {
    this.#parts = parts;
  }

  async *deliver(rows: readonly DeliveredRow[], signal: AbortSignal): AsyncGenerator<Receipt, void, undefined> {
    const { sink, runs, untilStored } = this.#parts;
    for await (const receipt of sink.deliver(rows, signal)) {
      const owed = rows.slice(receipt.from, receipt.to).flatMap((row) => this.#owed(row));
      if (owed.length > 0) await untilStored(() => runs.add(owed));
      yield receipt;
      // The collector goes on once it has remembered the rows.
      if (owed.length > 0) await runs.confirm(owed.map(({ key }) => key));
    }
  }

  reject(...rejected: Parameters<Sink['reject']>): Promise<boolean> {
    return this.#parts.sink.reject(...rejected);
  }

  #owed(row: DeliveredRow): OwedRow[] {
    const { rules, internal, privacy } = this.#parts;
    const { record, previousStatus } = row;
    const rule = rules.find((one) => one.fits(row, internal));
    if (rule === undefined) return [];
    const told = privacy?.record(record) ?? record;
    return [{ key: runKey(record), row: runRow({ record: told, previousStatus }, rule.text) }];
  }
}
