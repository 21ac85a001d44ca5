import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { Buckets } from '../../src/data/data-store.js';
import type { Fault } from '../support/s3-server.js';
import { inBucket, never, onDisk, type Bucket } from '../support/stores.js';
import { runs } from '../support/runs.js';

type Change =
  | { readonly do: 'write'; readonly bucket: string; readonly at: number; readonly text: string }
  | { readonly do: 'remove'; readonly bucket: string };
/** The process dies at the request after so many others, before or after that was carried out. */
interface Crash {
  readonly do: 'crash';
  readonly afterRequests: number;
  readonly last: Fault;
}
type Step = Change | Crash | { readonly do: 'read' | 'restart' };

const bucket = fc.constantFrom('a', 'a', 'a', 'b');
const write = fc.record({
  do: fc.constant('write' as const),
  bucket,
  at: fc.nat(6),
  text: fc.string({ unit: fc.constantFrom('x', 'y', 'z'), minLength: 1, maxLength: 4 }),
});
const harmless: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: write, weight: 8 },
  { arbitrary: fc.record({ do: fc.constant('remove' as const), bucket }), weight: 2 },
  { arbitrary: fc.record({ do: fc.constantFrom('read' as const, 'restart' as const) }), weight: 2 },
);
const crash = fc.record({
  do: fc.constant('crash' as const),
  afterRequests: fc.nat(9),
  last: fc.constantFrom<Fault>(403, 'done-403'),
});

/** All that a bucket may hold by now: where an operation failed, it was carried out or not. */
type Possible = ReadonlySet<string | undefined>;

function written(before: string | undefined, at: number, text: string): string {
  const content = Buffer.alloc(Math.max(before?.length ?? 0, at + text.length));
  content.write(before ?? '', 0, 'latin1');
  content.write(text, at, 'latin1');
  return content.toString('latin1');
}

class Model {
  readonly #possible = new Map<string, Possible>();

  apply(name: string, change: (before: string | undefined) => string | undefined, outcomes: 'done' | 'either'): void {
    const before = [...this.#of(name)];
    const after = before.map(change);
    this.#possible.set(name, new Set(outcomes === 'done' ? after : [...before, ...after]));
  }

  see(name: string, content: string | undefined): void {
    expect([...this.#of(name)]).toContain(content);
    this.#possible.set(name, new Set([content]));
  }

  #of(name: string): Possible {
    return this.#possible.get(name) ?? new Set([undefined]);
  }
}

async function contentOf(buckets: Buckets, name: string): Promise<string | undefined> {
  if (!(await buckets.names()).includes(name)) return undefined;
  return (await buckets.read(name)).toString('latin1');
}

async function carryOut(buckets: Buckets, step: Change, model: Model): Promise<void> {
  const change = (before: string | undefined) =>
    step.do === 'remove' ? undefined : written(before, step.at, step.text);
  try {
    if (step.do === 'remove') await buckets.remove(step.bucket);
    else await buckets.write(step.bucket, Buffer.from(step.text), step.at);
    model.apply(step.bucket, change, 'done');
  } catch {
    model.apply(step.bucket, change, 'either');
    // A removal that broke off may leave the bucket there, empty.
    if (step.do === 'remove') model.apply(step.bucket, (before) => before && '', 'either');
  }
}

async function seeAll(buckets: Buckets, model: Model): Promise<void> {
  for (const name of ['a', 'b']) model.see(name, await contentOf(buckets, name));
}

test('in a folder, buckets hold what was written, at every moment and after restarts', () =>
  fc.assert(
    fc.asyncProperty(fc.array(harmless, { maxLength: 30 }), async (steps) => {
      const place = onDisk();
      const model = new Model();
      let buckets = place.open().buckets('fingerprints');
      for (const step of steps) {
        if (step.do === 'write' || step.do === 'remove') await carryOut(buckets, step, model);
        else if (step.do === 'restart') buckets = place.open().buckets('fingerprints');
        else await seeAll(buckets, model);
      }
      await seeAll(buckets, model);
    }),
    runs(60),
  ));

describe('in an object storage', () => {
  let place: Bucket;
  beforeEach(async () => {
    place = await inBucket();
  });
  afterEach(() => place.close());

  const restart = async (): Promise<Buckets> => {
    place.s3.fault = () => undefined;
    place.s3.objects.delete('playbook/7/.lock');
    const store = place.open({ maxParts: 4, times: { renewMs: 3_600_000 } });
    await store.take({ signal: never, onLost: () => undefined });
    return store.buckets('fingerprints');
  };

  const dieAt = ({ afterRequests, last }: Crash) => {
    let left = afterRequests;
    place.s3.fault = () => {
      left -= 1;
      if (left >= 0) return undefined;
      return left === -1 ? last : 403;
    };
  };

  test('buckets hold what was acknowledged, whichever request the process dies at, and nothing that was never written', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof({ arbitrary: harmless, weight: 4 }, crash), { maxLength: 40 }),
        async (steps) => {
          place.s3.objects.clear();
          const model = new Model();
          let buckets = await restart();
          for (const step of steps) {
            if (step.do === 'crash') dieAt(step);
            else if (step.do === 'write' || step.do === 'remove') await carryOut(buckets, step, model);
            else if (step.do === 'restart') buckets = await restart();
            else {
              // It had not died: the storage was away for a while.
              place.s3.fault = () => undefined;
              await seeAll(buckets, model);
            }
          }
          buckets = await restart();
          await seeAll(buckets, model);
        },
      ),
      runs(80),
    ));
});
