import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { type Release, StoreError } from '../../packages/automation-sdk-shim/src/data/data-store.js';
import type { LeaseTimes } from '../../packages/automation-sdk-shim/src/data/objects/lease.js';
import { ObjectStorage } from '../../packages/automation-sdk-shim/src/data/objects/object-storage.js';
import { ObjectStore } from '../../packages/automation-sdk-shim/src/data/objects/object-store.js';
import { connectS3 } from '../../packages/automation-sdk-shim/src/data/objects/s3-client.js';
import { LockHeldError } from '../../packages/automation-sdk-shim/src/errors.js';
import { recordedLog } from '../../packages/automation-sdk-shim/tests/support/recorded-log.js';
import { ObjectServer, type ServerName } from '../support/object-servers.js';

const TIMES: LeaseTimes = { leaseMs: 20_000, renewMs: 3_600_000, timeoutMs: 0, lookAgainMs: 10, settleMs: 300 };
const INSTALLING_MS = 15 * 60_000;

const bucket = fc.constantFrom('a', 'a', 'b');
const step = fc.oneof(
  {
    arbitrary: fc.record({
      do: fc.constant('write' as const),
      bucket,
      at: fc.nat(6),
      text: fc.string({ unit: fc.constantFrom('x', 'y', 'z'), minLength: 1, maxLength: 4 }),
    }),
    weight: 8,
  },
  { arbitrary: fc.record({ do: fc.constant('remove' as const), bucket }), weight: 2 },
  { arbitrary: fc.record({ do: fc.constant('restart' as const) }), weight: 1 },
);

function written(before: string, at: number, text: string): string {
  const content = Buffer.alloc(Math.max(before.length, at + text.length));
  content.write(before, 0, 'latin1');
  content.write(text, at, 'latin1');
  return content.toString('latin1');
}

describe.each<[ServerName, RegExp | undefined]>([
  ['MinIO 2026-02-12', undefined],
  ['moto 5.2.5', undefined],
  ['moto 4.2.14', /does not support If-None-Match, If-Match\./],
])('%s', (name, warning) => {
  let server: ObjectServer;
  let places = 0;
  beforeAll(async () => {
    server = await ObjectServer.open(name);
  }, INSTALLING_MS);
  afterAll(() => server.close());

  const newPlace = () => `place-${(places += 1)}/`;

  function open(prefix: string) {
    const recorded = recordedLog();
    const { settings } = server;
    const signal = new AbortController().signal;
    const storage = new ObjectStorage({ connect: () => connectS3(settings), bucket: settings.bucket, signal });
    const { log } = recorded;
    const store = new ObjectStore({ storage, bucket: settings.bucket, prefix, log, times: TIMES, maxParts: 4 });
    let losses = 0;
    const take = (): Promise<Release> => store.take({ signal, onLost: () => (losses += 1) });
    return { store, recorded, take, losses: () => losses, close: () => storage.close() };
  }

  test('needs no warning, or one', async () => {
    const prefix = newPlace();
    for (let start = 0; start < 2; start += 1) {
      const { recorded, take } = open(prefix);
      const release = await take();
      await release();
      const expected = warning === undefined ? [] : [expect.stringMatching(warning)];
      expect(recorded.at('warning')).toEqual(expected);
    }
  });

  test('keeps documents, buckets and lines over restarts', async () => {
    const prefix = newPlace();
    for (let start = 1; start <= 3; start += 1) {
      const { store, take } = open(prefix);
      const release = await take();
      const document = store.document<{ n: number }>('context.json');
      expect(await document.read()).toEqual(start === 1 ? undefined : { n: start - 1 });
      for (let n = 0; n <= start; n += 1) await document.write({ n });
      await store.appendLine('rejected/day.ndjson', '{"row":"請求書"}');
      expect([undefined, { files: start, bytes: start * 20 }]).toContainEqual(await store.sizeOf('rejected'));
      await document.write({ n: start });
      await release();
    }
  });

  test('keeps what buckets hold, whatever is written and removed', () =>
    fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const prefix = newPlace();
        const model = new Map<string, string>();
        let opened = open(prefix);
        let release = await opened.take();
        let buckets = opened.store.buckets('fingerprints');
        for (const it of steps) {
          if (it.do === 'write') {
            await buckets.write(it.bucket, Buffer.from(it.text), it.at);
            model.set(it.bucket, written(model.get(it.bucket) ?? '', it.at, it.text));
          } else if (it.do === 'remove') {
            await buckets.remove(it.bucket);
            model.delete(it.bucket);
          } else {
            await release();
            opened = open(prefix);
            release = await opened.take();
            buckets = opened.store.buckets('fingerprints');
          }
        }
        expect([...(await buckets.names())].sort()).toEqual([...model.keys()].sort());
        for (const [bucketName, content] of model)
          expect((await buckets.read(bucketName)).toString('latin1')).toBe(content);
        await release();
      }),
      { numRuns: 10 },
    ));

  test('gives the lease to one of four that start at once, and again after its release', async () => {
    const prefix = newPlace();
    for (let round = 0; round < 5; round += 1) {
      const contenders = Array.from({ length: 4 }, () => open(prefix));
      const results = await Promise.allSettled(contenders.map((each) => each.take()));
      const winners = results.filter((each) => each.status === 'fulfilled');
      expect(winners).toHaveLength(1);
      for (const each of results) if (each.status === 'rejected') expect(each.reason).toBeInstanceOf(LockHeldError);
      await winners[0]!.value();
      await Promise.all(contenders.map((each) => each.close()));
    }
  });

  test('shows a process that another one has written its document', async () => {
    const prefix = newPlace();
    const { store, take, losses } = open(prefix);
    await take();
    const document = store.document<{ n: number }>('context.json');
    await document.write({ n: 1 });
    const other = new ObjectStorage({
      connect: () => connectS3(server.settings),
      bucket: server.settings.bucket,
      signal: new AbortController().signal,
    });
    await other.put(`${prefix}context.json`, Buffer.from('{"n":100}'), 'always', 'another.1');
    await expect(document.write({ n: 2 })).rejects.toThrow('was taken by another process');
    expect(losses()).toBe(1);
    expect((await other.get(`${prefix}context.json`))?.body.toString()).toBe('{"n":100}');
    await other.close();
  });

  test('that does not answer for seconds costs time only', async () => {
    const { store, take } = open(newPlace());
    const release = await take();
    const document = store.document<{ n: number }>('context.json');
    await document.write({ n: 1 });
    server.pause();
    const writing = document.write({ n: 2 });
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    server.resume();
    await writing;
    expect(await document.read()).toEqual({ n: 2 });
    await release();
  });
});

describe('MinIO', () => {
  let server: ObjectServer;
  beforeAll(async () => {
    server = await ObjectServer.open('MinIO 2026-02-12');
  }, INSTALLING_MS);
  afterAll(() => server.close());

  test('killed and started again among writes keeps what was acknowledged', async () => {
    const { settings } = server;
    const signal = new AbortController().signal;
    const storage = new ObjectStorage({ connect: () => connectS3(settings), bucket: settings.bucket, signal });
    const { log } = recordedLog();
    const store = new ObjectStore({ storage, bucket: settings.bucket, prefix: 'p/', log, times: TIMES, maxParts: 6 });
    const release = await store.take({ signal, onLost: () => undefined });
    const buckets = store.buckets('fingerprints');
    let acknowledged = '';
    for (let kill = 0; kill < 3; kill += 1) {
      const killing = new Promise((resolve) => setTimeout(resolve, 400)).then(() => server.kill());
      let refusals = 0;
      // Until the kill is noticed: it comes among writes.
      while (refusals === 0) {
        const text = String.fromCharCode(97 + (acknowledged.length % 26));
        try {
          await buckets.write('hour', Buffer.from(text), acknowledged.length);
          acknowledged += text;
        } catch (error) {
          expect(error).toBeInstanceOf(StoreError);
          refusals += 1;
        }
      }
      await killing;
      await server.start();
      expect((await buckets.read('hour')).toString().slice(0, acknowledged.length)).toBe(acknowledged);
    }
    expect(acknowledged.length).toBeGreaterThan(10);
    await release();
  });
});
