import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';

const folder = new URL('../integration/failure-table/', import.meta.url);

/** `npm run generate -- --check` sees that each failure has a test, and each id a failure. */
test('every test of the failure table names its failures', async () => {
  for (const file of await readdir(folder)) {
    const text = await readFile(new URL(file, folder), 'utf8');
    const titles = [
      ...text.matchAll(/\btest(?:\.concurrent)?(?:\.each\((?:[^()]|\([^()]*\))*\))?\(\s*(['"`])((?:(?!\1).)+)\1,/g),
    ].map(([, , title]) => title);
    expect(titles.length).toBeGreaterThan(0);
    for (const title of titles) expect({ file, title }).toEqual({ file, title: expect.stringMatching(/ \[F-\d+/) });
  }
});
