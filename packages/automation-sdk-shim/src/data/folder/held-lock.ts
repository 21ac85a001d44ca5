import { StoreError } from '../store-error.js';
import type { LockEntries } from './lock-entries.js';

export interface LockTimes {
  /** A holder that has not renewed its lock for so long is taken for dead. */
  readonly staleMs: number;
  readonly renewMs: number;
  /** How long a holder that cannot be judged is waited for: longer than `staleMs`. */
  readonly timeoutMs: number;
  readonly lookAgainMs: number;
}

export interface HeldLockOptions {
  readonly entries: LockEntries;
  readonly token: string;
  readonly times: LockTimes;
  /** Called once, when another process has followed this one. */
  readonly onLost: () => void;
  /** Removes what names this process as the holder. */
  readonly forget: () => Promise<void>;
}

/** The lock in the hands of this process, renewed until it is let go of or lost. */
export class HeldLock {
  readonly #options: HeldLockOptions;
  /** When the lock was certainly ours. */
  #sureAt = now();
  #beat = 0;
  #ended = false;
  #renewing: Promise<void> | undefined;
  #timer: NodeJS.Timeout;

  constructor(options: HeldLockOptions) {
    this.#options = options;
    this.#timer = this.#renewLater();
  }

  /**
   * Resolves where no other process can have taken the lock: at once where that is known, else it is renewed first. For
   * what is about to be written, since a process that was frozen for a while learns late that it was followed.
   * @throws StoreError where the lock was lost, or the file system's error where that cannot be found out
   */
  async confirm(): Promise<void> {
    if (!this.#ended && sinceMs(this.#sureAt) < this.#options.times.staleMs / 2) return;
    await this.#renew();
    if (!this.#ended) return;
    throw new StoreError(
      'This process no longer holds the data folder: another one may work there. Stop one of the two.',
    );
  }

  /** What lies there after a loss is not ours, and stays. */
  async release(): Promise<void> {
    // What names the holder may be about another process by now, of which this one has not heard yet.
    await this.#renew();
    if (this.#ended) return;
    await this.#stop();
    await this.#options.forget();
    await this.#remove();
  }

  /** For a lock that turned out to be wanted by two: what names its holder may be the other's. */
  async leave(): Promise<void> {
    await this.#stop();
    await this.#remove();
  }

  /** Asks anew: the compiler takes what it saw before an await for granted. */
  #hasEnded(): boolean {
    return this.#ended;
  }

  async #stop(): Promise<void> {
    this.#ended = true;
    clearTimeout(this.#timer);
    await this.#renewing?.catch(() => undefined);
  }

  async #remove(): Promise<void> {
    const { entries, token } = this.#options;
    if (await entries.remove({ token, beat: this.#beat })) await entries.close();
  }

  #renewLater(): NodeJS.Timeout {
    const renew = () => {
      // What cannot be renewed now is not lost: whoever wants it has to use the same file system.
      void this.#renew()
        .catch(() => undefined)
        .then(() => {
          if (!this.#ended) this.#timer = this.#renewLater();
        });
    };
    return setTimeout(renew, this.#options.times.renewMs).unref();
  }

  #renew(): Promise<void> {
    this.#renewing ??= this.#renewNow().finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  async #renewNow(): Promise<void> {
    if (this.#ended) return;
    const { entries, token, onLost } = this.#options;
    const askedAt = now();
    if (await entries.renew({ token, beat: this.#beat })) {
      this.#beat += 1;
      this.#sureAt = askedAt;
      return;
    }
    if (this.#hasEnded()) return;
    this.#ended = true;
    onLost();
  }
}

interface Instant {
  readonly steadyMs: number;
  readonly wallMs: number;
}

function now(): Instant {
  return { steadyMs: performance.now(), wallMs: Date.now() };
}

/** The steady clock stands still while the machine sleeps; the other one may be set. Too long only costs a renewal. */
function sinceMs({ steadyMs, wallMs }: Instant): number {
  return Math.max(performance.now() - steadyMs, Date.now() - wallMs);
}
