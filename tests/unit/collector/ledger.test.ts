import { describe, expect, test } from '@jest/globals';
import { fingerprintBytes, legacyFingerprintOf, writeFingerprint } from '../../../src/collector/fingerprint-set.js';
import { Ledger } from '../../../src/collector/ledger.js';
import { advance } from '../../../src/model/progress.js';
import type { TraceRecord } from '../../../src/model/record.js';
import { scheduleOf } from '../../support/schedule.js';
import { StorageError } from '../../../src/model/errors.js';
import { MemoryBuckets, MemoryDocument } from '../../support/memory-storage.js';
import { RecordingLog } from '../../support/recording-log.js';
import { record } from '../../support/records.js';
import { SimulatedClock } from '../../support/simulated-clock.js';

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];
const noon = Date.UTC(2026, 10, 1, 12);
const schedule = scheduleOf({ frequency: 60, timedelta: 0, late_window: 16 });

/** A data folder, and a ledger that can be opened on it again and again, as after restarts. */
function dataFolder() {
  const parts = { document: new MemoryDocument(), buckets: new MemoryBuckets(), clock: new SimulatedClock(noon) };
  const open = () =>
    Ledger.open({ ...parts, schedule, source: 'graph', log: new RecordingLog(), startTimeMs: hour, statuses });
  return { ...parts, open };
}

const statuses = ['Pending', 'Quarantined', 'Failed', 'Delivered'];

const at = (receivedMs: number, changes: Parameters<typeof record>[0] = {}) =>
  record({ Received: `/Date(${receivedMs})/`, ...changes });

async function sighted(ledger: Ledger, ...records: TraceRecord[]): Promise<string[]> {
  const newRows = await ledger.deduplicate(records);
  return newRows.map((row) => `${row.record.status ?? '?'} ${row.sighting}${row.late ? ' late' : ''}`);
}

test('a row goes out once with each of its statuses, also after a restart', async () => {
  const { open } = dataFolder();
  const ledger = await open();
  const pending = at(noon - minute, { Status: 'Pending' });
  const delivered = at(noon - minute, { Status: 'Delivered' });

  const newRows = await ledger.deduplicate([pending]);
  expect(await sighted(ledger, pending)).toEqual(['Pending new']);
  await ledger.remember(newRows);
  expect(await sighted(ledger, pending)).toEqual([]);
  expect(await sighted(ledger, delivered, pending)).toEqual(['Delivered changed']);
  await ledger.remember(await ledger.deduplicate([delivered]));

  const restarted = await open();
  expect(await sighted(restarted, pending, delivered)).toEqual([]);
  expect(await sighted(restarted, at(noon - minute, { Status: 'Failed' }))).toEqual(['Failed changed']);
});

test('a change names the status that went out last, where that is documented, also after a restart', async () => {
  const { open } = dataFolder();
  const ledger = await open();
  const row = (Status: string) => at(noon - minute, { Status });
  const previous = async (one: Ledger, Status: string) => {
    const [found] = await one.deduplicate([row(Status)]);
    return found?.previousStatus;
  };
  expect(await previous(ledger, 'Pending')).toBeUndefined();
  for (const status of ['Pending', 'Quarantined', 'beyondTheDocumentation'])
    await ledger.remember(await ledger.deduplicate([row(status)]));
  expect(await previous(ledger, 'Delivered')).toBeUndefined();
  await ledger.remember(await ledger.deduplicate([row('QUARANTINED'), row('Failed')]));
  expect(await previous(ledger, 'Delivered')).toBe('failed');
  // What was on its way when the process was killed is the same change again.
  const restarted = await open();
  expect(await previous(restarted, 'Delivered')).toBe('failed');
  expect(await previous(restarted, 'Failed')).toBeUndefined();
});

test('a row is late when its time had been read before it appeared, and only when it is new', async () => {
  const ledger = await dataFolder().open();
  const [early, fresh] = [noon - minute, noon + minute];
  const pending = at(early, { Status: 'Pending' });
  await ledger.remember(await ledger.deduplicate([pending]));
  await ledger.save(advance(ledger.progress, { start: noon - hour, end: noon }, noon, schedule));
  const changed = at(early, { Status: 'Delivered' });
  const other = { MessageTraceId: 'another' };
  expect(await sighted(ledger, changed, at(early, other), at(fresh, other))).toEqual([
    'Delivered changed',
    'Delivered new late',
  ]);
  expect(await sighted(ledger, at(fresh, { MessageTraceId: 'a third' }))).toEqual(['Delivered new']);
});

describe('in one page', () => {
  test('a row that comes twice goes out once, in the place where it came first', async () => {
    const ledger = await dataFolder().open();
    const rows = ['a', 'b', 'A', 'c', 'b'].map((id) => at(noon, { MessageTraceId: id }));
    const newRows = await ledger.deduplicate(rows);
    expect(newRows.map((row) => row.record.traceId)).toEqual(['a', 'b', 'c']);
  });

  test('a row that comes with two statuses goes out with both', async () => {
    const ledger = await dataFolder().open();
    const page = ['Delivered', 'Pending', 'delivered'].map((status) => at(noon, { Status: status }));
    expect(await ledger.deduplicate(page)).toHaveLength(2);
  });

  test.each(['MessageTraceId', 'RecipientAddress'])(
    'rows without %s that differ in anything are not taken for one',
    async (field) => {
      const ledger = await dataFolder().open();
      const rows = [{}, { Size: 1 }, { Subject: null }, { Size: 1 }].map((changes) =>
        at(noon, { ...changes, [field]: null }),
      );
      const newRows = await ledger.deduplicate(rows);
      expect(newRows.map((row) => rows.indexOf(row.record))).toEqual([0, 1, 2]);
      await ledger.remember(newRows);
      expect(await ledger.deduplicate(rows)).toEqual([]);
    },
  );
});

describe('rows whose time cannot be read', () => {
  test('go out once, in whatever hour they come again, also after a restart', async () => {
    const { open, clock } = dataFolder();
    const ledger = await open();
    const undated = record({ Received: 'a while ago', Status: 'Pending' });
    const newRows = await ledger.deduplicate([undated]);
    expect(newRows).toMatchObject([{ sighting: 'new', late: false }]);
    await ledger.remember(newRows);
    clock.work(5 * hour);
    expect(await ledger.deduplicate([undated])).toEqual([]);
    const restarted = await open();
    expect(await restarted.deduplicate([undated])).toEqual([]);
    expect(await sighted(restarted, record({ Received: null, Status: 'Delivered' }))).toEqual(['Delivered changed']);
  });

  test('are forgotten when the hour of their delivery is finished with', async () => {
    const { open, buckets, clock } = dataFolder();
    const ledger = await open();
    await ledger.remember(await ledger.deduplicate([record({ Received: null })]));
    const passesAreAt = (timeMs: number) => ledger.save({ ...ledger.progress, watermarks: [timeMs, timeMs, timeMs] });
    clock.work(40 * hour);
    await passesAreAt(noon + 2 * hour - 1000);
    expect(await buckets.names()).toEqual(['undated-2026-11-01T12']);
    await passesAreAt(noon + 2 * hour);
    expect(await buckets.names()).toEqual([]);
  });
});

test('fingerprints are kept for an hour longer than the last pass needs them', async () => {
  const { open, buckets, clock } = dataFolder();
  const ledger = await open();
  await ledger.remember(await ledger.deduplicate([at(noon - minute), at(noon, { MessageTraceId: 'another' })]));
  clock.work(40 * hour);
  await ledger.save({ ...ledger.progress, watermarks: [noon + 3 * hour, noon + 2 * hour, noon + hour - 1000] });
  expect(await buckets.names()).toEqual(['v2-2026-11-01T11', 'v2-2026-11-01T12']);
  await ledger.save({ ...ledger.progress, watermarks: [noon + 3 * hour, noon + 2 * hour, noon + hour] });
  expect(await buckets.names()).toEqual(['v2-2026-11-01T12']);
});

describe('whatever the watermarks say', () => {
  const passesAt = (timeMs: number) => [timeMs, timeMs, timeMs];

  test.each([
    ['Microsoft’s clock', { errorMs: 400 * day, systemErrorMs: 0 }],
    ['the system’s clock', { errorMs: 0, systemErrorMs: 400 * day }],
  ])('fingerprints of the last 28 hours are kept while %s is years ahead', async (_, errors) => {
    const { open, buckets, clock } = dataFolder();
    const ledger = await open();
    await ledger.remember(await ledger.deduplicate([at(noon - minute)]));
    clock.work(27 * hour);
    Object.assign(clock, errors);
    await ledger.save({ ...ledger.progress, watermarks: passesAt(noon + 400 * day) });
    expect(await buckets.names()).toEqual(['v2-2026-11-01T11']);
    Object.assign(clock, { errorMs: 0, systemErrorMs: 0 });
    clock.work(2 * hour);
    await ledger.save({ ...ledger.progress, watermarks: passesAt(noon + 29 * hour) });
    expect(await buckets.names()).toEqual([]);
  });
});

describe('a first start', () => {
  test('is written down at once, so that one that fails does not begin later the next time', async () => {
    const { open, clock, document } = dataFolder();
    const first = await open();
    expect(first.isFirstStart).toBe(true);
    expect(document.written).toMatchObject([{ most_recent_date_requested: '2026-11-01T11:00:00Z' }]);
    clock.work(2 * hour);
    const second = await open();
    expect(second.isFirstStart).toBe(true);
    expect(second.progress.watermarks).toEqual([noon - hour, noon - hour, noon - hour]);
  });

  test('begins where the clock says once it is corrected, until a range has been read', async () => {
    const { open, clock } = dataFolder();
    clock.errorMs = 2 * hour;
    const ledger = await open();
    expect(ledger.progress.watermarks[0]).toBe(noon + hour);
    clock.work(minute);
    clock.errorMs = 0;
    expect(ledger.progress.watermarks[0]).toBe(noon - hour);
    await ledger.save(ledger.progress);
    clock.errorMs = 2 * hour;
    expect([ledger.progress.watermarks[0], ledger.isFirstStart]).toEqual([noon - hour, false]);
  });

  test('without the context of what has been delivered begins where the oldest fingerprints are', async () => {
    const { open, document } = dataFolder();
    const ledger = await open();
    await ledger.remember(await ledger.deduplicate([at(noon - 1.5 * hour)]));
    await ledger.save(ledger.progress);
    document.text = undefined;
    const again = await open();
    expect(again.progress.watermarks[0]).toBe(noon - 2 * hour);
    expect(await again.deduplicate([at(noon - 1.5 * hour)])).toEqual([]);
  });

  test('begins at a whole second', async () => {
    const { open, clock } = dataFolder();
    clock.work(999.9);
    expect((await open()).progress.watermarks[0]).toBe(noon - hour);
  });

  test('follows on a context that cannot be continued from', async () => {
    const { open, document } = dataFolder();
    document.text = '{"version":2}';
    expect((await open()).isFirstStart).toBe(true);
  });
});

test('a row from long before all that is still read is known again, whenever it comes', async () => {
  const { open } = dataFolder();
  const ledger = await open();
  const strange = () => [at(noon - 400 * day)];
  await ledger.remember(await ledger.deduplicate(strange()));
  await ledger.save(ledger.progress);
  expect(await ledger.deduplicate(strange())).toEqual([]);
});

test('progress is what a restart continues from only once it is saved', async () => {
  const { open, document } = dataFolder();
  const ledger = await open();
  const before = ledger.progress;
  const after = advance(before, { start: noon - hour, end: noon }, noon, schedule);
  const write = document.write.bind(document);
  document.write = () => Promise.reject(new StorageError('no space'));
  await expect(ledger.save(after)).rejects.toThrow(StorageError);
  expect(ledger.progress).toEqual(before);
  document.write = write;
  await ledger.save(after);
  expect(ledger.progress).toEqual(after);
  expect((await open()).progress).toEqual(after);
});

describe('rows of one message and recipient with different senders', () => {
  const senders = ['alice@contoso.com', 'bounces+alice@relay.example'];
  const rows = senders.map((SenderAddress) => at(noon - minute, { SenderAddress }));

  test('are rows of their own, each of which goes out once', async () => {
    const { open } = dataFolder();
    const ledger = await open();
    const newRows = await ledger.deduplicate(rows);
    expect(newRows.map(({ record: { sender } }) => sender)).toEqual(senders);
    await ledger.remember(newRows);
    expect(await sighted(await open(), ...rows, at(noon - minute, { SenderAddress: 'ALICE@contoso.com' }))).toEqual([]);
  });

  test('do not make an hour go out again that version 1.2 has begun', async () => {
    const { open, buckets } = dataFolder();
    const known = Buffer.alloc(fingerprintBytes);
    writeFingerprint(legacyFingerprintOf(rows[0]!), known, 0);
    await buckets.write('2026-11-01T11', known, 0);
    const ledger = await open();
    expect(await sighted(ledger, rows[0]!)).toEqual([]);
    const another = at(noon - 2 * minute, { MessageTraceId: 'another' });
    await ledger.remember(await ledger.deduplicate([another]));
    expect(await sighted(await open(), rows[0]!, another)).toEqual([]);
    expect(await buckets.names()).toEqual(['2026-11-01T11']);
    // The next hour knows senders.
    const later = senders.map((SenderAddress) => at(noon + minute, { SenderAddress }));
    expect(await sighted(ledger, ...later)).toEqual(['Delivered new', 'Delivered new']);
  });
});
