import { describe, expect, test } from '@jest/globals';
import { REMEMBERED_REJECTIONS, type FolderSize } from '@sekoia/automation-sdk-shim';
import { StorageError } from '../../../src/errors.js';
import { RejectedFile } from '../../../src/trigger/rejected-file.js';
import { RejectionLog } from '../../../src/trigger/rejection-log.js';
import { MemoryLines } from '../../support/memory-storage.js';

const dayMs = 86_400_000;
const limits = { bytes: 100_000, files: 50 };
const noLimits = { bytes: Infinity, files: Infinity };
const fail = (line: string) => {
  throw new Error(`not expected: ${line}`);
};

/** Begins half a second before a day ends. */
class Stage {
  nowMs = Date.parse('2026-03-01T23:59:59.500Z');
  isAway = false;
  readonly folder = new MemoryLines();
  readonly errors: string[] = [];
  readonly limits: FolderSize;
  readonly rejected: RejectedFile;

  constructor(given = limits) {
    this.limits = given;
    this.rejected = this.open();
  }

  open(): RejectedFile {
    const log = { error: (line: string) => this.errors.push(line), warning: fail, info: fail, critical: fail };
    const storage = {
      sizeOf: () => this.folder.sizeOf(),
      appendLine: (name: string, line: string) =>
        this.isAway ? Promise.reject(new StorageError('away')) : this.folder.appendLine(name, line),
    };
    return new RejectedFile({ storage, now: () => this.nowMs, log, limits: this.limits });
  }

  get lines() {
    return this.folder.lines;
  }

  written(): [string, unknown][] {
    return this.lines.map(({ name, line }) => [name, JSON.parse(line)]);
  }
}

test('each row is a line with the reason and when, in the file of its day in UTC', async () => {
  const stage = new Stage();
  const row = { Subject: 'two\nlines "quoted" \u2028 請求書', Size: 0, ToIP: null };
  expect(await stage.rejected.add(row, 'The intake refused it.')).toBe(true);
  stage.nowMs += 400;
  expect(await stage.rejected.add('no object', 'It is no row.')).toBe(true);
  stage.nowMs += 200;
  expect(await stage.rejected.add([null], 'It is no row.')).toBe(true);

  const [first, second] = ['rejected/2026-03-01.ndjson', 'rejected/2026-03-02.ndjson'];
  expect(stage.written()).toEqual([
    [first, { rejected_at: '2026-03-01T23:59:59.500Z', reason: 'The intake refused it.', row }],
    [first, { rejected_at: '2026-03-01T23:59:59.900Z', reason: 'It is no row.', row: 'no object' }],
    [second, { rejected_at: '2026-03-02T00:00:00.100Z', reason: 'It is no row.', row: [null] }],
  ]);
  for (const { line } of stage.lines) expect(line).not.toContain('\n');
});

test('a row that comes again for the same reason is not written again [F-30]', async () => {
  const stage = new Stage();
  const { rejected } = stage;
  expect(await rejected.add({ Size: 1 }, 'one')).toBe(true);
  expect(await rejected.add({ Size: 1 }, 'one')).toBe(false);
  expect(await rejected.add({ Size: 1 }, 'another')).toBe(true);
  expect(await rejected.add({ Size: 2 }, 'one')).toBe(true);
  stage.nowMs += dayMs;
  expect(await rejected.add({ Size: 1 }, 'one')).toBe(false);
  expect(stage.lines).toHaveLength(3);
});

test('what could not be written is written when it comes again', async () => {
  const stage = new Stage();
  stage.isAway = true;
  await expect(stage.rejected.add({ Size: 1 }, 'one')).rejects.toThrow(StorageError);
  stage.isAway = false;
  expect(await stage.rejected.add({ Size: 1 }, 'one')).toBe(true);
  expect(stage.lines).toHaveLength(1);
});

test('of more rows than are remembered, the last ones are still written once', async () => {
  const stage = new Stage(noLimits);
  const count = REMEMBERED_REJECTIONS + 10;
  for (let n = 0; n < count; n += 1) await stage.rejected.add(n, 'one');
  for (let n = 10; n < count; n += 1) await stage.rejected.add(n, 'one');
  expect(stage.lines).toHaveLength(count);
}, 60_000);

describe('the bound', () => {
  test.each([
    ['bytes', (folder: MemoryLines) => (folder.otherBytes = limits.bytes - 100)],
    ['files', (folder: MemoryLines) => (folder.otherFiles = limits.files + 1)],
  ])(
    'on %s holds a row that has no room, says what to do, and goes on once files are moved away',
    async (_of, fill) => {
      const stage = new Stage();
      fill(stage.folder);
      const row = { Subject: 'x'.repeat(200) };
      for (let tries = 0; tries < 3; tries += 1) {
        const adding = stage.rejected.add(row, 'one');
        await expect(adding).rejects.toThrow(StorageError);
        await expect(adding).rejects.toThrow(/is full: 100000 bytes.* nothing there is removed .* Move its files away/);
      }
      expect(stage.lines).toHaveLength(0);
      Object.assign(stage.folder, { otherBytes: 0, otherFiles: 0 });
      expect(await stage.rejected.add(row, 'one')).toBe(true);
      expect(stage.lines).toHaveLength(1);
    },
  );

  test('is exact: rows fill the folder up to it and not beyond, over restarts', async () => {
    const stage = new Stage();
    stage.folder.otherBytes = limits.bytes - 10_000;
    let [rejected, written] = [stage.rejected, 0];
    for (let n = 0; n < 300; n += 1) {
      if (n % 7 === 0) rejected = stage.open();
      written += await rejected.add(n, 'one').then(Number, () => 0);
    }
    const { bytes } = (await stage.folder.sizeOf())!;
    expect(written).toBe(stage.lines.length);
    expect(bytes).toBeLessThanOrEqual(limits.bytes);
    expect(bytes).toBeGreaterThan(limits.bytes - 100);
  });

  test('is announced at 80 %, once, and again after it was emptied [F-31]', async () => {
    const stage = new Stage();
    await stage.rejected.add(0, 'one');
    expect(stage.errors).toEqual([]);
    for (let round = 1; round <= 2; round += 1) {
      stage.folder.otherBytes = 0.85 * limits.bytes;
      const rejected = stage.open();
      await rejected.add(round, 'two');
      await rejected.add(round, 'three');
      expect(stage.errors).toHaveLength(round);
      expect(stage.errors.at(-1)).toMatch(/is 85 % full\. .* Move its files away: .*\[MT-REJECTED\]$/);
    }
  });

  test('costs no look at the folder for each row', async () => {
    const stage = new Stage(noLimits);
    for (let n = 0; n < 2_500; n += 1) await stage.rejected.add(n, 'one');
    expect(stage.folder.timesMeasured).toBe(3);
  });

  test('counts what this process wrote where the storage cannot list', async () => {
    const stage = new Stage();
    stage.folder.canList = false;
    const large = 'x'.repeat(limits.bytes / 4);
    const results = [];
    for (let n = 0; n < 5; n += 1) results.push(await stage.rejected.add([n, large], 'one').catch(() => 'full'));
    expect(results).toEqual([true, true, true, 'full', 'full']);
  });
});

test('of a thousand rows that are rejected at once, ten have a line of their own and one says how many more', () => {
  let nowMs = 0;
  const lines: string[] = [];
  const log = new RejectionLog(
    { error: (line: string) => lines.push(line), warning: fail, info: fail, critical: fail },
    () => nowMs,
  );
  for (let n = 0; n < 1000; n += 1) log.add(`reason ${n}.`);
  log.flush();
  log.flush();
  expect(lines).toHaveLength(11);
  expect(lines[10]).toMatch(/^More rows could not be delivered: 990\. /);
  log.add('soon.');
  nowMs += 60_000;
  log.add('later.');
  expect(lines).toHaveLength(13);
  expect(lines.slice(11)).toEqual([expect.stringContaining(': 1.'), expect.stringContaining('later.')]);
});
