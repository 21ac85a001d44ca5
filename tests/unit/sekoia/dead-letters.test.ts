import { describe, expect, test } from '@jest/globals';
import type { FolderSize } from '@sekoia/automation-sdk-shim';
import { StorageError } from '../../../src/model/errors.js';
import { RejectedFile } from '../../../src/sekoia/dead-letters.js';
import { RejectionLog } from '../../../src/sekoia/intake-sink.js';
import { MemoryLines } from '../../support/memory-storage.js';

const dayMs = 86_400_000;
const limits = { bytes: 100_000, files: 50 };
const noLimits = { bytes: Infinity, files: Infinity };
const fail = (line: string) => {
  throw new Error(`not expected: ${line}`);
};

/** Begins half a second before a day ends. */
class TestBed {
  nowMs = Date.parse('2026-03-01T23:59:59.500Z');
  isAway = false;
  readonly folder = new MemoryLines();
  readonly errors: string[] = [];
  readonly limits: FolderSize;
  readonly remembered: number | undefined;
  readonly rejected: RejectedFile;

  constructor(given = limits, remembered?: number) {
    this.limits = given;
    this.remembered = remembered;
    this.rejected = this.open();
  }

  open(): RejectedFile {
    const log = { error: (line: string) => this.errors.push(line), warning: fail, info: fail, critical: fail };
    const storage = {
      sizeOf: () => this.folder.sizeOf(),
      appendLine: (name: string, line: string) =>
        this.isAway ? Promise.reject(new StorageError('away')) : this.folder.appendLine(name, line),
    };
    return new RejectedFile({ storage, now: () => this.nowMs, log, limits: this.limits, remembered: this.remembered });
  }

  get lines() {
    return this.folder.lines;
  }

  written(): [string, unknown][] {
    return this.lines.map(({ name, line }) => [name, JSON.parse(line)]);
  }
}

test('each row is a line with the reason and when, in the file of its day in UTC', async () => {
  const testBed = new TestBed();
  const row = { Subject: 'two\nlines "quoted" \u2028 請求書', Size: 0, ToIP: null };
  expect(await testBed.rejected.add(row, 'The intake refused it.')).toBe(true);
  testBed.nowMs += 400;
  expect(await testBed.rejected.add('no object', 'It is no row.')).toBe(true);
  testBed.nowMs += 200;
  expect(await testBed.rejected.add([null], 'It is no row.')).toBe(true);

  const [first, second] = ['rejected/2026-03-01.ndjson', 'rejected/2026-03-02.ndjson'];
  expect(testBed.written()).toEqual([
    [first, { rejected_at: '2026-03-01T23:59:59.500Z', reason: 'The intake refused it.', row }],
    [first, { rejected_at: '2026-03-01T23:59:59.900Z', reason: 'It is no row.', row: 'no object' }],
    [second, { rejected_at: '2026-03-02T00:00:00.100Z', reason: 'It is no row.', row: [null] }],
  ]);
  for (const { line } of testBed.lines) expect(line).not.toContain('\n');
});

test('a row that comes again for the same reason is not written again [F-30]', async () => {
  const testBed = new TestBed();
  const { rejected } = testBed;
  expect(await rejected.add({ Size: 1 }, 'one')).toBe(true);
  expect(await rejected.add({ Size: 1 }, 'one')).toBe(false);
  expect(await rejected.add({ Size: 1 }, 'another')).toBe(true);
  expect(await rejected.add({ Size: 2 }, 'one')).toBe(true);
  testBed.nowMs += dayMs;
  expect(await rejected.add({ Size: 1 }, 'one')).toBe(false);
  expect(testBed.lines).toHaveLength(3);
});

test('what could not be written is written when it comes again', async () => {
  const testBed = new TestBed();
  testBed.isAway = true;
  await expect(testBed.rejected.add({ Size: 1 }, 'one')).rejects.toThrow(StorageError);
  testBed.isAway = false;
  expect(await testBed.rejected.add({ Size: 1 }, 'one')).toBe(true);
  expect(testBed.lines).toHaveLength(1);
});

test('of more rows than are remembered, the last ones are still written once', async () => {
  const remembered = 200;
  const testBed = new TestBed(noLimits, remembered);
  const count = remembered + 10;
  for (let n = 0; n < count; n += 1) await testBed.rejected.add(n, 'one');
  for (let n = 10; n < count; n += 1) await testBed.rejected.add(n, 'one');
  expect(testBed.lines).toHaveLength(count);
  await testBed.rejected.add(9, 'one');
  expect(testBed.lines).toHaveLength(count + 1);
});

describe('the bound', () => {
  test.each([
    ['bytes', (folder: MemoryLines) => (folder.otherBytes = limits.bytes - 100)],
    ['files', (folder: MemoryLines) => (folder.otherFiles = limits.files + 1)],
  ])(
    'on %s holds a row that has no room, says what to do, and goes on once files are moved away',
    async (_of, fill) => {
      const testBed = new TestBed();
      fill(testBed.folder);
      const row = { Subject: 'x'.repeat(200) };
      for (let tries = 0; tries < 3; tries += 1) {
        const adding = testBed.rejected.add(row, 'one');
        await expect(adding).rejects.toThrow(StorageError);
        await expect(adding).rejects.toThrow(/is full: 100000 bytes.* nothing there is removed .* Move its files away/);
      }
      expect(testBed.lines).toHaveLength(0);
      Object.assign(testBed.folder, { otherBytes: 0, otherFiles: 0 });
      expect(await testBed.rejected.add(row, 'one')).toBe(true);
      expect(testBed.lines).toHaveLength(1);
    },
  );

  test('is exact: rows fill the folder up to it and not beyond, over restarts', async () => {
    const testBed = new TestBed();
    testBed.folder.otherBytes = limits.bytes - 10_000;
    let [rejected, written] = [testBed.rejected, 0];
    for (let n = 0; n < 300; n += 1) {
      if (n % 7 === 0) rejected = testBed.open();
      written += await rejected.add(n, 'one').then(Number, () => 0);
    }
    const { bytes } = (await testBed.folder.sizeOf())!;
    expect(written).toBe(testBed.lines.length);
    expect(bytes).toBeLessThanOrEqual(limits.bytes);
    expect(bytes).toBeGreaterThan(limits.bytes - 100);
  });

  test('is announced at 80 %, once, and again after it was emptied [F-31]', async () => {
    const testBed = new TestBed();
    await testBed.rejected.add(0, 'one');
    expect(testBed.errors).toEqual([]);
    for (let round = 1; round <= 2; round += 1) {
      testBed.folder.otherBytes = 0.85 * limits.bytes;
      const rejected = testBed.open();
      await rejected.add(round, 'two');
      await rejected.add(round, 'three');
      expect(testBed.errors).toHaveLength(round);
      expect(testBed.errors.at(-1)).toMatch(/is 85 % full\. .* Move its files away: .*\[MT-REJECTED\]$/);
    }
  });

  test('costs no look at the folder for each row', async () => {
    const testBed = new TestBed(noLimits);
    for (let n = 0; n < 2_500; n += 1) await testBed.rejected.add(n, 'one');
    expect(testBed.folder.timesMeasured).toBe(3);
  });

  test('counts what this process wrote where the storage cannot list', async () => {
    const testBed = new TestBed();
    testBed.folder.canList = false;
    const large = 'x'.repeat(limits.bytes / 4);
    const results = [];
    for (let n = 0; n < 5; n += 1) results.push(await testBed.rejected.add([n, large], 'one').catch(() => 'full'));
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
