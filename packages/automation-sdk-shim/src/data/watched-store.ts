import { ConfigurationError, LockHeldError, withCode } from '../errors.js';
import type { Health } from '../health.js';
import { errorLine } from '../log/foreign-text.js';
import type { Log } from '../log/log.js';
import {
  type Buckets,
  type FolderSize,
  type OwnableStore,
  type PersistentDocument,
  type Release,
  StoreError,
  type Taking,
} from './data-store.js';
import { STORE_HANGS_AFTER_MS, STORE_TAKING_HANGS_AFTER_MS } from '../budgets.js';

const MATTER = 'data folder';
const ERROR_AFTER_MS = 300_000;

/** Reports a store that cannot be used: warnings, once an error after 5 minutes, and an info when it works again. */
export class StoreTrouble {
  readonly #log: Log;
  readonly #health: Health;
  readonly #now: () => number;
  #sinceMs: number | undefined;
  #escalated = false;

  constructor(log: Log, health: Health, now: () => number = () => performance.now()) {
    this.#log = log;
    this.#health = health;
    this.#now = now;
  }

  /** @throws what waiting does not mend: a store that another process holds, wrong settings */
  failed(error: unknown): void {
    if (error instanceof LockHeldError || error instanceof ConfigurationError) throw error;
    const trouble =
      error instanceof StoreError ? error : new StoreError(`The data folder cannot be used (${errorLine(error)}).`);
    const message = `${trouble.message} Nothing is collected until it can be used, because delivering without remembering would repeat.`;
    this.#health.degraded(message, MATTER);
    this.#sinceMs ??= this.#now();
    if (this.#escalated || this.#now() - this.#sinceMs < ERROR_AFTER_MS) {
      this.#log.warning(withCode(trouble, message));
      return;
    }
    this.#escalated = true;
    this.#log.error(withCode(trouble, `This has lasted 5 min. ${message}`));
  }

  over(): void {
    if (this.#sinceMs === undefined) return;
    this.#health.restored(MATTER);
    this.#log.info('The data folder can be used again.');
  }
}

const HANGS = 'storage hangs';

/**
 * A store whose operations are watched. An operation that does not end is reported, and is not started a second time.
 * Its callers keep waiting, so nothing is delivered that could not be remembered.
 */
export class WatchedStore implements OwnableStore {
  readonly #store: OwnableStore;
  readonly #log: Log;
  readonly #health: Health;
  /** Operations that are under way. */
  #running = 0;
  /** Those of them that have been for too long. */
  #hanging = 0;

  constructor(store: OwnableStore, { log, health }: { readonly log: Log; readonly health: Health }) {
    this.#store = store;
    this.#log = log;
    this.#health = health;
  }

  get name(): string {
    return this.#store.name;
  }

  /** Whether an operation is under way. */
  get isBusy(): boolean {
    return this.#running > 0;
  }

  async take(taking: Taking): Promise<Release> {
    const release = await this.#watched(this.#store.take(taking), STORE_TAKING_HANGS_AFTER_MS);
    return () => this.#watched(release());
  }

  document<T extends object>(name: string): PersistentDocument<T> {
    const document = this.#store.document<T>(name);
    return {
      read: (accepts) => this.#watched(document.read(accepts)),
      write: (value) => this.#watched(document.write(value)),
    };
  }

  buckets(name: string): Buckets {
    const buckets = this.#store.buckets(name);
    return {
      names: () => this.#watched(buckets.names()),
      read: (bucket) => this.#watched(buckets.read(bucket)),
      write: (bucket, content, at) => this.#watched(buckets.write(bucket, content, at)),
      remove: (bucket) => this.#watched(buckets.remove(bucket)),
    };
  }

  appendLine(name: string, line: string): Promise<void> {
    return this.#watched(this.#store.appendLine(name, line));
  }

  sizeOf(name: string): Promise<FolderSize | undefined> {
    return this.#watched(this.#store.sizeOf(name));
  }

  async #watched<Result>(operation: Promise<Result>, limitMs = STORE_HANGS_AFTER_MS): Promise<Result> {
    const watch = { isHanging: false };
    this.#running += 1;
    const timer = setTimeout(() => {
      watch.isHanging = true;
      this.#hangs(limitMs);
    }, limitMs).unref();
    try {
      return await operation;
    } finally {
      clearTimeout(timer);
      this.#running -= 1;
      if (watch.isHanging) this.#answered();
    }
  }

  #hangs(limitMs: number): void {
    this.#hanging += 1;
    if (this.#hanging > 1) return;
    const trouble = new StoreError(
      `The ${this.name} hangs: it has not answered for ${limitMs / 1_000} s. Nothing is collected until it does, because delivering without remembering would repeat; no data is lost. Check the volume or the object storage.`,
    );
    this.#health.degraded(trouble.message, HANGS);
    this.#log.error(withCode(trouble));
  }

  #answered(): void {
    this.#hanging -= 1;
    if (this.#hanging > 0) return;
    this.#health.restored(HANGS);
    this.#log.info(`The ${this.name} answers again.`);
  }
}
