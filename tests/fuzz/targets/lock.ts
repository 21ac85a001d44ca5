import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockFolder } from '../../../packages/automation-sdk-shim/src/data/folder/folder-lock.js';
import { LockHeldError } from '../../../packages/automation-sdk-shim/src/errors.js';
import { onDisk } from '../../../packages/automation-sdk-shim/src/data/folder/files.js';
import { StoreError } from '../../../packages/automation-sdk-shim/src/data/data-store.js';
import { thisProcess } from '../../../packages/automation-sdk-shim/src/data/lock-owner.js';
import { Finding, textPart, type Input, type OpenTarget } from '../engine/target.js';
import { expectKnown } from '../oracles/texts.js';
import { Listening } from './listening.js';
import { writeFiles } from './state-files.js';

/** As the module's own, some hundred times faster. */
const TIMES = { staleMs: 30, renewMs: 10, timeoutMs: 60, lookAgainMs: 5 };
const TOKEN = '0123456789abcdef0123456789abcdef';

/** What another process, or a crash, left of the lock on the data folder: it is taken, or it is said who holds it. */
export function openLock(): Promise<OpenTarget> {
  return Promise.resolve<OpenTarget>({
    seeds: seeds(),
    isRepeatable: () => true,
    isRenamable: () => true,
    run,
    close: () => Promise.resolve(),
  });
}

function seeds(): Input[] {
  const me = thisProcess(new Date(0));
  const lockOwner = (changes: object) =>
    textPart('.lock-holder.json', JSON.stringify({ ...me, token: TOKEN, ...changes }));
  const entry = textPart(`.lock/${TOKEN}-7`, '');
  return [
    [entry, lockOwner({})],
    [entry, lockOwner({ pid: 4_000_000, process_started: '1' })],
    [entry, lockOwner({ host: 'elsewhere' })],
    [entry, textPart(`.lock/${TOKEN.replace('0', 'f')}-0`, ''), lockOwner({})],
    [textPart('.lock/x', '')],
    [lockOwner({ token: undefined })],
    [entry],
  ];
}

async function run(input: Input): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'lock-'));
  const listening = new Listening();
  const { signal } = new AbortController();
  const take = () => onDisk(folder, () => lockFolder({ folder, signal, onLost: () => undefined, times: TIMES }));
  try {
    writeFiles(folder, input);
    const held = await take();
    const second = await take().then(
      (other) => other.leave().then(() => 'taken'),
      (error: unknown) => (error instanceof LockHeldError ? 'held' : error),
    );
    if (second !== 'held') throw new Finding('state', `the lock was taken twice, or not: ${String(second)}`);
    await held.release();
  } catch (error) {
    if (error instanceof Finding) throw error;
    expectKnown(error, [LockHeldError, StoreError]);
    listening.hear(error);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  listening.expectGoodTexts(input);
}
