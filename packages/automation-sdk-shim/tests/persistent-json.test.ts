import { mkdirSync, readFileSync, readdirSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { PersistentJson } from '../src/data/persistent-json.js';
import { locateDataFolder } from '../src/data/data-folder.js';
import { recordedLog } from './support/recorded-log.js';
import { temporaryFolder } from './support/temporary-folder.js';

function openIn(folder: string) {
  const recorded = recordedLog();
  const path = join(folder, 'context.json');
  return { json: new PersistentJson<{ n: number }>(path, recorded.log), path, recorded };
}

describe('persistent JSON', () => {
  test('what was written is read, by its owner only, and nothing else is left', async () => {
    const folder = temporaryFolder();
    const { json, path } = openIn(folder);
    expect(await json.read()).toBeUndefined();
    await json.write({ n: 1 });
    await json.write({ n: 2 });
    expect(await json.read()).toEqual({ n: 2 });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['context.json']);
  });

  test('writes at the same time are carried out in their order', async () => {
    const { json } = openIn(temporaryFolder());
    await Promise.all(Array.from({ length: 20 }, (_none, n) => json.write({ n })));
    expect(await json.read()).toEqual({ n: 19 });
  });

  test('the value is taken when write is called, whatever becomes of the object', async () => {
    const { json } = openIn(temporaryFolder());
    const value = { n: 1 };
    const writing = json.write(value);
    value.n = 2;
    await writing;
    expect(await json.read()).toEqual({ n: 1 });
  });

  test.each(['{"n": 1', '', '[1]', 'null'])(
    'the damaged content %j is set aside, reported, and absent',
    async (content) => {
      const folder = temporaryFolder();
      const { json, path, recorded } = openIn(folder);
      writeFileSync(path, content);
      expect(await json.read()).toBeUndefined();
      const [aside = '', ...others] = readdirSync(folder);
      expect(others).toEqual([]);
      expect(aside).toMatch(/^context\.json\.damaged-\d{4}-\d\d-\d\dT[\d-]+Z$/);
      expect(readFileSync(join(folder, aside), 'utf8')).toBe(content);
      expect(recorded.at('error')[0]).toContain(aside);
    },
  );

  test('a write that fails leaves the old value, and the next one works', async () => {
    const folder = temporaryFolder();
    const { json, path } = openIn(folder);
    await json.write({ n: 1 });
    mkdirSync(`${path}.new`);
    await expect(json.write({ n: 2 })).rejects.toThrow('EISDIR');
    expect(await json.read()).toEqual({ n: 1 });
    rmdirSync(`${path}.new`);
    await json.write({ n: 3 });
    expect(await json.read()).toEqual({ n: 3 });
  });

  test('what a crash left half-written beside the file is overwritten', async () => {
    const { json, path } = openIn(temporaryFolder());
    writeFileSync(`${path}.new`, '{"n": 99999999999999');
    await json.write({ n: 1 });
    expect(await json.read()).toEqual({ n: 1 });
  });
});

describe('data folder', () => {
  test('it is /symphony_data or DATA_STORAGE, with the sub folder appended', () => {
    expect(locateDataFolder({}, undefined).path).toBe('/symphony_data');
    expect(locateDataFolder({ DATA_STORAGE: '/data/' }, 'a/b').file('c', 'd')).toBe('/data/a/b/c/d');
  });

  test('it is created for its owner only', async () => {
    const folder = locateDataFolder({ DATA_STORAGE: temporaryFolder() }, 'a/b');
    await folder.create();
    expect(statSync(folder.path).mode & 0o777).toBe(0o700);
  });

  test.each(['..', '../other', 'a/../../b'])('the sub folder %s is refused', (subFolder) => {
    expect(() => locateDataFolder({ DATA_STORAGE: '/data' }, subFolder)).toThrow('leads out of the data folder');
  });
});
