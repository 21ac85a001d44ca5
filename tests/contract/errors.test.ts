import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { SettingsError, sentenceOn } from '../../src/model/errors.js';
import { ConfigurationError, withCode } from '../../packages/automation-sdk-shim/src/errors.js';
import { CERTIFICATE_CODES, explainCode } from '../../packages/automation-sdk-shim/src/http/network-error.js';

const root = new URL('../../', import.meta.url);
const document = await readFile(new URL('docs/errors.md', root), 'utf8');

interface Row {
  /** Empty where a line of the log has the code and no class. */
  readonly name: string;
  /** Empty where a class has none. */
  readonly code: string;
}

/** `| \`SettingsError\` | \`MT-SETTINGS\` | …`, `|  | \`MT-GAP\` | …`, `| \`NetworkError\` | …`. */
const rows: Row[] = [...document.matchAll(/^\| (?:`(\w+Error)`)? +\| (?:`((?:MT|SDK)-[A-Z-]+)` +\|)?/gm)].map(
  ([, name = '', code = '']) => ({ name, code }),
);

/** What runs in the image: every file's text. */
async function sources(): Promise<string[]> {
  const folders = ['module/', 'src/', 'packages/automation-sdk-shim/src/'];
  const files = await Promise.all(
    folders.map(async (folder) => {
      const names = await readdir(new URL(folder, root), { recursive: true });
      return names.filter((name) => name.endsWith('.ts')).map((name) => readFile(new URL(folder + name, root), 'utf8'));
    }),
  );
  return Promise.all(files.flat());
}

const texts = await sources();

interface ErrorClass extends Row {
  readonly parent: string;
  readonly isAbstract: boolean;
}

/** The classes whose parent is an error, as they are written; a code of its own or none. */
const classes: ErrorClass[] = texts.flatMap((text) =>
  [...text.matchAll(/^(?:export )?(abstract )?class (\w+) extends (\w*Error)\b[^{]*\{(?:\}|(.*?)^\})/gms)].map(
    ([, abstract, name = '', parent = '', body = '']) => ({
      name,
      parent,
      code: /readonly code = '([A-Z-]+)'/.exec(body)?.[1] ?? '',
      isAbstract: abstract !== undefined,
    }),
  ),
);

/** The code that objects of the class have, its parents' included. */
function codeOf({ code, parent }: ErrorClass): string {
  const above = classes.find(({ name }) => name === parent);
  return code === '' && above !== undefined ? codeOf(above) : code;
}

const byName = (one: Row, other: Row) => one.name.localeCompare(other.name);

test('every class of error is explained, with its code where it has one, and no other class is', () => {
  const thrown = classes.filter(({ isAbstract }) => !isAbstract);
  const explained = rows.filter(({ name }) => name !== '');
  expect(explained.toSorted(byName)).toEqual(thrown.map((one) => ({ name: one.name, code: codeOf(one) })).sort(byName));
  expect(new Set(thrown.map(codeOf)).size).toBeGreaterThan(10);
});

test('no code is explained that nothing logs, and none is logged that is not explained', () => {
  const logged = texts.flatMap((text) =>
    [...text.matchAll(/['[`]((?:MT|SDK)-[A-Z-]+)['\]`]/g)].map(([, code]) => code!),
  );
  const explained = rows.map(({ code }) => code).filter((code) => code !== '');
  expect([...new Set(logged)].sort()).toEqual([...new Set(explained)].sort());
});

test('a code stands at the end of what is logged', () => {
  const refused = new SettingsError('The password is wrong.');
  expect(sentenceOn(refused, 'Trying again.')).toBe('The password is wrong. Trying again. [MT-SETTINGS]');
  const wrong = new ConfigurationError('"frequency" must be a number.');
  expect(withCode(wrong)).toBe('"frequency" must be a number. [SDK-CONFIGURATION]');
  expect(withCode(wrong, `Wrong: ${wrong.message}`)).toBe('Wrong: "frequency" must be a number. [SDK-CONFIGURATION]');
});

test('the codes of TLS that are explained in the log are those that are explained at length', () => {
  const cells = [...document.matchAll(/^\| ((?:`[A-Z_]+…?`(?:, )?)+) +\|/gm)].map(([, cell]) => cell!);
  const explained = cells.flatMap((cell) => [...cell.matchAll(/`([A-Z_]+)…?`/g)].map(([, code]) => code!));
  expect(explained.toSorted()).toEqual([...CERTIFICATE_CODES, 'EPROTO', 'ERR_SSL_'].sort());
  for (const code of explained) expect(explainCode(code)).not.toBe(code);
});
