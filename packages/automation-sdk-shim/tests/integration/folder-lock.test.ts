import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import { lifeOf, parseLockOwner, thisProcess, type LockOwner } from '../../src/data/lock-owner.js';
import { lockFolder as lockWithHandle, type FolderLockOptions } from '../../src/data/folder/folder-lock.js';
import { LockHeldError } from '../../src/errors.js';
import { temporaryFolder } from '../support/temporary-folder.js';

jest.setTimeout(60_000);

const NEVER = new AbortController().signal;
const neverLost = () => {
  throw new Error('lost');
};
/** Short times, far enough apart for a loaded machine. */
const QUICK = { staleMs: 1_500, renewMs: 100, timeoutMs: 4_000, lookAgainMs: 20 };
const TOKEN = '0123456789abcdef0123456789abcdef';

async function lockFolder(options: FolderLockOptions): Promise<() => Promise<void>> {
  const lock = await lockWithHandle(options);
  return () => lock.release();
}
const lockIn = (folder: string, signal = NEVER) => lockFolder({ folder, signal, onLost: neverLost, times: QUICK });

const lockOwnerFile = (folder: string) => join(folder, '.lock-holder.json');
const entries = (folder: string) => readdirSync(join(folder, '.lock'));

/** Leaves a lock behind as a process would that ended without cleaning up. */
function leaveLock(
  folder: string,
  lockOwner: Partial<LockOwner> | undefined,
  entry: string | null = `${TOKEN}-7`,
): void {
  mkdirSync(join(folder, '.lock'));
  if (entry !== null) writeFileSync(join(folder, '.lock', entry), '');
  if (lockOwner === undefined) return;
  const token = entry === null ? {} : { token: TOKEN };
  writeFileSync(lockOwnerFile(folder), JSON.stringify({ ...thisProcess(new Date()), ...token, ...lockOwner }));
}

/** The same of version 1.2, which kept an empty folder. */
const leaveOldLock = (folder: string, lockOwner: Partial<LockOwner> | undefined) => leaveLock(folder, lockOwner, null);
const versions = [
  ['this version', leaveLock],
  ['version 1.2', leaveOldLock],
] as const;

describe('the lock of a data folder', () => {
  test('names its holder while it is held, and leaves nothing behind', async () => {
    const folder = temporaryFolder();
    const release = await lockIn(folder);
    expect(parseLockOwner(readFileSync(lockOwnerFile(folder), 'utf8'))).toMatchObject({ pid: process.pid });
    await release();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('is refused at once while its holder lives, in words that name it', async () => {
    const folder = temporaryFolder();
    const release = await lockIn(folder);
    const refused: unknown = await lockIn(folder).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(LockHeldError);
    expect((refused as Error).message).toContain(`held by the process ${process.pid} on the host`);
    expect((refused as Error).message).toContain('DATA_STORAGE');
    expect(existsSync(join(folder, '.lock'))).toBe(true);
    await release();
  });

  test.each(versions)(
    'is taken over at once from a process of %s that is gone, or whose number another one has',
    async (_of, leave) => {
      const child = spawn(process.execPath, ['-e', '']);
      await once(child, 'close');
      for (const gone of [{ pid: child.pid! }, { process_started: '1' }]) {
        const folder = temporaryFolder();
        leave(folder, gone);
        // With a signal that is aborted already nothing is waited for: who gets the lock gets it at once.
        const release = await lockIn(folder, AbortSignal.abort());
        expect(parseLockOwner(readFileSync(lockOwnerFile(folder), 'utf8'))).toEqual(
          expect.objectContaining({ pid: process.pid, process_started: thisProcess(new Date()).process_started }),
        );
        await release();
        expect(readdirSync(folder)).toEqual([]);
      }
    },
  );

  test.each(versions)(
    'goes to exactly one of many that find a dead holder of %s at about the same time',
    async (_of, leave) => {
      for (let gapTurns = 0; gapTurns < 12; gapTurns += 1) {
        const folder = temporaryFolder();
        leave(folder, { process_started: '1' });
        const contend = async (_none: unknown, index: number) => {
          // Each comes a few turns of the event loop after the last, so that they meet at every step of the taking.
          for (let turn = 0; turn < index * gapTurns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
          return lockIn(folder);
        };
        const all = await Promise.allSettled(Array.from({ length: 8 }, contend));
        const winners = all.filter((each) => each.status === 'fulfilled');
        expect(winners).toHaveLength(1);
        await winners[0]!.value();
        expect(readdirSync(folder)).toEqual([]);
      }
    },
  );

  test('goes to exactly one of many that outwait a holder at the same time', async () => {
    const folder = temporaryFolder();
    leaveLock(folder, { host: 'elsewhere' });
    const all = await Promise.allSettled(Array.from({ length: 8 }, () => lockIn(folder)));
    const winners = all.filter((each) => each.status === 'fulfilled');
    expect(winners).toHaveLength(1);
    await winners[0]!.value();
  });

  test.each(versions)(
    'of a holder of %s that cannot be judged is taken once its heartbeat has stopped',
    async (_of, leave) => {
      for (const lockOwner of [{ host: 'elsewhere' }, undefined]) {
        const folder = temporaryFolder();
        leave(folder, lockOwner);
        await (
          await lockIn(folder)
        )();
      }
    },
  );

  test('of a process that was killed between two steps is taken, whatever else lies in its folder', async () => {
    for (const left of [[], ['.nfs000000000001'], [`${TOKEN}-0`, `${TOKEN.replace('0', 'f')}-12`]]) {
      const folder = temporaryFolder();
      leaveOldLock(folder, undefined);
      for (const name of left) writeFileSync(join(folder, '.lock', name), '');
      await (
        await lockIn(folder)
      )();
    }
  });

  test('of a holder that cannot be judged is not taken while it renews it, by name or as version 1.2 did', async () => {
    const renewals: readonly ((folder: string, beat: number) => void)[] = [
      (folder, beat) =>
        renameSync(join(folder, '.lock', `${TOKEN}-${beat}`), join(folder, '.lock', `${TOKEN}-${beat + 1}`)),
      (folder, beat) => utimesSync(join(folder, '.lock'), beat, beat),
    ];
    for (const [index, renew] of renewals.entries()) {
      const folder = temporaryFolder();
      versions[index]![1](folder, { host: 'elsewhere' });
      let beat = 7;
      const renewing = setInterval(() => renew(folder, beat++), 50);
      const refused: unknown = await lockIn(folder).catch((error: unknown) => error);
      clearInterval(renewing);
      expect(refused).toBeInstanceOf(LockHeldError);
      expect((refused as Error).message).toContain('on the host elsewhere since');
    }
  });

  test('of a holder that cannot be judged and is alive is waited for only until the stop', async () => {
    const folder = temporaryFolder();
    leaveLock(folder, { host: 'elsewhere' });
    const stop = new AbortController();
    const waiting = lockIn(folder, stop.signal);
    stop.abort();
    await expect(waiting).rejects.toThrow('on the host elsewhere since');
  });

  test.each<[string, (folder: string) => void]>([
    ['its folder is gone', (folder) => rmSync(join(folder, '.lock'), { recursive: true })],
    ['another process has followed it', (folder) => rmSync(join(folder, '.lock', entries(folder)[0]!))],
  ])('tells its holder once that it was lost when %s, and what lies there stays', async (_how, lose) => {
    const folder = temporaryFolder();
    let losses = 0;
    const lost = new Promise<() => Promise<void>>((resolve) => {
      const onLost = () => {
        losses += 1;
        resolve(() => lock.then((release) => release()));
      };
      const lock = lockFolder({ folder, signal: NEVER, onLost, times: QUICK });
      void lock.then(() => lose(folder));
    });
    const release = await lost;
    writeFileSync(lockOwnerFile(folder), 'of another process');
    await release();
    expect(readFileSync(lockOwnerFile(folder), 'utf8')).toBe('of another process');
    expect(losses).toBe(1);
  });

  test('is renewed, and not lost, while another process looks at it in vain', async () => {
    const folder = temporaryFolder();
    const release = await lockIn(folder);
    const [first] = entries(folder);
    await expect(lockIn(folder)).rejects.toThrow(LockHeldError);
    while (entries(folder)[0] === first) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(entries(folder)).toHaveLength(1);
    await release();
  });

  test('is asked for again by a process that was frozen, before it writes', async () => {
    const folder = temporaryFolder();
    let losses = 0;
    const lock = await lockWithHandle({
      folder,
      signal: NEVER,
      onLost: () => (losses += 1),
      times: { ...QUICK, staleMs: 0, renewMs: 3_600_000 },
    });
    await lock.confirm();
    expect(entries(folder)[0]).toMatch(/-1$/);
    rmSync(join(folder, '.lock', entries(folder)[0]!));
    await expect(lock.confirm()).rejects.toThrow('no longer holds the data folder');
    await expect(lock.confirm()).rejects.toThrow('no longer holds the data folder');
    expect(losses).toBe(1);
  });
});

describe('whether a holder lives', () => {
  test.each<[string, Partial<LockOwner>, string]>([
    ['this process', {}, 'alive'],
    ['a process that never was', { pid: 2 ** 22 + 1 }, 'dead'],
    ['another process of the same number', { process_started: '1' }, 'dead'],
    ['a process on another host', { host: 'elsewhere' }, 'unknown'],
    ['a process before the last boot', { boot_id: 'another' }, 'unknown'],
    ['a process in another container', { pid_namespace: 'pid:[1]' }, 'unknown'],
    ['a process that could not tell', { process_started: null }, 'unknown'],
  ])('%s', (_who, difference, expected) => {
    expect(lifeOf({ ...thisProcess(new Date()), ...difference })).toBe(expected);
  });

  test('what is no holder is not taken for one', () => {
    for (const text of ['', '{}', '{"pid":"1","host":"x"}', '[]']) expect(parseLockOwner(text)).toBeUndefined();
  });
});
