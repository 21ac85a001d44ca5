import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { firstWidth, nextPart, nextWidth } from '../../../src/cli/parts.js';
import { ResumableFile, resumePath } from '../../../src/cli/resumable-file.js';

const MINUTE_MS = 60_000;
const request = { filter: {} };

async function inFolder(run: (path: string, folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'resumable-'));
  try {
    await run(join(folder, 'rows.ndjson'), folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('the parts of a search', () => {
  const times = fc.tuple(fc.nat(90 * 24 * 60 * MINUTE_MS), fc.array(fc.nat(100_000), { minLength: 1, maxLength: 50 }));

  test('cover all time, each instant once, newest first, and come to an end', () => {
    fc.assert(
      fc.property(times, ([spanMs, rowCounts]) => {
        const start = 1_700_000_000_123;
        const end = start + spanMs + 1;
        let width = firstWidth({ start, end });
        let until = end;
        let parts = 0;
        for (let part = nextPart({ start, end: until }, width); part !== undefined;) {
          const widthMs = part.end - part.start;
          // One expectation for all: this is tried hundreds of thousands of times.
          if (part.end !== until || part.start < start || widthMs <= 0 || widthMs > 10 * 24 * 60 * MINUTE_MS)
            expect(part).toBe(`a part of at most ten days that ends at ${until}`);
          until = part.start;
          width = nextWidth(width, rowCounts[parts % rowCounts.length]!);
          parts += 1;
          part = nextPart({ start, end: until }, width);
        }
        expect(until).toBe(start);
        expect(parts).toBeLessThanOrEqual(90 * 24 * 4 + 1);
      }),
    );
  });
});

/** What happens while one part is written: how many of its lines are, and how it ends. */
const attempt = fc.record({
  lines: fc.nat(6),
  end: fc.constantFrom('committed', 'killed', 'left'),
  torn: fc.string({ maxLength: 10 }),
});

describe('a resumable file', () => {
  test('holds each line once, however often it was interrupted', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(attempt, { maxLength: 6 }), (attempts) =>
        inFolder(async (path, folder) => {
          const lines = Array.from({ length: 20 }, (_, index) => `line ${index}\n`);
          const beginning = { request, range: { start: 0, end: 20 }, width: 1 };
          for (const { lines: count, end, torn } of attempts) {
            const file = await ResumableFile.open(path, beginning);
            const { rows, searched_from: from } = file.record;
            const next = lines.slice(rows, rows + count);
            for (const line of next) await file.write(line);
            if (end === 'committed') {
              const done = rows + next.length;
              await file.commit({ searched_from: from - next.length, width: 1, rows: done, reasons: [] });
            }
            await file.leave();
            // A kill leaves rows of a part that is not recorded.
            if (end === 'killed') await appendFile(path, torn);
          }
          const file = await ResumableFile.open(path, beginning);
          for (const line of lines.slice(file.record.rows)) await file.write(line);
          await file.finish('end\n');
          expect(await readFile(path, 'utf8')).toBe(`${lines.join('')}end\n`);
          expect(await readdir(folder)).toEqual(['rows.ndjson']);
        }),
      ),
      { numRuns: 12 },
    );
  });

  test('two at the same time: the first one ends, and nothing is mixed', async () => {
    await inFolder(async (path) => {
      const beginning = { request, range: { start: 0, end: 2 }, width: 1 };
      const first = await ResumableFile.open(path, beginning);
      const second = await ResumableFile.open(path, beginning);
      await first.write('first\n');
      await expect(first.commit({ searched_from: 1, width: 1, rows: 1, reasons: [] })).rejects.toThrow(
        'Another process',
      );
      await first.leave();
      await second.write('second\n');
      await second.finish('');
      expect(await readFile(path, 'utf8')).toBe('second\n');
    });
  });

  test('what was changed meanwhile is not continued', async () => {
    await inFolder(async (path) => {
      const beginning = { request, range: { start: 0, end: 2 }, width: 1 };
      const file = await ResumableFile.open(path, beginning);
      await file.write('one\n');
      await file.commit({ searched_from: 1, width: 1, rows: 1, reasons: [] });
      await file.leave();
      await writeFile(path, 'two\n');
      await expect(ResumableFile.open(path, beginning)).rejects.toThrow('not as it was left');
      await writeFile(path, 'on');
      await expect(ResumableFile.open(path, beginning)).rejects.toThrow('not as it was left');
      await writeFile(resumePath(path), '{}');
      await expect(ResumableFile.open(path, beginning)).rejects.toThrow('cannot be read');
    });
  });
});
