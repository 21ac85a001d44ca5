import { expect, test } from '@jest/globals';
import { StorageError } from '../../../src/errors.js';
import { RejectedFile } from '../../../src/trigger/rejected-file.js';

const dayMs = 86_400_000;

/** Begins half a second before a day ends. */
class Stage {
  nowMs = Date.parse('2026-03-01T23:59:59.500Z');
  isAway = false;
  readonly lines: { name: string; line: string }[] = [];
  readonly rejected = new RejectedFile(
    {
      appendLine: (name, line) => {
        if (this.isAway) return Promise.reject(new StorageError('away'));
        this.lines.push({ name, line });
        return Promise.resolve();
      },
    },
    () => this.nowMs,
  );

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

test('a row that comes again for the same reason is not written again', async () => {
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
