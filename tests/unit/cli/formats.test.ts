import { describe, expect, test } from '@jest/globals';
import { cellText, rowColumns, rowWriter } from '../../../src/cli/formats.js';

const columns = [{ name: 'subject', share: 1 }];
const written = (format: 'csv' | 'json' | 'ndjson' | 'table', subjects: readonly string[], width?: number) => {
  const writer = rowWriter(format, columns, width);
  const rows = subjects.map((subject, index) => writer.row({ subject }, index));
  return writer.head() + rows.join('') + writer.tail(subjects.length);
};

describe('formats', () => {
  test('a table obeys no sequence of a subject', () => {
    const text = written('table', ['\u{1B}[2Jgone', '\u{9B}31mred', 'left\u{202E}right', 'two\nlines']);
    expect(text.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/u);
    expect(cellText('a\u{1B}b')).toBe('a\u{FFFD}b');
  });

  test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1'])('a spreadsheet runs no formula of a subject: %j', (subject) => {
    const [, cell] = written('csv', [subject]).split('\n');
    expect(cell?.replace(/^"/, '').startsWith("'")).toBe(true);
  });

  test('JSON and NDJSON hold what was found, whatever it is', () => {
    const subjects = ['a"b', '\u2028', '', '\u{1F600}'];
    expect(JSON.parse(written('json', subjects))).toEqual(subjects.map((subject) => ({ subject })));
    expect(JSON.parse(written('json', []))).toEqual([]);
    const lines = written('ndjson', subjects).trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { subject: string }).subject)).toEqual(subjects);
  });

  test.each([60, 80, 120, 200])('a table of rows fits into %i columns', (width) => {
    const writer = rowWriter('table', rowColumns, width);
    writer.row({ received: '2026-11-28T09:00:00.123000Z', sender: 'x'.repeat(99), subject: 'y'.repeat(99) }, 0);
    const lines = writer.tail(1).split('\n');
    expect(lines.join('')).toContain('2026-11-28 09:00:00');
    if (width >= 80) expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(width);
  });
});
