import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';

const root = new URL('../../', import.meta.url);
const folder = 'tests/integration/failure-table/';
const text = (file: string) => readFile(new URL(file, root), 'utf8');
const document = await text('docs/failures.md');

/** The rows of the tables: what happens, what the module does, and the tests that prove it. */
const rows = [...document.matchAll(/^\| (?!what happens|-)(.*?) +\| (.*?) +\| (.*?) +\|$/gm)].map(
  ([, happens = '', does = '', proof = '']) => ({ happens, does, proofs: proofsIn(proof) }),
);

interface Proof {
  readonly file: string;
  readonly title: string;
}

/** `\`tests/….test.ts\` “title”`, with `<br>` in between. */
function proofsIn(cell: string): Proof[] {
  return cell.split('<br>').map((item) => {
    const [, file = '', title = ''] = /^`([^`]+\.test\.ts)` “(.+)”$/.exec(item) ?? [];
    return { file, title };
  });
}

/** The titles of a file's tests, as they are written: templates with their placeholders. */
async function titlesIn(file: string): Promise<Set<string>> {
  const titles = (await text(file)).matchAll(/(?<=\(\s*)(['"`])((?:(?!\1).)+)\1(?=,)/g);
  return new Set([...titles].map(([, , title = '']) => title));
}

test('every row says what happens, what is done, and which tests prove it', () => {
  expect(rows.length).toBeGreaterThanOrEqual(30);
  for (const { happens, does, proofs } of rows) {
    expect(happens).not.toBe('');
    expect({ happens, does }).toEqual({ happens, does: expect.stringMatching(/\.$/) });
    for (const proof of proofs) expect({ happens, ...proof }).not.toMatchObject({ file: '' });
  }
});

test.each(rows.flatMap(({ proofs }) => proofs).map(({ file, title }) => [file, title] as const))(
  'there is in %s a test “%s”',
  async (file, title) => {
    expect([...(await titlesIn(file))]).toContain(title);
  },
);

test('every test of the folder proves a row', async () => {
  const named = rows.flatMap(({ proofs }) => proofs);
  for (const name of await readdir(new URL(folder, root))) {
    const file = folder + name;
    const tests = [
      ...(await text(file)).matchAll(/\btest(?:\.concurrent)?(?:\.each\((?:[^()]|\([^()]*\))*\))?\(\s*'([^']+)'/g),
    ];
    expect(tests.length).toBeGreaterThan(0);
    for (const [, title] of tests) expect(named).toContainEqual({ file, title });
  }
});
