import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { atExit } from '@local/testbed';
import { removeLeftSettings, settingsFolderPrefix, writeSettingsFolder } from '@local/testbed';
import { claimDataFolder } from '../../src/start/claim-data-folder.js';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Of a process that has ended. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(child, 'exit');
  return child.pid ?? 0;
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'left-behind-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('a trigger is asked to stop when its runner is gone, however that ended', async () => {
  const child = spawn(
    process.execPath,
    [
      '--import',
      here('../../../testbed/scripts/end-with-parent.mjs'),
      here('../../../testbed/tests/fixtures/trigger.mjs'),
      'message_trace',
    ],
    { env: { TRIGGER_CONFIGURATION: '{"stop":"exit"}', LIVENESS_PORT: '0', METRICS_PORT: '0' }, stdio: 'pipe' },
  );
  const lines: string[] = [];
  const exited = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (line === 'ready now') child.stdin.destroy();
  }
  expect(await exited).toEqual([7, null]);
  expect(lines.at(-1)).toBe('asked to stop');
});

describe('settings', () => {
  test('of a process that was killed are removed by the next one, those in use are not', async () => {
    const left = join(tmpdir(), `${settingsFolderPrefix(await deadPid())}test`);
    await mkdir(left);
    await writeFile(join(left, 'trigger_configuration'), '{"account_password":"Sesame"}');
    const used = await writeSettingsFolder(new Map([['token', 'x']]));
    await removeLeftSettings();
    expect(existsSync(left)).toBe(false);
    expect(existsSync(used.path)).toBe(true);
    await used.remove();
    expect(existsSync(used.path)).toBe(false);
  });

  test('are not left half written', async () => {
    const prefix = join(tmpdir(), settingsFolderPrefix(process.pid));
    const values = { token: 'x', 'no/such/folder': 'x' };
    const written = writeSettingsFolder(new Map(Object.entries(values)));
    const failed = await written.then(
      () => '',
      (error: unknown) => (error as NodeJS.ErrnoException).path ?? '',
    );
    expect(failed.startsWith(prefix)).toBe(true);
    expect(existsSync(failed.slice(0, prefix.length + 'XXXXXX'.length))).toBe(false);
  });
});

test('what is to be done at the exit takes one listener, however much it is', () => {
  const before = process.listenerCount('exit');
  const forget = Array.from({ length: 20 }, () => atExit(() => undefined));
  expect(process.listenerCount('exit')).toBeLessThanOrEqual(before + 1);
  for (const one of forget) one();
  expect(process.listenerCount('exit')).toBeLessThanOrEqual(before);
});

describe('a data folder', () => {
  const data = () => join(folder, 'data');
  const pidFile = () => join(data(), 'runner.pid');
  const startOf = async (pid: number) => (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ')[19];

  async function holdBy(lockOwner: string): Promise<void> {
    await mkdir(data(), { recursive: true });
    await writeFile(pidFile(), lockOwner);
  }

  test('is made for its owner alone, claimed, and given back', async () => {
    const release = await claimDataFolder(data());
    expect((await stat(data())).mode & 0o777).toBe(0o700);
    expect(await readFile(pidFile(), 'utf8')).toBe(`${process.pid} ${await startOf(process.pid)}\n`);
    expect(await readdir(data())).toEqual(['runner.pid']);
    release();
    expect(existsSync(pidFile())).toBe(false);
  });

  test('that another runner uses is refused, and free again once that has been killed', async () => {
    const message = `in use by another runner (process ${process.ppid})`;
    for (const lockOwner of [`${process.ppid} ${await startOf(process.ppid)}\n`, `${process.ppid}\n`]) {
      await holdBy(lockOwner);
      await expect(claimDataFolder(data())).rejects.toThrow(message);
    }
    await holdBy(`${await deadPid()}\n`);
    const release = await claimDataFolder(data());
    release();
  });

  test('is free where the number of its runner was given to another process', async () => {
    await holdBy(`${process.ppid} 1\n`);
    const release = await claimDataFolder(data());
    release();
  });

  test('is had by one of many that claim it at the same time', async () => {
    await holdBy(`${await deadPid()}\n`);
    const claims = await Promise.allSettled(Array.from({ length: 10 }, () => claimDataFolder(data())));
    const had = claims.flatMap((claim) => (claim.status === 'fulfilled' ? [claim.value] : []));
    expect(had).toHaveLength(1);
    expect(existsSync(pidFile())).toBe(true);
    had[0]?.();
  });

  test('is free where a runner was killed while it looked whether it is', async () => {
    const left = join(data(), 'runner.pid.lock');
    await mkdir(left, { recursive: true });
    await utimes(left, 0, 0);
    const release = await claimDataFolder(data());
    release();
  });

  test('that another runner has taken since is left to that one', async () => {
    const release = await claimDataFolder(data());
    await holdBy(`${process.ppid}\n`);
    release();
    expect(await readFile(pidFile(), 'utf8')).toBe(`${process.ppid}\n`);
  });

  test('that cannot be made is refused with what to do', async () => {
    await writeFile(data(), 'a file');
    await expect(claimDataFolder(data())).rejects.toThrow(/cannot be used .*--data/);
  });
});
