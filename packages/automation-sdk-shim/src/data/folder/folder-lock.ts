import { randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseObject } from '../../json.js';
import { sleep } from '../../time.js';
import type { Taking } from '../data-store.js';
import { heldBy, lifeOf, type LockOwner, parseLockOwner, thisProcess } from '../lock-owner.js';
import { codeOf, replaceFile } from './files.js';
import { type Entry, HeldLock, LockEntries, type LockTimes, nameOf } from './held-lock.js';

/** For how long each of some things has been seen without a change, by the clock of this process alone. */
class Unchanged {
  readonly #longMs: number;
  readonly #firstSeenMs = new Map<string, number>();

  constructor(longMs: number) {
    this.#longMs = longMs;
  }

  /** Whether what looks like this was first seen `longMs` ago. It must be asked about every so often. */
  forLong(appearance: string): boolean {
    const nowMs = performance.now();
    const firstMs = this.#firstSeenMs.get(appearance) ?? nowMs;
    this.#firstSeenMs.set(appearance, firstMs);
    return nowMs - firstMs >= this.#longMs;
  }
}

const TIMES: LockTimes = { staleMs: 10_000, renewMs: 2_500, timeoutMs: 12_000, lookAgainMs: 200 };

export interface FolderLockOptions extends Taking {
  readonly folder: string;
  readonly times?: Partial<LockTimes>;
}

/** What the file `.lock-holder.json` says. Files of version 1.2 have no token. */
interface NamedLockOwner {
  readonly lockOwner: LockOwner | undefined;
  readonly token: string | undefined;
}

/**
 * Makes this process the only one in the folder. A holder that is provably dead is followed at once. One that cannot be
 * judged (another host or container) is followed once it has not renewed its lock for `staleMs`, by the clock of this
 * process. Times of files play no part: docs/adr/0013 says why, and how two processes are kept from both holding the
 * lock.
 * @throws FolderHeldError, or the file system's error
 */
export async function lockFolder(options: FolderLockOptions): Promise<HeldLock> {
  const times = { ...TIMES, ...options.times };
  const attempt = new Attempt(options, times);
  const deadline = performance.now() + times.timeoutMs;
  for (;;) {
    const taken = await attempt.take();
    if (taken instanceof HeldLock) return taken;
    if (taken.isAlive || performance.now() >= deadline || options.signal.aborted)
      throw heldBy(`data folder ${options.folder}`, taken.lockOwner, 'DATA_STORAGE or sub_folder');
    // Two that came at the same moment and gave way to each other come at different ones next time.
    await sleep(times.lookAgainMs * (0.5 + Math.random()), options.signal);
  }
}

interface HttpError {
  readonly lockOwner: LockOwner | undefined;
  readonly isAlive: boolean;
}

class Attempt {
  readonly #options: FolderLockOptions;
  readonly #times: LockTimes;
  readonly #entries: LockEntries;
  readonly #unchanged: Unchanged;
  readonly #token = randomUUID().replaceAll('-', '');

  constructor(options: FolderLockOptions, times: LockTimes) {
    this.#options = options;
    this.#times = times;
    this.#entries = new LockEntries(options.folder);
    this.#unchanged = new Unchanged(times.staleMs);
  }

  async take(): Promise<HeldLock | HttpError> {
    return (await this.#takeFree()) ?? (await this.#follow());
  }

  async #takeFree(): Promise<HeldLock | undefined> {
    return (await this.#entries.open()) ? this.#enter() : undefined;
  }

  /** Takes the lock from a holder that is dead, or else says who holds it. */
  async #follow(): Promise<HeldLock | HttpError> {
    const named = await this.#readLockOwner();
    const entries = (await this.#entries.list()) ?? [];
    const httpError = httpErrorOf(named, entries);
    if (entries.length === 0) return (await this.#followWithoutEntry(named)) ?? httpError;
    const over = entries.filter((entry) => this.#isOver(entry, named));
    for (const entry of over) if (!(await this.#entries.remove(entry))) return httpError;
    return (over.length === entries.length ? await this.#enter() : undefined) ?? httpError;
  }

  /** Version 1.2 kept no entry; nor is there one between the two steps of taking, or of letting go. */
  async #followWithoutEntry({ lockOwner, token }: NamedLockOwner): Promise<HeldLock | undefined> {
    const isDead = token === undefined && lockOwner !== undefined && lifeOf(lockOwner) === 'dead';
    const changedMs = await this.#entries.changedMs();
    if (!isDead && !this.#unchanged.forLong(`without entry, ${changedMs}`)) return undefined;
    if (await this.#entries.close()) return this.#takeFree();
    const entries = await this.#entries.list();
    // Anything else in there is not a lock.
    return entries?.length === 0 ? this.#enter() : undefined;
  }

  #isOver(entry: Entry, { lockOwner, token }: NamedLockOwner): boolean {
    const isStale = this.#unchanged.forLong(nameOf(entry));
    return isStale || (entry.token === token && lockOwner !== undefined && lifeOf(lockOwner) === 'dead');
  }

  /** Undefined where another process is in there too. Each of two sees the other, unless it came second. */
  async #enter(): Promise<HeldLock | undefined> {
    const { folder, onLost } = this.#options;
    if (!(await this.#entries.add({ token: this.#token, beat: 0 }))) return undefined;
    const lock = new HeldLock({
      entries: this.#entries,
      token: this.#token,
      times: this.#times,
      onLost,
      forget: () => rm(lockOwnerPath(folder), { force: true }),
    });
    try {
      if (await this.#isAlone()) {
        const lockOwner = { ...thisProcess(new Date()), token: this.#token };
        await replaceFile(lockOwnerPath(folder), `${JSON.stringify(lockOwner)}\n`);
        // Not every file system lists what is being renamed: one look might have missed a holder that was renewing.
        if (await this.#isAlone()) {
          await this.#entries.removeOldGuard();
          return lock;
        }
      }
    } catch (error) {
      await lock.leave();
      throw error;
    }
    await lock.leave();
    return undefined;
  }

  async #isAlone(): Promise<boolean> {
    return (await this.#entries.list())?.every(({ token }) => token === this.#token) ?? false;
  }

  async #readLockOwner(): Promise<NamedLockOwner> {
    const text = await readFile(lockOwnerPath(this.#options.folder), 'utf8').catch(ignoreMissing);
    const token = parseObject(text ?? '')?.['token'];
    return { lockOwner: parseLockOwner(text ?? ''), token: typeof token === 'string' ? token : undefined };
  }
}

/** Names the holder only where the file is about the one that holds the lock now. */
function httpErrorOf({ lockOwner, token }: NamedLockOwner, entries: readonly Entry[]): HttpError {
  const isAbout = entries.length === 0 ? token === undefined : entries.some((entry) => entry.token === token);
  if (!isAbout || lockOwner === undefined) return { lockOwner: undefined, isAlive: false };
  return { lockOwner, isAlive: lifeOf(lockOwner) === 'alive' };
}

function lockOwnerPath(folder: string): string {
  return join(folder, '.lock-holder.json');
}

function ignoreMissing(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT') throw error;
}
