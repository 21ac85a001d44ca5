import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';

const root = new URL('../../', import.meta.url);

test('each sentence about a source has a test of its number, and each test a sentence', async () => {
  const document = await readFile(new URL('docs/delivery-guarantees.md', root), 'utf8');
  const suite = await readFile(new URL('tests/conformance/describe-source.ts', root), 'utf8');
  const sentences = Array.from(document.matchAll(/^\| (S-\d+) \|/gm), ([, id]) => id);
  const tests = Array.from(suite.matchAll(/'(S-\d+) /g), ([, id]) => id);
  expect(sentences.length).toBeGreaterThan(0);
  expect(tests).toEqual(sentences);
});

test('each sentence about the collector names a test that exists', async () => {
  const document = await readFile(new URL('docs/delivery-guarantees.md', root), 'utf8');
  const rows = Array.from(document.matchAll(/^\| C-\d+ \|.*\| (.*) \|$/gm), ([, heldBy]) => heldBy ?? '');
  expect(rows.length).toBeGreaterThan(0);
  for (const heldBy of rows) expect(heldBy).toMatch(/\]\(\.\.\/tests\//);
});
