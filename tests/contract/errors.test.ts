import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import * as collectorErrors from '../../src/errors.js';

const root = new URL('../../', import.meta.url);
const document = await readFile(new URL('docs/errors.md', root), 'utf8');

/** `| \`SettingsError\` | \`MT-SETTINGS\` | …`; the class is absent where only a log line has the code. */
const rows = [...document.matchAll(/^\| (?:`(\w+)`)? +\| `([A-Z]+-[A-Z-]+)` +\| ([^|]*?) +\|/gm)].map(
  ([, name = '', code = '', level = '']) => ({ name, code, level }),
);

type ErrorClass = new (...parameters: never[]) => Error & { readonly code: string };

/** `src/**` and the shim's, each with its text. */
async function sources(): Promise<string[]> {
  const folders = ['src/', 'packages/automation-sdk-shim/src/'];
  const files = await Promise.all(
    folders.map(async (folder) => {
      const names = await readdir(new URL(folder, root), { recursive: true });
      return names.filter((name) => name.endsWith('.ts')).map((name) => readFile(new URL(folder + name, root), 'utf8'));
    }),
  );
  return Promise.all(files.flat());
}

test('every class of error is explained, with its code', () => {
  const classes = Object.entries(collectorErrors as Record<string, unknown>).filter(
    (entry): entry is [string, ErrorClass] => typeof entry[1] === 'function' && entry[1].prototype instanceof Error,
  );
  const codes = classes.map(([name, Class]) => ({ name, code: new Class(...(['text', 1] as never[])).code }));
  const explained = rows.filter(({ name }) => name !== '').map(({ name, code }) => ({ name, code }));
  expect(explained).toEqual(expect.arrayContaining(codes));
  expect(codes.length).toBeGreaterThan(5);
});

test('no code is explained that nothing logs, and none is logged that is not explained', async () => {
  const logged = (await sources()).flatMap((text) =>
    [...text.matchAll(/['[`](MT-[A-Z-]+)['\]`]/g)].map(([, code]) => code!),
  );
  expect([...new Set(logged)].sort()).toEqual([...new Set(rows.map(({ code }) => code))].sort());
});

test('a code stands at the end of what is logged', () => {
  const error = new collectorErrors.SettingsError('The password is wrong.');
  expect(collectorErrors.sentenceOn(error, 'Trying again.')).toBe('The password is wrong. Trying again. [MT-SETTINGS]');
});
