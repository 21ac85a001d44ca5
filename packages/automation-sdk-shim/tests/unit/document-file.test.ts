import { mkdirSync, readFileSync, readdirSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { DocumentFile } from '../../src/data/folder/data-folder.js';
import { StoreError } from '../../src/data/data-store.js';
import { recordedLog } from '../support/recorded-log.js';
import { temporaryFolder } from '../support/temporary-folder.js';

function openIn(folder: string) {
  const path = join(folder, 'context.json');
  return { document: new DocumentFile<{ n: number }>(path, recordedLog().log, () => Promise.resolve()), path };
}

test('what was written is for its owner only, and nothing else is left', async () => {
  const folder = temporaryFolder();
  const { document, path } = openIn(folder);
  await document.write({ n: 1 });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['context.json']);
});

test('a write that fails leaves the old value, and the next one works', async () => {
  const { document, path } = openIn(temporaryFolder());
  await document.write({ n: 1 });
  mkdirSync(`${path}.new`);
  const failing = document.write({ n: 2 });
  await expect(failing).rejects.toThrow(StoreError);
  await expect(failing).rejects.toThrow('EISDIR');
  expect(await document.read()).toEqual({ n: 1 });
  rmdirSync(`${path}.new`);
  await document.write({ n: 3 });
  expect(await document.read()).toEqual({ n: 3 });
});

test('what a crash left half-written beside the file is overwritten', async () => {
  const { document, path } = openIn(temporaryFolder());
  writeFileSync(`${path}.new`, '{"n": 99999999999999');
  await document.write({ n: 1 });
  expect(readFileSync(path, 'utf8')).toBe('{\n  "n": 1\n}\n');
});
