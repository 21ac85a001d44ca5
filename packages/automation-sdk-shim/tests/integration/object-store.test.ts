import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Buckets, type Release, StoreError } from '../../src/data/data-store.js';
import { thisProcess } from '../../src/data/lock-owner.js';
import type { ObjectStore } from '../../src/data/objects/object-store.js';
import { LockHeldError } from '../../src/errors.js';
import type { Fault, S3Options, S3Request } from '../support/s3-server.js';
import { type Bucket, inBucket, never, type OpenOptions } from '../support/stores.js';

const lockKey = 'playbook/7/.lock';
const contextKey = 'playbook/7/context.json';

let place: Bucket;
let losses: number;
const releases: Release[] = [];
beforeEach(async () => {
  place = await inBucket();
  losses = 0;
});
afterEach(async () => {
  place.s3.fault = () => undefined;
  for (const release of releases.splice(0)) await release();
  await place.close();
});

async function take(store: ObjectStore, signal = never): Promise<ObjectStore> {
  releases.push(await store.take({ signal, onLost: () => (losses += 1) }));
  return store;
}
const openTaken = (options?: OpenOptions) => take(place.open(options));

async function renewPlace(options: S3Options): Promise<void> {
  await place.close();
  place = await inBucket(options);
}

/** Each request that `matches` gets the next fault. */
function failNext(faults: readonly Fault[], matches: (request: S3Request) => boolean): void {
  const left = [...faults];
  place.s3.fault = (request) => (matches(request) ? left.shift() : undefined);
}
const isPutOf = (key: string) => (request: S3Request) => request.method === 'PUT' && request.key === key;
/** Does not renew its lease by itself. */
const patient: OpenOptions = { times: { renewMs: 3_600_000 } };
const putsOf = (key: string) => place.s3.requests.filter(isPutOf(key)).length;

/** The lock of a process that this one cannot judge. */
function lockElsewhere(more: object = {}): string {
  const lockOwner = { ...thisProcess(new Date(0)), pid: 77, host: 'elsewhere', lease_ms: 20_000, renewals: 1 };
  return JSON.stringify({ ...lockOwner, ...more });
}

async function httpError(action: Promise<unknown>): Promise<Error> {
  const error: unknown = await action.catch((reason: unknown) => reason);
  if (!(error instanceof Error)) throw new Error('it was not refused');
  return error;
}

describe('a document', () => {
  test('that another process has written is not written over: the store is lost, and nothing more is written', async () => {
    const store = await openTaken();
    const document = store.document<{ n: number }>('context.json');
    await document.write({ n: 1 });
    place.s3.store(contextKey, '{"n":100}');
    const refused = await httpError(document.write({ n: 2 }));
    expect(refused).toBeInstanceOf(StoreError);
    expect(refused.message).toContain('was taken by another process');
    expect(losses).toBe(1);
    const asked = place.s3.requests.length;
    await expect(document.write({ n: 3 })).rejects.toThrow(StoreError);
    await expect(store.buckets('fingerprints').write('hour', Buffer.from('x'), 0)).rejects.toThrow(StoreError);
    await expect(store.appendLine('rejected/day', '{}')).rejects.toThrow(StoreError);
    expect(place.s3.requests).toHaveLength(asked);
    expect(place.s3.text(contextKey)).toBe('{"n":100}');
    expect(losses).toBe(1);
  });

  test('that somebody made while there was none is not written over either', async () => {
    const document = (await openTaken()).document<{ n: number }>('context.json');
    expect(await document.read()).toBeUndefined();
    place.s3.store(contextKey, '{"n":100}');
    await expect(document.write({ n: 1 })).rejects.toThrow(StoreError);
    expect(place.s3.text(contextKey)).toBe('{"n":100}');
    expect(losses).toBe(1);
  });

  test.each<[string, readonly Fault[]]>([
    ['the answer was lost', ['reset-after']],
    ['the request was lost', ['reset-before']],
    ['the storage was away for a moment', [503]],
    ['somebody else asked for it at the same moment', [409]],
  ])('is written once all the same where %s', async (_what, faults) => {
    const document = (await openTaken()).document<{ n: number }>('context.json');
    await document.write({ n: 1 });
    failNext(faults, isPutOf(contextKey));
    const before = putsOf(contextKey);
    await document.write({ n: 2 });
    expect(putsOf(contextKey) - before).toBe(2);
    await document.write({ n: 3 });
    expect(await document.read()).toEqual({ n: 3 });
    expect(losses).toBe(0);
  });

  test('whose writing was given up can be written again, whether it had arrived or not', async () => {
    for (const fault of ['done-403', 403] as const) {
      const document = (await openTaken({ times: { renewMs: 3_600_000 } })).document<{ n: number }>('context.json');
      await document.read();
      failNext([fault], isPutOf(contextKey));
      await expect(document.write({ n: 2 })).rejects.toThrow(StoreError);
      await document.write({ n: 3 });
      expect(await document.read()).toEqual({ n: 3 });
      expect(losses).toBe(0);
      await releases.pop()!();
    }
  });

  test.each(['bare', 'quoted'] as const)('is replaced where the storage wants ETags %s', async (etags) => {
    await renewPlace({ etags });
    const document = (await openTaken()).document<{ n: number }>('context.json');
    for (let n = 0; n < 3; n += 1) await document.write({ n });
    expect(await document.read()).toEqual({ n: 2 });
  });
});

describe('a bucket', () => {
  const partsOf = (name: string) => place.s3.keys.filter((key) => key.includes(`/${name}/`)).length;

  test('gets an object for each write, and one for many once there are many', async () => {
    const buckets = (await openTaken({ maxParts: 5 })).buckets('fingerprints');
    const counts: number[] = [];
    for (let at = 0; at < 12; at += 1) {
      await buckets.write('hour', Buffer.from(String(at % 10)), at);
      counts.push(partsOf('hour'));
    }
    expect(counts).toEqual([1, 2, 3, 4, 5, 2, 3, 4, 5, 2, 3, 4]);
    expect((await buckets.read('hour')).toString()).toBe('012345678901');
  });

  test('is not written by two: the one that finds the other’s part has lost the store', async () => {
    const buckets = (await openTaken()).buckets('fingerprints');
    await buckets.write('hour', Buffer.from('a'), 0);
    place.s3.store('playbook/7/fingerprints/hour/00000002', Buffer.alloc(9));
    await expect(buckets.write('hour', Buffer.from('b'), 1)).rejects.toThrow('was taken by another process');
    expect(losses).toBe(1);
  });

  test('keeps a write whose answer was lost, once', async () => {
    const buckets = (await openTaken()).buckets('fingerprints');
    await buckets.write('hour', Buffer.from('ab'), 0);
    failNext(['reset-after'], ({ method }) => method === 'PUT');
    await buckets.write('hour', Buffer.from('cd'), 2);
    await buckets.write('hour', Buffer.from('ef'), 4);
    expect((await buckets.read('hour')).toString()).toBe('abcdef');
    expect(partsOf('hour')).toBe(3);
  });

  test('is written behind a request that was given up and arrives late', async () => {
    const buckets = (await openTaken()).buckets('fingerprints');
    await buckets.write('hour', Buffer.from('ab'), 0);
    failNext([403], ({ method }) => method === 'PUT');
    await expect(buckets.write('hour', Buffer.from('cd'), 2)).rejects.toThrow(StoreError);
    // Between the look at the parts and the next write, what was given up arrives.
    const mark = place.s3.objects.get('playbook/7/fingerprints/hour/00000001')!.mark!.replace(/\d+$/, '999');
    place.s3.before = ({ method }) => {
      const late = Buffer.concat([Buffer.from([0, 0, 0, 0, 0, 0, 0, 2]), Buffer.from('cd')]);
      if (method === 'PUT') place.s3.store('playbook/7/fingerprints/hour/00000002', late, mark);
      return Promise.resolve();
    };
    await buckets.write('hour', Buffer.from('x'), 2);
    expect((await buckets.read('hour')).toString()).toBe('abxd');
    expect(losses).toBe(0);
  });

  test.each<[string, (buckets: Buckets) => Promise<void>, string | undefined]>([
    ['a write that merges', (buckets) => buckets.write('hour', Buffer.from('XYZ'), 4), '0123XYZ'],
    ['a removal', (buckets) => buckets.remove('hour'), undefined],
  ])('is as before or as after %s, whichever request the process dies at', async (_change, change, after) => {
    const contents = new Set<string | undefined>();
    let requests = Infinity;
    for (let dying = 0; dying <= requests; dying += 1) {
      for (const last of [403, 'done-403'] as const) {
        place.s3.objects.clear();
        const before = (await openTaken(patient)).buckets('fingerprints');
        for (let at = 0; at < 5; at += 1) await before.write('hour', Buffer.from(String(at)), at);
        let asked = 0;
        place.s3.fault = () => {
          asked += 1;
          if (asked <= dying) return undefined;
          return asked === dying + 1 ? last : 403;
        };
        const isDone = await change(before).then(
          () => true,
          () => false,
        );
        if (isDone) requests = asked;
        place.s3.fault = () => undefined;
        place.s3.objects.delete(lockKey);
        const reopened = (await openTaken(patient)).buckets('fingerprints');
        const names = await reopened.names();
        const content = names.length === 0 ? undefined : (await reopened.read('hour')).toString();
        // A removal that breaks off may leave the bucket there, empty.
        expect(isDone ? [after] : ['01234', after, after ?? '']).toContain(content);
        contents.add(content);
        await reopened.write('hour', Buffer.from('!'), 0);
        expect((await reopened.read('hour')).toString()).toBe(`!${content?.slice(1) ?? ''}`);
        releases.length = 0;
      }
    }
    expect(contents).toContain('01234');
    expect(contents).toContain(after);
  });

  test('that is spoiled is an error that says so', async () => {
    place.s3.store('playbook/7/fingerprints/hour/00000001', 'short');
    const refused = await httpError((await openTaken()).buckets('fingerprints').read('hour'));
    expect(refused).toBeInstanceOf(StoreError);
    expect(refused.message).toContain('playbook/7/fingerprints/hour/00000001 is not what was written there');
  });
});

describe('the lease', () => {
  test('goes to exactly one of two, whatever step they meet at, round after round', async () => {
    for (let round = 0; round < 120; round += 1) {
      if (round % 3 === 0) place.s3.objects.delete(lockKey);
      if (round % 3 === 1) place.s3.store(lockKey, lockElsewhere({ boot_id: null, lease_ms: -10_000, round }));
      const turns = Math.floor(round / 3);
      const [first, second] = [place.open(), place.open()];
      const racing = [
        take(first),
        (async () => {
          for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
          return take(second);
        })(),
      ];
      const results = await Promise.allSettled(racing);
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const each of results) if (each.status === 'rejected') expect(each.reason).toBeInstanceOf(LockHeldError);
      await releases.pop()!();
    }
    expect(losses).toBe(0);
  });

  test('of a process that cannot be judged is respected until it has ended by the storage’s clock, whatever ours says', async () => {
    place.s3.clockOffsetMs = -86_400_000;
    place.s3.store(lockKey, lockElsewhere());
    const refused = await httpError(place.open().take({ signal: never, onLost: () => undefined }));
    expect(refused).toBeInstanceOf(LockHeldError);
    expect(refused.message).toContain('is held by the process 77 on the host elsewhere since');
    place.s3.clockOffsetMs += 25_000;
    await openTaken();
    expect(place.s3.text(lockKey)).toContain(`"pid":${process.pid}`);
  });

  test('is waited for where its holder may be dead, until it ends', async () => {
    place.s3.store(lockKey, lockElsewhere());
    let looks = 0;
    place.s3.before = ({ method, key }) => {
      if (method === 'GET' && key === lockKey) looks += 1;
      if (looks === 4) place.s3.clockOffsetMs = 25_000;
      return Promise.resolve();
    };
    await openTaken({ times: { timeoutMs: 60_000 } });
    expect(looks).toBeGreaterThanOrEqual(4);
  });

  test('of a dead process of this machine is taken at once', async () => {
    place.s3.store(lockKey, JSON.stringify({ ...thisProcess(new Date()), process_started: '1', lease_ms: 3_600_000 }));
    await openTaken();
  });

  test('that was renewed between the look and the taking is not taken', async () => {
    place.s3.store(lockKey, lockElsewhere());
    place.s3.clockOffsetMs = 25_000;
    let isRenewed = false;
    place.s3.before = (request) => {
      if (isPutOf(lockKey)(request) && !isRenewed) {
        isRenewed = true;
        place.s3.store(lockKey, lockElsewhere({ renewals: 2 }));
      }
      return Promise.resolve();
    };
    const refused = await httpError(place.open().take({ signal: never, onLost: () => undefined }));
    expect(refused).toBeInstanceOf(LockHeldError);
    expect(refused.message).toContain('on the host elsewhere');
    expect(isRenewed).toBe(true);
  });

  test('is renewed by itself, each time with another content', async () => {
    await openTaken({ times: { renewMs: 5 } });
    const seen = new Set<string>();
    await new Promise<void>((resolve) => {
      place.s3.before = ({ method }) => {
        if (method === 'PUT') seen.add(place.s3.objects.get(lockKey)!.etag);
        if (seen.size === 4) resolve();
        return Promise.resolve();
      };
    });
    expect(losses).toBe(0);
  });

  test('that was taken by somebody else is noticed without a write', async () => {
    const lost = new Promise<void>((resolve) => {
      void place
        .open({ times: { renewMs: 5 } })
        .take({ signal: never, onLost: resolve })
        .then(() => place.s3.store(lockKey, lockElsewhere()));
    });
    await lost;
    expect(place.s3.text(lockKey)).toBe(lockElsewhere());
  });

  test('that ended while the storage was away is renewed before anything is written', async () => {
    const store = await openTaken({ times: { leaseMs: 0, renewMs: 3_600_000 } });
    const before = place.s3.requests.length;
    await store.document('context.json').write({ n: 1 });
    expect(place.s3.requests.slice(before).filter(({ method }) => method === 'PUT')).toEqual([
      { method: 'PUT', key: lockKey },
      { method: 'PUT', key: contextKey },
    ]);
  });

  test('that ended and went to somebody else keeps everything from being written', async () => {
    const store = await openTaken({ times: { leaseMs: 0, renewMs: 3_600_000 } });
    place.s3.store(lockKey, lockElsewhere());
    await expect(store.buckets('fingerprints').write('hour', Buffer.from('x'), 0)).rejects.toThrow(StoreError);
    expect(losses).toBe(1);
    expect(place.s3.keys).toEqual([lockKey, 'playbook/7/.write-check']);
  });

  test('that failed to be taken, though the storage had written it, is this process’s own when it tries again', async () => {
    const store = place.open();
    failNext(['done-403'], isPutOf(lockKey));
    await expect(take(store)).rejects.toThrow(StoreError);
    await take(store);
  });

  test('is given back so that whatever happened is known', async () => {
    const store = await openTaken();
    expect(putsOf(lockKey)).toBeGreaterThan(0);
    await releases.pop()!();
    expect(place.s3.text(lockKey)).toBe('{"released":true}\n');
    await expect(store.document('context.json').write({})).rejects.toThrow(StoreError);
  });
});
