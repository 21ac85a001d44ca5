import { isDeepStrictEqual } from 'node:util';
import { describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { InvalidInputError, type BulkMail, type MailRow, type MailWorld } from '../../../src/index.js';
import { hourMs, newWorld, nowMs } from '../../support/client.js';
import { runs } from '../../../../../packages/automation-sdk-shim/tests/support/runs.js';

// Much to do for a machine that is busy with other things.
jest.setTimeout(60_000);

const everything = { fromMs: -Infinity, toMs: Infinity, inclusive: true };

/** Jest compares thousands of rows slowly: it says what differs where something does. */
function expectSame(actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) expect(actual).toEqual(expected);
}

function rowsOf(world: MailWorld, atMs: number): MailRow[] {
  return Array.from(world.select(everything, atMs), (key) => world.row(key, atMs));
}

/** The rows of each message. */
function messagesOf(rows: readonly MailRow[]): MailRow[][] {
  const messages = new Map<string, MailRow[]>();
  for (const row of rows) {
    const message = messages.get(row.traceId) ?? [];
    message.push(row);
    messages.set(row.traceId, message);
  }
  return [...messages.values()];
}

const bulk = fc
  .record({
    rows: fc.integer({ min: 0, max: 300 }),
    from: fc.integer({ min: nowMs - 48 * hourMs, max: nowMs }),
    lengthMs: fc.integer({ min: 1, max: 24 * hourMs }),
    lateShare: fc.double({ min: 0, max: 1, noNaN: true }),
    changingShare: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ lengthMs, ...mail }) => ({ ...mail, to: mail.from + lengthMs }));
const mail = fc.record({ seed: fc.integer(), batches: fc.array(bulk, { minLength: 1, maxLength: 5 }) });
const far = nowMs + 100 * hourMs;

function worldOf({ seed, batches }: { seed: number; batches: BulkMail[] }): MailWorld {
  const world = newWorld(seed);
  for (const batch of batches) world.add(batch);
  return world;
}

describe('any world', () => {
  test('is the same again from the same seed and the same calls', () => {
    fc.assert(
      fc.property(mail, (given) => {
        expectSame(rowsOf(worldOf(given), far), rowsOf(worldOf(given), far));
      }),
      runs(30),
    );
  });

  test('holds exactly the rows that were added, in their interval, newest first', () => {
    fc.assert(
      fc.property(mail, (given) => {
        const world = worldOf(given);
        const received = rowsOf(world, far).map(({ receivedMs }) => receivedMs);
        const added = given.batches.reduce((sum, { rows }) => sum + rows, 0);
        expect(received).toHaveLength(added);
        expect(world.count).toBe(added);
        expect(received).toEqual([...received].sort((a, b) => b - a));
        expect(world.bounds).toEqual(
          added === 0 ? undefined : { firstMs: Math.min(...received), lastMs: Math.max(...received) },
        );
        expect(received.every((at) => given.batches.some(({ from, to }) => at >= from && at < to))).toBe(true);
      }),
      runs(50),
    );
  });

  test('keeps its rows in an interval of a millisecond too, however many they are', () => {
    const world = newWorld(0);
    world.add({ rows: 20_000, from: nowMs, to: nowMs + 1 });
    expect(world.bounds).toEqual({ firstMs: nowMs, lastMs: nowMs });
  });

  test('gives each message as many different recipients as it was told', () => {
    const world = newWorld();
    world.add({ rows: 25, recipients: 10, from: nowMs - hourMs, to: nowMs });
    const messages = new Map<string, Set<string>>();
    for (const { traceId, recipient } of world.history(nowMs)) {
      messages.set(traceId, (messages.get(traceId) ?? new Set()).add(recipient));
    }
    expect(Array.from(messages.values(), ({ size }) => size).sort((a, b) => a - b)).toEqual([5, 10, 10]);
    expect(() => world.add({ rows: 1, recipients: 0, from: 0, to: 1 })).toThrow('recipients must be a whole number');
  });

  test('shows a row for ever once it has shown it', () => {
    fc.assert(
      fc.property(mail, fc.integer({ min: -48, max: 48 }), fc.nat(hourMs), (given, hours, laterMs) => {
        const world = worldOf(given);
        const at = nowMs + hours * hourMs;
        const before = Array.from(world.select(everything, at));
        const after = new Set(world.select(everything, at + laterMs));
        expect(before.filter((key) => !after.has(key))).toEqual([]);
      }),
      runs(50),
    );
  });

  test('gives all rows of a message its id, sender, subject, header and time, and different recipients', () => {
    fc.assert(
      fc.property(mail, (given) => {
        const sharedOf = (row: MailRow) =>
          JSON.stringify([row.sender, row.subject, row.messageId, row.receivedMs, row.receivedTicks, row.fromIp]);
        for (const rows of messagesOf(rowsOf(worldOf(given), far))) {
          const differences = new Set(rows.map(sharedOf)).size;
          const recipients = new Set(rows.map(({ recipient }) => recipient.toLowerCase())).size;
          if (differences !== 1 || recipients !== rows.length) expect(rows).toBe('rows of one message');
        }
      }),
      runs(50),
    );
  });

  test('selects by time received what a scan of all rows would select', () => {
    const bound = fc.integer({ min: nowMs - 50 * hourMs, max: nowMs + 30 * hourMs });
    fc.assert(
      fc.property(mail, bound, bound, fc.boolean(), (given, fromMs, toMs, inclusive) => {
        const world = worldOf(given);
        const selected = Array.from(world.select({ fromMs, toMs, inclusive }, nowMs), (key) => world.row(key, nowMs));
        const scanned = rowsOf(world, nowMs).filter(
          ({ receivedMs }) => receivedMs >= fromMs && (inclusive ? receivedMs <= toMs : receivedMs < toMs),
        );
        expectSame(selected, scanned);
      }),
      runs(50),
    );
  });

  test('keeps rows that agree with what it shows at every instant', () => {
    fc.assert(
      fc.property(mail, fc.integer({ min: -48, max: 48 }), (given, hours) => {
        const world = worldOf(given);
        const at = nowMs + hours * hourMs;
        const shown = Array.from(world.history(far))
          .filter(({ visibleFromMs }) => visibleFromMs <= at)
          .map(({ traceId, recipient, receivedMs, statuses }) => ({
            traceId,
            recipient,
            status: statuses.findLast(({ fromMs }) => fromMs <= at)?.status,
            receivedMs,
          }));
        expectSame(Array.from(world.visibleRows(at)), shown);
        expect(rowsOf(world, at).reverse()).toEqual(shown.map((row) => expect.objectContaining(row) as unknown));
      }),
      runs(30),
    );
  });
});

describe('late and changing rows', () => {
  test('appear and change within the given seconds, in about the given shares', () => {
    const world = newWorld();
    world.add({
      rows: 10_000,
      from: nowMs - hourMs,
      to: nowMs,
      lateShare: 0.3,
      lateSeconds: [60, 600],
      changingShare: 0.2,
      changeSeconds: [5, 30],
    });
    const history = Array.from(world.history(far));
    const late = history.filter(({ visibleFromMs, receivedMs }) => visibleFromMs > receivedMs);
    const changing = history.filter(({ statuses }) => statuses.length > 1);

    expect(late.length / history.length).toBeCloseTo(0.3, 1);
    const delaysMs = late.map(({ visibleFromMs, receivedMs }) => visibleFromMs - receivedMs);
    expect(Math.min(...delaysMs)).toBeGreaterThanOrEqual(60_000);
    expect(Math.max(...delaysMs)).toBeLessThanOrEqual(600_000);
    expect(changing.length / history.length).toBeCloseTo(0.2, 1);
    const passing = ['GettingStatus', 'Pending', 'None'];
    expect(changing.filter(({ visibleFromMs, statuses }) => statuses[0]!.fromMs !== visibleFromMs)).toEqual([]);
    expect(changing.filter(({ statuses }) => !passing.includes(statuses[0]!.status))).toEqual([]);
    expect(changing.filter(({ statuses }) => passing.includes(statuses[1]!.status))).toEqual([]);
    const changesMs = changing.map(({ visibleFromMs, statuses }) => statuses[1]!.fromMs - visibleFromMs);
    expect(Math.min(...changesMs)).toBeGreaterThanOrEqual(5_000);
    expect(Math.max(...changesMs)).toBeLessThanOrEqual(30_000);
  });

  test('history leaves out statuses that have not begun', () => {
    const world = newWorld();
    world.add({ rows: 200, from: nowMs - 1000, to: nowMs, changingShare: 1, changeSeconds: [60, 60] });
    const statuses = (at: number): number[] => Array.from(world.history(at), (row) => row.statuses.length);
    expect(new Set(statuses(nowMs))).toEqual(new Set([1]));
    expect(new Set(statuses(nowMs + 60_000))).toEqual(new Set([2]));
  });
});

describe('live mail', () => {
  const live = { rowsPerHour: 2_000, from: nowMs, lateShare: 0.2, changingShare: 0.2 };

  test('is the same however often somebody looked in between', () => {
    const [once, often] = [newWorld(), newWorld()];
    once.live(live);
    often.live(live);
    for (let at = nowMs - hourMs; at < nowMs + 3 * hourMs; at += 97_003) often.select(everything, at);
    const end = nowMs + 3 * hourMs;
    expectSame(rowsOf(often, end), rowsOf(once, end));
  });

  test('arrives at about its rate, and not before it was received', () => {
    const world = newWorld();
    world.live(live);
    expect(rowsOf(world, nowMs - 1)).toEqual([]);
    const received = rowsOf(world, nowMs + 10 * hourMs).map(({ receivedMs }) => receivedMs);
    expect(Math.max(...received)).toBeLessThanOrEqual(nowMs + 10 * hourMs);
    expect(world.count / 20_000).toBeGreaterThan(0.9);
    expect(world.count / 20_000).toBeLessThan(1.1);
  });

  test('does not show, at an earlier instant, what arrived by a later one', () => {
    const [world, fresh] = [newWorld(), newWorld()];
    world.live(live);
    fresh.live(live);
    world.select(everything, nowMs + 2 * hourMs);
    expect(rowsOf(world, nowMs + hourMs)).toEqual(rowsOf(fresh, nowMs + hourMs));
  });

  test('ends where it was stopped', () => {
    const world = newWorld();
    const handle = world.live(live);
    world.select(everything, nowMs + hourMs);
    const count = world.count;
    handle.stop();
    world.select(everything, nowMs + 5 * hourMs);
    expect(world.count).toBe(count);
    expect(world.bounds!.lastMs).toBeLessThanOrEqual(nowMs + hourMs);
  });
});

test('holds the values that break collectors', () => {
  const world = newWorld();
  world.add({ rows: 20_000, from: nowMs - hourMs, to: nowMs, changingShare: 0.5 });
  const rows = rowsOf(world, nowMs);
  const any = (fits: (row: MailRow) => boolean): boolean => rows.some(fits);

  expect(any(({ subject }) => subject === null)).toBe(true);
  expect(any(({ subject }) => subject === '')).toBe(true);
  for (const part of ['🎉', 'שלום', '"', '\r\n', '\\', '<script>', '\u2028']) {
    expect(any(({ subject }) => subject?.includes(part) ?? false)).toBe(true);
  }
  expect(any(({ messageId }) => messageId === null)).toBe(true);
  expect(any(({ sender }) => sender === '<>')).toBe(true);
  expect(any(({ size }) => size === 0)).toBe(true);
  expect(any(({ fromIp }) => fromIp?.includes(':') ?? false)).toBe(true);
  expect(any(({ fromIp }) => fromIp === null)).toBe(true);
  expect(any(({ toIp }) => toIp?.includes('.') ?? false)).toBe(true);
  expect(any(({ recipient }) => recipient.includes('+'))).toBe(true);
  expect(any(({ recipient }) => recipient.includes("'"))).toBe(true);
  expect(any(({ recipient }) => recipient !== recipient.toLowerCase())).toBe(true);
  expect(new Set(rows.map(({ status }) => status)).size).toBe(9);

  const messages = messagesOf(rows);
  expect(messages.some(({ length }) => length === 5)).toBe(true);
  expect(messages.some(({ length }) => length === 50)).toBe(true);
  expect(messages.some((of) => new Set(of.map(({ status }) => status)).size > 1)).toBe(true);
  expect(messages.some((of) => new Set(of.map(({ size }) => size)).size > 1)).toBe(true);
  expect(messages.some((of) => new Set(of.map(({ toIp }) => toIp)).size > 1)).toBe(true);
  expect(new Set(messages.map(([row]) => row!.receivedMs)).size).toBeLessThan(messages.length);
});

test('names every message by a GUID of its own, also across batches and live mail', () => {
  const world = newWorld();
  for (let batch = 0; batch < 5; batch++) world.add({ rows: 5_000, from: nowMs - hourMs, to: nowMs });
  world.live({ rowsPerHour: 5_000, from: nowMs - hourMs });
  const rows = Array.from(world.visibleRows(nowMs));
  const identities = new Set(rows.map(({ traceId, recipient }) => `${traceId} ${recipient.toLowerCase()}`));
  expect(identities.size).toBe(rows.length);
  expect(rows.every(({ traceId }) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(traceId))).toBe(true);
});

test.each([
  ['rows', { rows: 1.5, from: 0, to: 1 }],
  ['rows', { rows: -1, from: 0, to: 1 }],
  ['from', { rows: 1, from: NaN, to: 1 }],
  ['to', { rows: 1, from: 5, to: 5 }],
  ['lateShare', { rows: 1, from: 0, to: 1, lateShare: 1.1 }],
  ['lateSeconds', { rows: 1, from: 0, to: 1, lateSeconds: [5, 1] as [number, number] }],
  ['changeSeconds', { rows: 1, from: 0, to: 1, changeSeconds: [-1, 1] as [number, number] }],
])('refuses nonsense about %s', (name, nonsense) => {
  const world = newWorld();
  expect(() => world.add(nonsense)).toThrow(InvalidInputError);
  expect(() => world.add(nonsense)).toThrow(new RegExp(`^${name} must`));
  expect(world.count).toBe(0);
});
