import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import { lifeOf, parseHolder, thisProcess, type Holder } from '../src/data/holder.js';
import { lockFolder } from '../src/data/folder/folder-lock.js';
import { FolderHeldError } from '../src/errors.js';
import { temporaryFolder } from './support/temporary-folder.js';

jest.setTimeout(60_000);

const NEVER = new AbortController().signal;
const neverLost = () => {
  throw new Error('lost');
};
const lockIn = (folder: string, signal = NEVER) => lockFolder({ folder, signal, onLost: neverLost });

/** Leaves a lock behind as a process would that ended without cleaning up. */
function leaveLock(folder: string, holder: Partial<Holder> | undefined): void {
  mkdirSync(join(folder, '.lock'));
  if (holder !== undefined) {
    writeFileSync(join(folder, '.lock-holder.json'), JSON.stringify({ ...thisProcess(new Date()), ...holder }));
  }
}

describe('the lock of a data folder', () => {
  test('names its holder while it is held, and leaves nothing behind', async () => {
    const folder = temporaryFolder();
    const release = await lockIn(folder);
    expect(parseHolder(readFileSync(join(folder, '.lock-holder.json'), 'utf8'))).toMatchObject({ pid: process.pid });
    await release();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('is refused at once while its holder lives, in words that name it', async () => {
    const folder = temporaryFolder();
    const release = await lockIn(folder);
    const refused: unknown = await lockIn(folder).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(FolderHeldError);
    expect((refused as Error).message).toContain(`held by the process ${process.pid} on the host`);
    expect((refused as Error).message).toContain('DATA_STORAGE');
    expect(existsSync(join(folder, '.lock'))).toBe(true);
    await release();
  });

  test('is taken over at once from a process that is gone, and from one whose number another process has now', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'close');
    for (const gone of [{ pid: child.pid! }, { process_started: '1' }]) {
      const folder = temporaryFolder();
      leaveLock(folder, gone);
      // With a signal that is aborted already nothing is waited for: who gets the lock gets it at once.
      const release = await lockIn(folder, AbortSignal.abort());
      expect(parseHolder(readFileSync(join(folder, '.lock-holder.json'), 'utf8'))).toEqual(
        expect.objectContaining({ pid: process.pid, process_started: thisProcess(new Date()).process_started }),
      );
      await release();
    }
  });

  test('goes to exactly one of many that find a dead holder at about the same time', async () => {
    for (let gapTurns = 0; gapTurns < 12; gapTurns += 1) {
      const folder = temporaryFolder();
      leaveLock(folder, { process_started: '1' });
      const contend = async (_none: unknown, index: number) => {
        // Each comes a few turns of the event loop after the last, so that they meet at every step of the taking.
        for (let turn = 0; turn < index * gapTurns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
        return lockIn(folder);
      };
      const all = await Promise.allSettled(Array.from({ length: 8 }, contend));
      const winners = all.filter((each) => each.status === 'fulfilled');
      expect(winners).toHaveLength(1);
      await winners[0]!.value();
    }
  });

  test('of a holder that cannot be judged is taken once its heartbeat has stopped', async () => {
    for (const holder of [{ host: 'elsewhere' }, undefined]) {
      const folder = temporaryFolder();
      leaveLock(folder, holder);
      const longAgo = new Date(Date.now() - 60_000);
      utimesSync(join(folder, '.lock'), longAgo, longAgo);
      await (
        await lockIn(folder)
      )();
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

  test('tells its holder when it was lost', async () => {
    const folder = temporaryFolder();
    const lost = new Promise<void>((resolve) => {
      void lockFolder({ folder, signal: NEVER, onLost: resolve }).then(() => rmdirSync(join(folder, '.lock')));
    });
    await lost;
  });
});

describe('whether a holder lives', () => {
  test.each<[string, Partial<Holder>, string]>([
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
    for (const text of ['', '{}', '{"pid":"1","host":"x"}', '[]']) expect(parseHolder(text)).toBeUndefined();
  });
});
