import { setImmediate as allElse } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { prefetched, type PrefetchOptions } from '../../../src/collector/prefetch.js';

/** Items 1, 2, 3 …, with a journal of who did what; fails instead of the item `failsAt`. */
class Counting {
  readonly journal: string[] = [];
  fetched = 0;

  async *items(count: number, failsAt?: number): AsyncGenerator<number, void, undefined> {
    try {
      for (let item = 1; item <= count; item += 1) {
        this.journal.push(`fetch ${item}`);
        await Promise.resolve();
        if (item === failsAt) throw new Error(`no item ${item}`);
        this.fetched = item;
        yield item;
      }
    } finally {
      this.journal.push('close');
    }
  }

  /** Works on each item for as long as anything else has to do. */
  async work(items: AsyncIterable<number>, until = Infinity): Promise<void> {
    for await (const item of items) {
      this.journal.push(`begin ${item}`);
      await allElse();
      this.journal.push(`end ${item}, ${this.fetched} fetched`);
      if (item === until) return;
    }
  }
}

const onlyWhen = (mayFetchAhead: () => boolean): PrefetchOptions<number> => ({
  mayFetchAhead,
  sizeOf: () => 1,
  maxAhead: 1,
});
const always = onlyWhen(() => true);

test('the next item is fetched while one is worked on, and no more than that', async () => {
  const counting = new Counting();
  await counting.work(prefetched(counting.items(3), always));
  expect(counting.journal).toEqual([
    'fetch 1',
    'fetch 2',
    'begin 1',
    'end 1, 2 fetched',
    'fetch 3',
    'begin 2',
    'end 2, 3 fetched',
    'close',
    'begin 3',
    'end 3, 3 fetched',
  ]);
});

test('nothing is fetched ahead of an item while that is not allowed', async () => {
  const counting = new Counting();
  let asked = 0;
  const onlyAfterTheFirst = () => (asked += 1) > 1;
  await counting.work(prefetched(counting.items(3), onlyWhen(onlyAfterTheFirst)));
  expect(counting.journal.filter((line) => line.startsWith('end'))).toEqual([
    'end 1, 1 fetched',
    'end 2, 3 fetched',
    'end 3, 3 fetched',
  ]);
});

test('the failure of an item is met in its place, after the one before it has been worked on', async () => {
  const counting = new Counting();
  await expect(counting.work(prefetched(counting.items(3, 2), always))).rejects.toThrow('no item 2');
  expect(counting.journal.filter((line) => !line.startsWith('fetch'))).toEqual([
    'close',
    'begin 1',
    'end 1, 1 fetched',
  ]);
});

describe('when the work ends early', () => {
  test('the source is closed, after the item that was on its way', async () => {
    const counting = new Counting();
    await counting.work(prefetched(counting.items(9), always), 2);
    expect(counting.journal.slice(-2)).toEqual(['end 2, 3 fetched', 'close']);
  });

  test('the source is closed when nothing was on its way', async () => {
    const counting = new Counting();
    await counting.work(
      prefetched(
        counting.items(9),
        onlyWhen(() => false),
      ),
      2,
    );
    expect(counting.journal.slice(-2)).toEqual(['end 2, 2 fetched', 'close']);
  });

  test('the failure of the item that was on its way is nobody’s any more', async () => {
    const counting = new Counting();
    await expect(counting.work(prefetched(counting.items(9, 2), always), 1)).resolves.toBeUndefined();
  });

  test('the failure of the work is the one that is met', async () => {
    const counting = new Counting();
    const failing = async () => {
      for await (const item of prefetched(counting.items(9, 2), always)) throw new Error(`cannot work on ${item}`);
    };
    await expect(failing()).rejects.toThrow('cannot work on 1');
    expect(counting.journal.at(-1)).toBe('close');
  });
});

test('a source without items is closed and yields nothing', async () => {
  const counting = new Counting();
  await counting.work(prefetched(counting.items(0), always));
  expect(counting.journal).toEqual(['close']);
});

describe('small items', () => {
  const sized = (maxAhead: number, mayFetchAhead = () => true): PrefetchOptions<number> => ({
    mayFetchAhead,
    sizeOf: (item) => item * 10,
    maxAhead,
  });

  test.each([
    // Of 10, 20, 30 …: while 1 is worked on, 2 and 3 fit into 60, and with 4 there would be 90.
    [60, 3],
    [1, 2],
    [1000, 9],
  ])('are fetched as long as they fit into %i, while one is worked on for long', async (maxAhead, fetched) => {
    const counting = new Counting();
    for await (const item of prefetched(counting.items(9), sized(maxAhead))) {
      for (let turn = 0; turn < 20; turn += 1) await allElse();
      if (item === 1) expect(counting.fetched).toBe(fetched);
    }
    expect(counting.fetched).toBe(9);
  });

  test('come in their order, each once, and a failure only after all before it', async () => {
    const counting = new Counting();
    const worked: number[] = [];
    const work = async () => {
      for await (const item of prefetched(counting.items(9, 6), sized(1000))) {
        worked.push(item);
        for (let turn = 0; turn < 20; turn += 1) await allElse();
      }
    };
    await expect(work()).rejects.toThrow('no item 6');
    expect(worked).toEqual([1, 2, 3, 4, 5]);
  });

  test('are not fetched any more once that is not allowed', async () => {
    const counting = new Counting();
    let left = 2;
    for await (const item of prefetched(
      counting.items(9),
      sized(1000, () => left-- > 0),
    )) {
      for (let turn = 0; turn < 20; turn += 1) await allElse();
      if (item === 1) expect(counting.fetched).toBe(3);
    }
    expect(counting.fetched).toBe(9);
  });
});
