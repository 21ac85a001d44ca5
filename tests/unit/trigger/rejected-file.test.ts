import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { StorageError } from '../../../src/errors.js';
import { RejectedFile } from '../../../src/trigger/rejected-file.js';
import { withTemporaryFolder } from '../../support/temporary-folder.js';

const dayMs = 86_400_000;

interface Stage {
  nowMs: number;
  readonly rejected: RejectedFile;
  /** Where the rows go, and where those of the stage's first day do. */
  readonly folder: string;
  readonly file: string;
}

/** Begins half a second before a day ends. */
function withRejectedFile(use: (stage: Stage) => Promise<void>): Promise<void> {
  return withTemporaryFolder(async (dataFolder) => {
    const folder = join(dataFolder, 'rejected');
    const stage: Stage = {
      nowMs: Date.parse('2026-03-01T23:59:59.500Z'),
      rejected: new RejectedFile(dataFolder, () => stage.nowMs),
      folder,
      file: join(folder, '2026-03-01.ndjson'),
    };
    await use(stage);
  });
}

async function linesOf(path: string): Promise<unknown[]> {
  const [last, ...lines] = (await readFile(path, 'utf8')).split('\n').reverse();
  expect(last).toBe('');
  return lines.reverse().map((line) => JSON.parse(line) as unknown);
}

test('each row is a line with the reason and when, in the file of its day in UTC', async () => {
  await withRejectedFile(async (stage) => {
    const row = { Subject: 'two\nlines "quoted" \u2028 請求書', Size: 0, ToIP: null };
    expect(await stage.rejected.add(row, 'The intake refused it.')).toBe(true);
    stage.nowMs += 400;
    expect(await stage.rejected.add('no object', 'It is no row.')).toBe(true);
    stage.nowMs += 200;
    expect(await stage.rejected.add([null], 'It is no row.')).toBe(true);

    expect(await linesOf(stage.file)).toEqual([
      { rejected_at: '2026-03-01T23:59:59.500Z', reason: 'The intake refused it.', row },
      { rejected_at: '2026-03-01T23:59:59.900Z', reason: 'It is no row.', row: 'no object' },
    ]);
    expect(await linesOf(join(stage.folder, '2026-03-02.ndjson'))).toEqual([
      { rejected_at: '2026-03-02T00:00:00.100Z', reason: 'It is no row.', row: [null] },
    ]);
  });
});

test('what was written is readable for the user of the module alone', async () => {
  await withRejectedFile(async ({ rejected, folder, file }) => {
    await rejected.add({ Subject: 'private' }, 'The intake refused it.');
    const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
    expect([await modeOf(folder), await modeOf(file)]).toEqual(['700', '600']);
  });
});

test('a row that comes again for the same reason is not written again', async () => {
  await withRejectedFile(async (stage) => {
    const { rejected } = stage;
    expect(await rejected.add({ Size: 1 }, 'one')).toBe(true);
    expect(await rejected.add({ Size: 1 }, 'one')).toBe(false);
    expect(await rejected.add({ Size: 1 }, 'another')).toBe(true);
    expect(await rejected.add({ Size: 2 }, 'one')).toBe(true);
    stage.nowMs += dayMs;
    expect(await rejected.add({ Size: 1 }, 'one')).toBe(false);
    expect(await linesOf(stage.file)).toHaveLength(3);
    expect(await readdir(stage.folder)).toEqual(['2026-03-01.ndjson']);
  });
});

test('the lines of earlier runs stay', async () => {
  await withTemporaryFolder(async (dataFolder) => {
    for (const Size of [1, 2]) await new RejectedFile(dataFolder, () => 0).add({ Size }, 'one');
    const lines = await linesOf(join(dataFolder, 'rejected', '1970-01-01.ndjson'));
    expect(lines).toMatchObject([{ row: { Size: 1 } }, { row: { Size: 2 } }]);
  });
});

describe('what cannot be written is an error of the data folder', () => {
  test('where the folder cannot be made', async () => {
    await withRejectedFile(async ({ rejected, folder }) => {
      await writeFile(folder, 'a file in its place');
      const adding = rejected.add({ Size: 1 }, 'one');
      await expect(adding).rejects.toThrow(StorageError);
      await expect(adding).rejects.toThrow(/EEXIST.*Check the volume/);
    });
  });

  test('where the file cannot be opened', async () => {
    await withRejectedFile(async ({ rejected, file }) => {
      await mkdir(file, { recursive: true });
      const adding = rejected.add({ Size: 1 }, 'one');
      await expect(adding).rejects.toThrow(StorageError);
      await expect(adding).rejects.toThrow(file);
    });
  });

  test('and is written when it comes again and can be', async () => {
    await withRejectedFile(async (stage) => {
      await mkdir(stage.file, { recursive: true });
      await expect(stage.rejected.add({ Size: 1 }, 'one')).rejects.toThrow(StorageError);
      stage.nowMs += dayMs;
      expect(await stage.rejected.add({ Size: 1 }, 'one')).toBe(true);
    });
  });
});
