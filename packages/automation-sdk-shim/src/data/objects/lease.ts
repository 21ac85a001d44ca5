import { parseObject } from '../../json.js';
import { isAborted, sleep } from '../../time.js';
import { acceptor, heldBy, lifeOf, type LockOwner, parseLockOwner, thisProcess } from '../lock-owner.js';
import { StoreError, type Taking } from '../data-store.js';
import { type GuardedObject, LockLostError } from './conditional-writes.js';
import type { StoredObject } from './object-storage.js';

export interface LeaseTimes {
  /** How long the store is this process's own after it has said so. */
  readonly leaseMs: number;
  readonly renewMs: number;
  /** How long a holder that may be dead is waited for; longer than its lease. */
  readonly timeoutMs: number;
  readonly lookAgainMs: number;
  /**
   * How long after taking the store it is looked who has it, where the storage itself cannot keep two apart; longer
   * than `renewMs`.
   */
  readonly settleMs: number;
}

const TIMES: LeaseTimes = { leaseMs: 20_000, renewMs: 5_000, timeoutMs: 26_000, lookAgainMs: 1_000, settleMs: 7_000 };
/** The storage tells the time in whole seconds, and its servers may disagree by a little. */
const MARGIN_MS = 3_000;

/** No version has held a store for longer at a time: more would keep every other process away. */
const isLeaseMs = acceptor<number>({ type: 'number', maximum: 600_000 });

export interface LeaseOptions extends Taking {
  /** The lock: an object with its holder, which is replaced and never deleted. */
  readonly object: GuardedObject;
  /** Whether the storage keeps two processes apart: asked after the lock was written. */
  readonly isReliable: () => boolean;
  /** What is held, for messages. */
  readonly name: string;
  readonly times?: LeaseTimes;
}

/**
 * The right to write for a limited time, renewed well before it ends. Only the storage's clock decides whether
 * another's lease has ended. Only the time that has passed here decides whether ours has. So the clocks need not agree.
 */
export class Lease {
  readonly #options: LeaseOptions;
  readonly #times: LeaseTimes;
  readonly #lockOwner: LockOwner;
  #renewals = 0;
  /** By performance.now(). */
  #endsMs = 0;
  #state: 'held' | 'lost' | 'released' = 'held';
  #writing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  private constructor(options: LeaseOptions) {
    this.#options = options;
    this.#times = options.times ?? TIMES;
    this.#lockOwner = thisProcess(new Date());
  }

  /** @throws FolderHeldError, StoreError */
  static async take(options: LeaseOptions): Promise<Lease> {
    const { object, signal, name } = options;
    const lease = new Lease(options);
    const { timeoutMs, lookAgainMs, leaseMs } = lease.#times;
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const found = await object.read();
      const isFreeForUs = isFree(found, leaseMs) || object.isOurs(found);
      if (isFreeForUs && (await lease.#wins())) return lease;
      // Another one was faster, and has said who it is since.
      const latest = isFreeForUs ? await object.read() : found;
      const lockOwner = latest && lockOwnerIn(latest);
      const living = lockOwner !== undefined && lifeOf(lockOwner) === 'alive';
      if (living || performance.now() >= deadline || isAborted(signal)) throw heldBy(name, lockOwner, 'sub_folder');
      await sleep(lookAgainMs, signal);
    }
  }

  /**
   * Resolves while the right to write lasts; where it has ended, since the storage was away, it is renewed first.
   * @throws StoreError, also where the store was lost to another process
   */
  async ensure(): Promise<void> {
    if (this.#state === 'held' && performance.now() >= this.#endsMs) await this.#renew();
    if (this.#state !== 'held') throw lostError(this.#options.name);
  }

  /** Reports that a write of this process found an object of another process. */
  lose(): void {
    if (this.#state !== 'held') return;
    this.#state = 'lost';
    clearTimeout(this.#timer);
    this.#options.onLost();
  }

  /** @throws StoreError; the lease then ends by itself */
  async release(): Promise<void> {
    if (this.#state !== 'held') return;
    this.#state = 'released';
    clearTimeout(this.#timer);
    await this.#writing?.catch(() => undefined);
    await this.#options.object
      .replace(Buffer.from(`${JSON.stringify({ released: true })}\n`))
      .catch((error: unknown) => {
        if (!(error instanceof LockLostError)) throw error;
      });
  }

  /** False where another was faster. */
  async #wins(): Promise<boolean> {
    try {
      await this.#write();
    } catch (error) {
      if (error instanceof LockLostError) return false;
      throw error;
    }
    if (!this.#options.isReliable() && !(await this.#isStillOurs())) return false;
    this.#renewLater();
    return true;
  }

  /**
   * For a storage without conditions, where the last of two writers wins: by the end of the wait, a process that held
   * the store or was taking it has looked again, found this one's lock, and given up.
   */
  async #isStillOurs(): Promise<boolean> {
    const { object, signal } = this.#options;
    await sleep(this.#times.settleMs, signal);
    return object.isOurs(await object.read());
  }

  #renewLater(): void {
    this.#timer = setTimeout(() => {
      // What fails for a passing reason is tried again; until then `ensure` looks after the end.
      void this.#renew()
        .catch(() => undefined)
        .then(() => {
          if (this.#state === 'held') this.#renewLater();
        });
    }, this.#times.renewMs);
    this.#timer.unref();
  }

  /** Renewals that are asked for at the same time are one. */
  async #renew(): Promise<void> {
    this.#writing ??= this.#write().finally(() => (this.#writing = undefined));
    try {
      await this.#writing;
    } catch (error) {
      if (!(error instanceof LockLostError)) throw error;
      this.lose();
    }
  }

  async #write(): Promise<void> {
    const beganMs = performance.now();
    // Never the same content twice: its ETag would be the same too, and a renewal could not be detected.
    this.#renewals += 1;
    const content = { ...this.#lockOwner, lease_ms: this.#times.leaseMs, renewals: this.#renewals };
    await this.#options.object.replace(Buffer.from(`${JSON.stringify(content)}\n`));
    this.#endsMs = beganMs + this.#times.leaseMs;
  }
}

export function lostError(name: string): StoreError {
  return new StoreError(`The ${name} was taken by another process. Stop one of the two.`);
}

function lockOwnerIn({ body }: StoredObject): LockOwner | undefined {
  return parseLockOwner(body.toString());
}

/**
 * The lease has no holder, was given back, has a holder that is certainly dead, or was not renewed for longer than its
 * term.
 */
function isFree(found: StoredObject | undefined, usualMs: number): boolean {
  if (found === undefined) return true;
  const content = parseObject(found.body.toString());
  if (content?.['released'] === true) return true;
  const lockOwner = lockOwnerIn(found);
  if (lockOwner !== undefined && lifeOf(lockOwner) === 'dead') return true;
  const told = content?.['lease_ms'];
  const leaseMs = isLeaseMs(told) ? told : usualMs;
  return found.readMs - found.writtenMs > leaseMs + MARGIN_MS;
}
