import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readCases } from '../../fuzz/engine/case-file.js';
import type { OpenTarget } from '../../fuzz/engine/target.js';
import { guardedRun } from '../../fuzz/runner/guarded-run.js';
import { targets } from '../../fuzz/targets/index.js';
import { isTargetName, TARGET_NAMES } from '../../fuzz/targets/names.js';

const folder = fileURLToPath(new URL('../../fuzz/corpus', import.meta.url));
const cases = readCases(folder);

test('every folder of the corpus is that of a target', () => {
  expect(readdirSync(folder).filter((name) => !isTargetName(name) && name !== 'README.md')).toEqual([]);
});

describe.each(TARGET_NAMES)('the corpus of %s', (name) => {
  let open: OpenTarget;
  beforeAll(async () => {
    open = await targets[name]();
  });
  afterAll(() => open.close());

  test('its real inputs break nothing', async () => {
    expect(open.seeds.length).toBeGreaterThan(0);
    for (const input of open.seeds) expect(await guardedRun(open, input)).toBeUndefined();
  });

  const stored = cases.filter(({ target }) => target === name);
  if (stored.length === 0) return;
  test.each(stored.map(({ file, input }) => ({ file, input })))('$file breaks nothing any more', async ({ input }) => {
    expect(await guardedRun(open, input)).toBeUndefined();
  });
});
