/** What holds for every store, wherever it is. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type OwnableStore, type Release, StoreError } from '../../src/data/data-store.js';
import { LockHeldError } from '../../src/errors.js';
import { never, type Place, places, taken } from '../support/stores.js';

describe.each(places)('in %s', (_kind, openPlace) => {
  let place: Place;
  let store: OwnableStore & { release: Release };
  beforeEach(async () => {
    place = await openPlace();
    store = await taken(place.open());
  });
  afterEach(async () => {
    await store.release();
    await place.close();
  });
  /** As after a stop and a start. */
  const reopen = async () => {
    await store.release();
    store = await taken(place.open());
  };

  describe('a document', () => {
    test('is what was written last, also after a restart', async () => {
      const before = store.document<{ n: number }>('context.json');
      expect(await before.read()).toBeUndefined();
      await before.write({ n: 1 });
      await before.write({ n: 2 });
      expect(await before.read()).toEqual({ n: 2 });
      await reopen();
      expect(await store.document('context.json').read()).toEqual({ n: 2 });
      expect(place.contents().get('context.json')).toBe('{\n  "n": 2\n}\n');
    });

    test('can be written without having been read', async () => {
      await store.document('context.json').write({ n: 1 });
      await reopen();
      await store.document('context.json').write({ n: 2 });
      expect(await store.document('context.json').read()).toEqual({ n: 2 });
    });

    test('is written in the order of the calls, with the value of the moment of the call', async () => {
      const document = store.document<{ n: number }>('context.json');
      const value = { n: 0 };
      await Promise.all(
        Array.from({ length: 10 }, (_none, n) => {
          value.n = n;
          return document.write(value);
        }),
      );
      expect(await document.read()).toEqual({ n: 9 });
    });

    test.each(['{"n": 1', '', '[1]', 'null', '{"other": 1}'])(
      'that holds %j is set aside, reported, and absent; then it can be written',
      async (content) => {
        place.put('context.json', content);
        const document = store.document<{ n: number }>('context.json');
        const accepts = (value: object) => 'n' in value;
        expect(await document.read(accepts)).toBeUndefined();
        expect(await document.read(accepts)).toBeUndefined();
        const [aside = '', ...others] = [...place.contents().keys()].filter((name) => name.includes('damaged'));
        expect(others).toEqual([]);
        expect(aside).toMatch(/^context\.json\.damaged-\d{4}-\d\d-\d\dT[\d-]+Z$/);
        expect(place.contents().get(aside)).toBe(content);
        expect(place.recorded.at('error')).toEqual([expect.stringContaining(aside)]);
        await document.write({ n: 1 });
        expect(await document.read(accepts)).toEqual({ n: 1 });
      },
    );
  });

  describe('buckets', () => {
    test('are named, and read after a restart', async () => {
      const buckets = store.buckets('fingerprints');
      expect(await buckets.names()).toEqual([]);
      const names = ['2026-11-01T12', '2026-11-01T13', '2026-11-02T00', 'undated-2026-11-01T13'];
      for (const name of names) await buckets.write(name, Buffer.from(name), 0);
      await reopen();
      const after = store.buckets('fingerprints');
      expect((await after.names()).sort()).toEqual(names);
      for (const name of names) expect((await after.read(name)).toString()).toBe(name);
      expect(await store.buckets('others').names()).toEqual([]);
    });

    test('are written at an offset, over what is there, leaving what lies before and behind; a gap is zeros', async () => {
      const buckets = store.buckets('fingerprints');
      await buckets.write('hour', Buffer.from('0123456789'), 0);
      await buckets.write('hour', Buffer.from('abc'), 5);
      await buckets.write('hour', Buffer.from('z'), 12);
      expect((await buckets.read('hour')).toString()).toBe('01234abc89\0\0z');
    });

    test('are gone once they were removed, and begin anew', async () => {
      const buckets = store.buckets('fingerprints');
      for (let at = 0; at < 8; at += 1) await buckets.write('hour', Buffer.from('x'), at);
      await buckets.write('other', Buffer.from('o'), 0);
      await buckets.remove('hour');
      await buckets.remove('never written');
      expect(await buckets.names()).toEqual(['other']);
      await expect(buckets.read('hour')).rejects.toThrow(StoreError);
      expect([...place.contents().keys()].filter((name) => name.includes('hour'))).toEqual([]);
      await buckets.write('hour', Buffer.from('new'), 0);
      expect((await buckets.read('hour')).toString()).toBe('new');
    });

    test('are written at the same time', async () => {
      const buckets = store.buckets('fingerprints');
      const names = Array.from({ length: 20 }, (_none, n) => `hour-${n}`);
      await Promise.all(names.map((name) => buckets.write(name, Buffer.from(name), 0)));
      expect((await Promise.all(names.map((name) => buckets.read(name)))).join()).toBe(names.join());
    });
  });

  test('lines are all kept, in the order of their times', async () => {
    await store.appendLine('rejected/2026-11-23.ndjson', '{"row":1}');
    await new Promise((resolve) => setTimeout(resolve, 2));
    await store.appendLine('rejected/2026-11-23.ndjson', '{"row":"請求書"}');
    await reopen();
    await store.appendLine('rejected/2026-11-24.ndjson', '{"row":3}');
    const stored = [...place.contents()].filter(([name]) => name.startsWith('rejected/')).sort();
    const text = Buffer.from(stored.map(([, content]) => content).join(''), 'latin1').toString();
    expect([text, stored.map(([, content]) => content).join('')]).toContain('{"row":1}\n{"row":"請求書"}\n{"row":3}\n');
  });

  test('a folder of lines has the size of its lines, and an absent one none', async () => {
    expect(await store.sizeOf('rejected')).toEqual({ files: 0, bytes: 0 });
    await store.appendLine('rejected/day.ndjson', '{"row":"請求書"}');
    await store.appendLine('rejected/day.ndjson', '{"row":2}');
    await store.appendLine('rejected/other.ndjson', '{"row":3}');
    await store.document('rejected.json').write({ n: 1 });
    const { files, bytes } = (await store.sizeOf('rejected'))!;
    expect(bytes).toBe(Buffer.byteLength('{"row":"請求書"}\n{"row":2}\n{"row":3}\n'));
    // In a bucket each line is an object.
    expect([2, 3]).toContain(files);
  });

  describe('the lock', () => {
    test('is refused while its holder lives, in words that name it and say what to do', async () => {
      const refused: unknown = await place
        .open()
        .take({ signal: never, onLost: () => undefined })
        .catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(LockHeldError);
      expect(String(refused)).toContain(`is held by the process ${process.pid} on the host`);
      expect(String(refused)).toContain('Two processes would send everything twice');
      expect(String(refused)).toContain('sub_folder');
    });

    test('is free after a release', async () => {
      for (let round = 0; round < 3; round += 1) await reopen();
      await store.document('context.json').write({ n: 1 });
    });

    test('goes to exactly one of many', async () => {
      for (let round = 0; round < 4; round += 1) {
        await store.release();
        const contenders = Array.from({ length: 4 }, () => place.open());
        const results = await Promise.allSettled(contenders.map((each) => taken(each)));
        const winners = results.filter((each) => each.status === 'fulfilled');
        expect(winners).toHaveLength(1);
        for (const each of results) if (each.status === 'rejected') expect(each.reason).toBeInstanceOf(LockHeldError);
        store = winners[0]!.value;
      }
    });
  });
});
