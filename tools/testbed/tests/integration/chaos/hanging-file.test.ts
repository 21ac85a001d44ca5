import { mkdtemp, open, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { hang } from '../../../src/chaos/test-bed/run-folder.js';

test('opening the file that is written next waits until the hang ends; then no such file is left', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hanging-file-'));
  try {
    const end = await hang(folder);
    const opened = open(join(folder, 'context.json.new'), 'w');
    expect(await Promise.race([opened.then(() => 'open'), delay(300, 'hangs')])).toBe('hangs');
    await end();
    const file = await opened;
    await file.close();
    expect(await readdir(folder)).toEqual([]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('a hang that the module has taken away ends all the same', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hanging-file-'));
  const end = await hang(folder);
  await rm(join(folder, 'context.json.new'));
  await end();
  expect(await readdir(folder)).toEqual([]);
  await rm(folder, { recursive: true, force: true });
});
