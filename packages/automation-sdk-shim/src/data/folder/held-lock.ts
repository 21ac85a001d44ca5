import { mkdir, readdir, rename, rmdir, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, folderModes } from './files.js';
import { StoreError } from '../data-store.js';

const LOCK = '.lock';
/** What version 1.2 guarded its changes with. A process of that version that was killed leaves it behind. */
const OLD_GUARD = '.lock-change';
const ENTRY = /^([0-9a-f]{32})-(\d+)$/;

/**
 * A process that holds the lock, or is about to: its token, and how often it has renewed. The file's name says both.
 */
export interface Entry {
  readonly token: string;
  readonly beat: number;
}

export function nameOf({ token, beat }: Entry): string {
  return `${token}-${beat}`;
}

/**
 * The lock's folder `.lock`, with one empty file for its holder. Each method is one operation that file systems carry
 * out as a whole: making a folder, making, renaming or removing one file. None rests on times, rights, contents or
 * links.
 */
export class LockEntries {
  readonly #folder: string;
  readonly #path: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.#path = join(folder, LOCK);
  }

  /** False where the lock's folder is there already. */
  async open(): Promise<boolean> {
    try {
      await mkdir(this.#path, { mode: (await folderModes(this.#folder)).folder });
      return true;
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false;
      throw error;
    }
  }

  /** Undefined where there is no such folder. */
  async list(): Promise<Entry[] | undefined> {
    const names = await unlessMissing(readdir(this.#path));
    return names?.flatMap((name) => {
      const [, token, beat] = ENTRY.exec(name) ?? [];
      return token === undefined ? [] : [{ token, beat: Number(beat) }];
    });
  }

  /** When the lock's folder has changed last. Version 1.2 sets this to the present every 2.5 s, and keeps no entry. */
  async changedMs(): Promise<number | undefined> {
    return (await unlessMissing(stat(this.#path)))?.mtimeMs;
  }

  /** False where the lock's folder has gone. */
  async add(entry: Entry): Promise<boolean> {
    const { file } = await folderModes(this.#folder);
    const made = writeFile(this.#entryPath(entry), '', { flag: 'wx', mode: file }).then(() => true);
    return (await unlessMissing(made)) ?? false;
  }

  /** False where there is no such entry: it was renewed, removed, or never there. */
  async renew(entry: Entry): Promise<boolean> {
    const next = { ...entry, beat: entry.beat + 1 };
    const renamed = rename(this.#entryPath(entry), this.#entryPath(next)).then(() => true);
    if ((await unlessMissing(renamed)) === true) return true;
    // An answer of a network file system that was lost is asked for again, and the second time there is nothing to
    // rename.
    return (await this.list())?.some(({ token, beat }) => token === next.token && beat === next.beat) ?? false;
  }

  /**
   * False where there is no such entry, as for `renew`. If several remove the same entry, exactly one of them gets
   * true.
   */
  async remove(entry: Entry): Promise<boolean> {
    return (await unlessMissing(unlink(this.#entryPath(entry)).then(() => true))) ?? false;
  }

  /** Removes the lock's folder where it is empty. False where it is not. */
  async close(): Promise<boolean> {
    try {
      await rmdir(this.#path);
      return true;
    } catch (error) {
      if (['ENOTEMPTY', 'EEXIST', 'EBUSY'].includes(codeOf(error) ?? '')) return false;
      if (codeOf(error) === 'ENOENT') return true;
      throw error;
    }
  }

  /** What stays is harmless. */
  async removeOldGuard(): Promise<void> {
    await rmdir(join(this.#folder, OLD_GUARD)).catch(() => undefined);
  }

  #entryPath(entry: Entry): string {
    return join(this.#path, nameOf(entry));
  }
}

async function unlessMissing<Result>(action: Promise<Result>): Promise<Result | undefined> {
  try {
    return await action;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

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
      // A failed renewal does not lose the lock: any other process that wants it must use the same file system.
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
