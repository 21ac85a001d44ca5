import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';

const root = new URL('../../', import.meta.url);
const document = await readFile(new URL('docs/security.md', root), 'utf8');

/** From "## Attackers" to the advice: each line of a list there is an attack. */
const threats = document.slice(document.indexOf('\n## Attackers'), document.indexOf('\n## Least privilege'));
/** The text of each line of a list, with what is indented below it. */
const lines = threats.match(/^- .*(?:\n {2}.*)*/gm) ?? [];
const named = [...document.matchAll(/Test: `([^`]+\.test\.ts)` "(.+)"\.$/gm)].map(
  ([, file = '', title = '']) => [file, title] as const,
);

describe('the threat model', () => {
  test('has attacks, and a test for each', () => {
    expect(lines.length).toBeGreaterThan(50);
    expect(lines.filter((line) => !/\n {2}Test: /.test(line))).toEqual([]);
  });

  test('names no test that is still to be written', () => {
    expect(document.match(/TODO-TEST.*/g) ?? []).toEqual([]);
  });

  test('spells each line about a test as this file reads it', () => {
    expect((document.match(/Test: (?!TODO-TEST)/g) ?? []).length).toBe(named.length);
  });

  test.each(named)('%s has the test "%s"', async (file, title) => {
    const url = new URL(file, root);
    const text = existsSync(url) ? await readFile(url, 'utf8') : '';
    expect(['"', "'", '`'].some((quote) => text.includes(`${quote}${title}${quote}`))).toBe(true);
  });
});
