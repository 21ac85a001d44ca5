import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { limitedDisk, openDisk } from '../../../src/chaos/test-bed/disk.js';

/** Tries to write a file on each request, and reports the result. */
const WRITER = `
  import { writeFileSync } from 'node:fs';
  process.on('message', (path) => {
    try {
      writeFileSync(path, Buffer.alloc(65_536));
      process.send('written');
    } catch ({ code }) {
      process.send(code);
    }
  });`;

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux.each([
  ['as it can be had here', (folder: string) => openDisk(folder, 1 << 20)],
  ['that is a limit on files', () => Promise.resolve(limitedDisk())],
])('a disk %s is full for the process that runs until it is freed', async (_, open) => {
  const folder = await mkdtemp(join(tmpdir(), 'chaos-'));
  const data = await mkdtemp(join(folder, 'data-'));
  const script = join(folder, 'writer.mjs');
  await writeFile(script, WRITER);
  const disk = await open(data);
  const writer = fork(script, { stdio: 'ignore' });
  const write = async (name: string): Promise<unknown> => {
    writer.send(join(data, name));
    const [response] = (await once(writer, 'message')) as unknown[];
    return response;
  };
  try {
    expect(await write('first')).toBe('written');
    await disk!.fill(1000, writer.pid);
    expect(await write('second')).toMatch(/^(ENOSPC|EFBIG)$/);
    await disk!.free(writer.pid);
    expect(await write('third')).toBe('written');
  } finally {
    writer.kill();
    await once(writer, 'exit');
    await disk?.close();
    await rm(folder, { recursive: true });
  }
});
