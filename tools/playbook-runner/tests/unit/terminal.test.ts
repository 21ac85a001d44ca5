import { PassThrough } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { describe, expect, test } from '@jest/globals';
import { cut, openLiveLine, widthOf } from '../../src/terminal/live-line.js';
import { printable } from '../../src/start/run.js';

describe('making foreign text printable', () => {
  test.each([
    ['leaves letters, marks, symbols and emoji alone', 'Grüße, 漢字 🎉 e\u0301 “q” €', 'Grüße, 漢字 🎉 e\u0301 “q” €'],
    ['disarms escape sequences', '\x1b[2J\x1b]0;title\x07', '␛[2J␛]0;title␇'],
    ['disarms C1 controls', 'a\u009b31mb', 'a�31mb'],
    ['shows line breaks, tabs and delete as pictures', 'a\r\nb\tc\x7f', 'a␍␊b␉c␡'],
    ['shows Unicode line separators', 'a\u2028b\u2029c', 'a�b�c'],
    ['shows what turns the direction of text', 'a\u202egnp.exe\u2066', 'a�gnp.exe�'],
    ['shows what has no width', 'a\u200bb\ufeffc\u00ad', 'a�b�c�'],
    ['shows half characters and private ones', 'a\ud800b\ue000', 'a�b�'],
    ['takes joined emoji apart', '👨\u200d👩\u200d👧 ❤\ufe0f', '👨👩👧 ❤'],
    ['cuts down towers of marks', `a${'\u0301'.repeat(50)}b`, 'a\u0301\u0301\u0301b'],
  ])('%s', (_what, text, shown) => {
    expect(printable(text)).toBe(shown);
  });
});

describe('measuring and cutting', () => {
  test.each([
    ['abc', 3],
    ['e\u0301', 1],
    ['漢字', 4],
    ['ｱﾊﾝ', 3],
    ['Ａ', 2],
    ['한글', 4],
    ['🎉', 2],
    ['→…', 2],
    ['ꀀ\u{17000}', 4],
    ['㉈', 1],
  ])('%s takes %d columns', (text, columns) => {
    expect(widthOf(text)).toBe(columns);
  });

  test.each([
    ['fits', 4, 'fits'],
    ['does not', 4, 'doe…'],
    ['漢字漢字', 6, '漢字…'],
    ['漢字漢字', 5, '漢字…'],
    ['漢字', 3, '漢…'],
    ['abc', 1, '…'],
    ['abc', 0, ''],
  ])('cuts %s to %d columns', (text, columns, result) => {
    expect(cut(text, columns)).toBe(result);
    expect(widthOf(result)).toBeLessThanOrEqual(columns);
  });
});

describe('the live line', () => {
  function terminal(columns: number | undefined) {
    const output = new PassThrough({ encoding: 'utf8' });
    Object.assign(output, { isTTY: columns !== undefined, columns });
    return { output: output as unknown as WriteStream, written: () => String(output.read() ?? '') };
  }

  test('is drawn in its place, cut to the terminal, with other lines above it', () => {
    const { output, written } = terminal(8);
    const line = openLiveLine(output, () => '漢字 running');
    expect(written()).toBe('\r\x1b[K漢字 r…');
    line.above('warning');
    expect(written()).toBe('\r\x1b[Kwarning\n\r\x1b[K漢字 r…');
    line.close();
    expect(written()).toBe('\r\x1b[K');
  });

  test('has eighty columns where the terminal does not say how many', () => {
    const { output, written } = terminal(0);
    openLiveLine(output, () => 'x'.repeat(100)).close();
    expect(written()).toBe(`\r\x1b[K${'x'.repeat(78)}…\r\x1b[K`);
  });

  test('is left out between the times where the output is no terminal', () => {
    const { output, written } = terminal(undefined);
    const line = openLiveLine(output, () => 'running');
    line.above('warning');
    line.close();
    expect(written()).toBe('warning\n');
  });
});
