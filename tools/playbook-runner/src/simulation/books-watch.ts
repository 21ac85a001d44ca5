import { setTimeout as delay } from 'node:timers/promises';
import type { PlaybookAudit } from './playbook-books.js';
import type { TenantRow } from './simulated-tenant.js';

const COMPARE_EVERY_MS = 2000;
/** Comparing takes at most a tenth of the time, however long the books get. */
const REST_TO_WORK = 9;

export interface AuditWatchOptions {
  readonly visibleRows: () => AsyncIterable<TenantRow>;
  /** The books that are to be compared now, if any. */
  readonly due: () => readonly PlaybookAudit[];
  /** Called with what keeps a comparison from being made; the next is tried all the same. */
  readonly onTrouble: (error: unknown) => void;
}

/** Compares the books of all playbooks again and again, each time in one walk over the tenant's rows. */
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
