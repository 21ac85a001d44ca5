import { type AuditReport, type Comparison, DeliveryAudit, ExpectedFilter } from '@local/testbed';
import type { RowIdentity } from '@local/testbed';
import type { DeliveryAudit as AuditView } from '../wire/live.js';
import type { TenantRow } from './simulated-tenant.js';
import { setTimeout as delay } from 'node:timers/promises';

/** Opens a playbook's audit, and closes it where it begins to read or to deliver elsewhere. */
export class AuditOfPlaybook {
  readonly #tenantStartedAtMs: number;
  #open: PlaybookAudit | undefined;
  #hasReadElsewhere = false;

  /** @param tenantStartedAtMs when the simulated tenant was started, in milliseconds since 1970 */
  constructor(tenantStartedAtMs: number) {
    this.#tenantStartedAtMs = tenantStartedAtMs;
  }

  /** Undefined where there is nothing to compare. */
  get open(): PlaybookAudit | undefined {
    return this.#open;
  }

  /**
   * To be called when the playbook is started. Its audit goes on where it is compared as before.
   *
   * @param isComparable whether it reads the simulated tenant and delivers to an intake of this runner
   */
  started(isComparable: boolean, nowMs: number): PlaybookAudit | undefined {
    if (isComparable) {
      // State that was kept before this tenant was there ends before its mail. State of another source may end now.
      this.#open ??= new PlaybookAudit(this.#hasReadElsewhere ? nowMs : this.#tenantStartedAtMs);
    } else {
      this.#open = undefined;
      this.#hasReadElsewhere = true;
    }
    return this.#open;
  }
}

const HOUR_MS = 3_600_000;
/** A trigger counts back from its own start, which comes a little after ours. */
const START_MARGIN_MS = 60_000;

export interface ReadingStart {
  readonly nowMs: number;
  /** Whether the trigger continues from state of its own. */
  readonly continues: boolean;
  /** The setting of that name. */
  readonly startTimeHours: number;
  /** Which rows its settings have it send. */
  readonly filter?: ExpectedFilter | undefined;
}

/** What the settings have the trigger send; undefined where that is all, or where it does not start by them. */
export function filterOf(settings: Readonly<Record<string, unknown>>): ExpectedFilter | undefined {
  const list = (name: string): string[] => {
    const value = settings[name];
    return Array.isArray(value) ? value.map(String) : [];
  };
  const [sendOnly, doNotSend] = [list('send_only'), list('do_not_send')];
  if (sendOnly.length + doNotSend.length === 0) return undefined;
  try {
    return new ExpectedFilter({ sendOnly, doNotSend, internalDomains: list('internal_domains') });
  } catch {
    return undefined;
  }
}

/** The audit of one playbook that reads the simulated tenant and delivers to an intake of this runner. */
export class PlaybookAudit {
  readonly #audit = new DeliveryAudit();
  readonly #continuesFromMs: number;
  #dueFromMs: number | undefined;
  #filter: ExpectedFilter | undefined;
  #report: AuditReport | undefined;
  #comparedAtMs = 0;

  /**
   * @param continuesFromMs from when on rows were received that a trigger which continues from its state has not read
   *   yet. What was received before may still arrive, as late rows do, and counts as delivered.
   */
  constructor(continuesFromMs: number) {
    this.#continuesFromMs = continuesFromMs;
  }

  /** When the last comparison began, in milliseconds since 1970; 0 before the first. */
  get comparedAtMs(): number {
    return this.#comparedAtMs;
  }

  /**
   * To be called before each start of the trigger's process, restarts too: one that has kept no state reads from its
   * own start again. One that continues must read all that was due before, however long it was stopped.
   */
  readingStarts({ nowMs, continues, startTimeHours, filter }: ReadingStart): void {
    this.#filter = filter;
    if (!continues) this.#dueFromMs = nowMs - startTimeHours * HOUR_MS + START_MARGIN_MS;
    else this.#dueFromMs ??= this.#continuesFromMs;
  }

  deliver(events: readonly string[]): void {
    this.#audit.deliver(events);
  }

  beginComparison(): Comparison {
    return this.#audit.beginComparison();
  }

  see(comparison: Comparison, row: TenantRow): void {
    const filter = this.#filter;
    const isSent = filter && ((status: string) => filter.isSent({ ...row, status }));
    comparison.see(row, row.receivedMs >= (this.#dueFromMs ?? Infinity), isSent);
  }

  endComparison(comparison: Comparison, startedAtMs: number): void {
    this.#report = this.#audit.report(comparison);
    this.#comparedAtMs = startedAtMs;
  }

  /** The last comparison; null until the first is done. */
  picture(): AuditView | null {
    if (this.#report === undefined) return null;
    const { visible, delivered, missing, filtered, missingSinceMs, repeated, unknown, unreadable, samples } =
      this.#report;
    return {
      comparedAtMs: this.#comparedAtMs,
      visible,
      delivered,
      missing,
      filtered,
      oldestMissingSeconds:
        missingSinceMs === undefined ? null : Math.max(0, this.#comparedAtMs - missingSinceMs) / 1000,
      repeated,
      unknown,
      unreadable,
      missingSamples: samples.missing.map(show),
      repeatedSamples: samples.repeated.map(({ times, ...row }) => `${show(row)} (${times} times)`),
    };
  }
}

function show({ traceId, recipient, status }: RowIdentity): string {
  return `${traceId} ${recipient} ${status}`;
}

const COMPARE_EVERY_MS = 2000;
/** Comparing takes at most a tenth of the time, however long the audit gets. */
const REST_TO_WORK = 9;

export interface AuditWatchOptions {
  readonly visibleRows: () => AsyncIterable<TenantRow>;
  /** The audits that are due now, if any. */
  readonly due: () => readonly PlaybookAudit[];
  /** Called with what keeps a comparison from being made; the next is tried all the same. */
  readonly onTrouble: (error: unknown) => void;
}

/** Compares all playbooks again and again, each time in one walk over the tenant's rows. */
export class AuditWatch {
  readonly #options: AuditWatchOptions;
  readonly #stopping = new AbortController();
  readonly #ended: Promise<void>;

  /** Starts at once. */
  constructor(options: AuditWatchOptions) {
    this.#options = options;
    this.#ended = this.#run();
  }

  /** Ends after the comparison that is being made. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#ended;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const startedMs = performance.now();
      await this.#compare(this.#options.due()).catch(this.#options.onTrouble);
      const restMs = Math.max(COMPARE_EVERY_MS, REST_TO_WORK * (performance.now() - startedMs));
      await delay(restMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async #compare(due: readonly PlaybookAudit[]): Promise<void> {
    if (due.length === 0) return;
    const startedAtMs = Date.now();
    const comparisons = due.map((audit) => ({ audit, comparison: audit.beginComparison() }));
    for await (const row of this.#options.visibleRows()) {
      if (this.#stopping.signal.aborted) return;
      for (const { audit, comparison } of comparisons) audit.see(comparison, row);
    }
    for (const { audit, comparison } of comparisons) audit.endComparison(comparison, startedAtMs);
  }
}
