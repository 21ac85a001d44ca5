import { afterEach, describe, expect, test } from '@jest/globals';
import type { Release } from '../../src/data/data-store.js';
import { thisProcess } from '../../src/data/lock-owner.js';
import type { ObjectStore } from '../../src/data/objects/object-store.js';
import { LockHeldError } from '../../src/errors.js';
import type { S3Options } from '../support/s3-server.js';
import { inBucket, never, type Bucket } from '../support/stores.js';

const lockKey = 'playbook/7/.lock';
const patient = { times: { renewMs: 3_600_000 } };

let place: Bucket;
const releases: Release[] = [];
let losses = 0;
afterEach(async () => {
  for (const release of releases.splice(0)) await release();
  await place.close();
  losses = 0;
});

async function taken(options: Parameters<Bucket['open']>[0] = {}): Promise<ObjectStore> {
  const store = place.open(options);
  releases.push(await store.take({ signal: never, onLost: () => (losses += 1) }));
  return store;
}

/** Another process on another machine, so that this one cannot look whether it lives. */
function lockElsewhere(renewals: number): string {
  return JSON.stringify({ ...thisProcess(new Date(0)), pid: 77, host: 'elsewhere', lease_ms: 20_000, renewals });
}

const lesser: readonly (readonly [string, S3Options, RegExp])[] = [
  ['ignores conditions', { conditions: 'ignored' }, /does not support If-None-Match, If-Match\./],
  ['ignores If-None-Match alone', { conditions: 'if-match alone' }, /does not support If-None-Match\./],
  ['answers 501 to conditions', { conditions: 501 }, /does not support If-None-Match, If-Match\./],
  ['answers 400 to conditions', { conditions: 400 }, /does not support If-None-Match, If-Match\./],
  ['answers 412 to every condition', { conditions: 412 }, /does not support If-None-Match, If-Match\./],
  ['does not list', { lists: 501 }, /does not support ListObjects\./],
  ['does not let the key list', { lists: 403 }, /does not support ListObjects\./],
  ['does not remove', { removals: 405 }, /does not support DeleteObject\./],
  [
    'only reads and writes',
    { conditions: 501, lists: 403, removals: 403 },
    /does not support If-None-Match, If-Match, ListObjects, DeleteObject\./,
  ],
];

describe.each(lesser)('a storage that %s', (_how, options, warning) => {
  test('keeps everything over restarts, with one warning at each', async () => {
    place = await inBucket(options);
    let text = '';
    for (let start = 1; start <= 3; start += 1) {
      const store = await taken();
      const document = store.document<{ n: number }>('context.json');
      const buckets = store.buckets('fingerprints');
      expect(await document.read()).toEqual(start === 1 ? undefined : { n: start - 1 });
      expect([...(await buckets.names())].sort()).toEqual(start === 1 ? [] : ['hour', `only ${start - 1}`]);
      if (start > 1) {
        expect((await buckets.read('hour')).toString()).toBe(text);
        await buckets.remove(`only ${start - 1}`);
      }
      // More than a bucket may have parts: they are merged on the way.
      for (let write = 0; write < 8; write += 1) {
        await buckets.write('hour', Buffer.from(`${start}${write} `), text.length);
        text += `${start}${write} `;
      }
      await buckets.write(`only ${start}`, Buffer.from('x'), 0);
      await document.write({ n: start });
      await store.appendLine('rejected/day', '{}');
      expect(await store.sizeOf('rejected')).toEqual(
        options.lists === undefined ? { files: start, bytes: 3 * start } : undefined,
      );
      expect((await buckets.read('hour')).toString()).toBe(text);
      await releases.pop()!();
    }
    expect(place.recorded.at('warning')).toHaveLength(1);
    expect(place.recorded.at('warning')[0]).toMatch(warning);
    expect(place.recorded.at('error')).toEqual([]);
    expect(losses).toBe(0);
    expect(place.s3.text('playbook/7/context.json')).toContain('"n": 3');
  });

  test('lets a bucket of the same name begin anew after its removal', async () => {
    place = await inBucket(options);
    for (let round = 1; round <= 3; round += 1) {
      const buckets = (await taken()).buckets('fingerprints');
      for (let at = 0; at < 2 * round; at += 1) await buckets.write('hour', Buffer.from(String(round)), at);
      expect((await buckets.read('hour')).toString()).toBe(String(round).repeat(2 * round));
      await buckets.remove('hour');
      expect(await buckets.names()).toEqual([]);
      await buckets.write('hour', Buffer.from('!'), 0);
      expect((await buckets.read('hour')).toString()).toBe('!');
      await buckets.remove('hour');
      await releases.pop()!();
    }
  });

  test('gives the lease to exactly one of two', async () => {
    place = await inBucket(options);
    for (let round = 0; round < 6; round += 1) {
      const results = await Promise.allSettled([taken(), taken()]);
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const each of results) if (each.status === 'rejected') expect(each.reason).toBeInstanceOf(LockHeldError);
      await releases.pop()!();
    }
  });

  test('does not let a process write after another one took its place', async () => {
    place = await inBucket(options);
    const store = await taken({ times: { leaseMs: 0, renewMs: 3_600_000 } });
    place.s3.store(lockKey, lockElsewhere(1));
    await expect(store.document('context.json').write({ n: 1 })).rejects.toThrow('was taken by another process');
    expect(losses).toBe(1);
    expect(place.s3.text(lockKey)).toBe(lockElsewhere(1));
  });
});

test('what another process writes over the lock while the lease settles is respected', async () => {
  place = await inBucket({ conditions: 'ignored' });
  place.s3.before = ({ method, key }) => {
    const isOurs = place.s3.text(lockKey)?.includes(`"pid":${process.pid}`) === true;
    // The other one looked before this process wrote, and writes after it.
    if (method === 'GET' && key === lockKey && isOurs) place.s3.store(lockKey, lockElsewhere(1));
    return Promise.resolve();
  };
  await expect(taken({ times: { timeoutMs: 0 } })).rejects.toThrow('is held by the process 77 on the host elsewhere');
});

test('conditions that stop working later are done without, with one warning', async () => {
  place = await inBucket();
  const store = await taken(patient);
  const document = store.document<{ n: number }>('context.json');
  await document.write({ n: 0 });
  Object.assign(place.s3.options, { conditions: 501 });
  for (let n = 1; n <= 3; n += 1) await document.write({ n });
  expect(await document.read()).toEqual({ n: 3 });
  expect(place.recorded.at('warning')).toEqual([expect.stringContaining('does not support If-Match.')]);
});

test('a storage that learns to list goes on with all that the module’s own list had', async () => {
  place = await inBucket({ lists: 501, removals: 405 });
  let text = '';
  for (const options of [{}, { lists: 'both' }, { removals: 'done' }, {}] as const) {
    Object.assign(place.s3.options, options);
    const buckets = (await taken()).buckets('fingerprints');
    if (text !== '') expect((await buckets.read('hour')).toString()).toBe(text);
    for (let write = 0; write < 8; write += 1) {
      await buckets.write('hour', Buffer.from(String(write)), text.length);
      text += String(write);
    }
    await releases.pop()!();
  }
  expect(place.s3.keys).not.toContain('playbook/7/fingerprints/.index');
});

test('a storage that no longer removes goes on with all that it lists, broken-off removals included', async () => {
  place = await inBucket();
  const before = (await taken()).buckets('fingerprints');
  for (let at = 0; at < 5; at += 1) await before.write('hour', Buffer.from(String(at)), at);
  let removals = 0;
  place.s3.fault = ({ method }) => (method === 'DELETE' && (removals += 1) > 2 ? 403 : undefined);
  await expect(before.write('hour', Buffer.from('5'), 5)).rejects.toThrow('AccessDenied (403)');
  place.s3.fault = () => undefined;
  await releases.pop()!();
  Object.assign(place.s3.options, { removals: 405 });
  const buckets = (await taken()).buckets('fingerprints');
  expect(await buckets.names()).toEqual(['hour']);
  expect((await buckets.read('hour')).toString()).toBe('01234');
});

test('old lists, which go on behind a name and have no token, are read to their end', async () => {
  place = await inBucket({ lists: 'old', pageSize: 2 });
  const buckets = (await taken({ maxParts: 20 })).buckets('fingerprints');
  for (const name of ['a', 'b', 'c', 'd', 'e']) await buckets.write(name, Buffer.from(name), 0);
  for (let at = 1; at < 9; at += 1) await buckets.write('a', Buffer.from('a'), at);
  await releases.pop()!();
  const reopened = (await taken()).buckets('fingerprints');
  expect(await reopened.names()).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect((await reopened.read('a')).toString()).toBe('a'.repeat(9));
  expect(place.recorded.at('warning')).toEqual([]);
});

test('a storage that removes nothing, though it says so, keeps working', async () => {
  place = await inBucket({ removals: 'ignored' });
  const buckets = (await taken()).buckets('fingerprints');
  for (let at = 0; at < 12; at += 1) await buckets.write('hour', Buffer.from(String(at % 10)), at);
  await buckets.remove('hour');
  await buckets.write('hour', Buffer.from('x'), 0);
  expect((await buckets.read('hour')).toString()).toBe('x');
});

describe('a storage that takes one write a second of an object', () => {
  // A fiftieth of a second here, for which the module's own times are as much shorter.
  test.each([20, 40])('(%i ms) costs time only: nothing fails, and the lease stays', async (writeSpacingMs) => {
    place = await inBucket({ writeSpacingMs });
    const store = await taken({ times: { renewMs: 5 } });
    const document = store.document<{ n: number }>('context.json');
    const buckets = store.buckets('fingerprints');
    for (let n = 0; n < 10; n += 1) {
      await buckets.write('hour', Buffer.from(String(n)), n);
      await document.write({ n });
    }
    expect(await document.read()).toEqual({ n: 9 });
    expect((await buckets.read('hour')).toString()).toBe('0123456789');
    expect(losses).toBe(0);
    expect(place.recorded.lines).toEqual([]);
    await releases.pop()!();
    expect(place.s3.text(lockKey)).toBe('{"released":true}\n');
  });

  test('is asked no faster than that once it said so', async () => {
    place = await inBucket();
    const document = (await taken(patient)).document<{ n: number }>('context.json');
    await document.write({ n: 0 });
    let refuse = 1;
    place.s3.fault = ({ method, key }) =>
      method === 'PUT' && key.endsWith('context.json') && refuse-- > 0 ? 429 : undefined;
    await document.write({ n: 1 });
    const times: number[] = [];
    place.s3.before = ({ method }) => {
      if (method === 'PUT') times.push(performance.now());
      return Promise.resolve();
    };
    for (let n = 2; n < 6; n += 1) await document.write({ n });
    const gaps = times.slice(1).map((time, index) => time - times[index]!);
    expect(times).toHaveLength(4);
    expect(Math.min(...gaps)).toBeGreaterThan(9);
  });
});
