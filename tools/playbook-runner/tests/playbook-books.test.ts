import { describe, expect, test } from '@jest/globals';
import { BooksOfPlaybook } from '../src/simulation/books-of-playbook.js';
import { BooksWatch } from '../src/simulation/books-watch.js';
import { PlaybookBooks } from '../src/simulation/playbook-books.js';
import type { TenantRow } from '../src/simulation/simulated-tenant.js';

const MINUTE_MS = 60_000;
/** When the tenant was started. */
const T = Date.UTC(2026, 10, 23, 9);

const row = (minutes: number): TenantRow => ({
  traceId: `row ${minutes}`,
  recipient: 'r@x',
  receivedMs: T + minutes * MINUTE_MS,
  statuses: [{ status: 'Delivered', fromMs: T + minutes * MINUTE_MS }],
});
const event = ({ traceId, recipient }: TenantRow) =>
  JSON.stringify({ MessageTraceId: traceId, RecipientAddress: recipient, Status: 'Delivered' });

/** Mail of the half hour before the tenant was started, and of two hours after. */
const rows = [-30, -1, 0, 10, 30, 60, 119].map(row);

function compare(books: PlaybookBooks, nowMinutes = 120) {
  const comparison = books.beginComparison();
  for (const one of rows) books.see(comparison, one);
  books.endComparison(comparison, T + nowMinutes * MINUTE_MS);
  return books.picture();
}

const startedAt = (minutes: number, continues: boolean) => ({
  nowMs: T + minutes * MINUTE_MS,
  continues,
  startTimeHours: 1,
});

describe('what a playbook had to read', () => {
  test('is nothing before it is started', () => {
    expect(compare(new PlaybookBooks(T))).toMatchObject({ visible: 0, missing: 0, oldestMissingSeconds: null });
  });

  test('at a first start is all from its start_time on', () => {
    const books = new PlaybookBooks(T);
    books.readingStarts(startedAt(0, false));
    expect(compare(books)).toMatchObject({ visible: 7, missing: 7, oldestMissingSeconds: 150 * 60 });
  });

  test('where it was added later is no mail from before its start_time', () => {
    const books = new PlaybookBooks(T);
    books.readingStarts(startedAt(65, false));
    expect(compare(books)).toMatchObject({
      visible: 4,
      missing: 4,
      missingSamples: ['row 10 r@x Delivered', 'row 30 r@x Delivered', 'row 60 r@x Delivered', 'row 119 r@x Delivered'],
    });
  });

  test('where it continues what was read before the tenant was there is all that came since', () => {
    const books = new PlaybookBooks(T);
    books.readingStarts(startedAt(100, true));
    expect(compare(books)).toMatchObject({ visible: 5, missing: 5 });
  });

  test('after a stop of any length is still all of it', () => {
    const books = new PlaybookBooks(T);
    books.readingStarts(startedAt(0, false));
    books.readingStarts(startedAt(119, true));
    expect(compare(books)).toMatchObject({ visible: 7, missing: 7 });
  });

  test('begins anew where the first process ended before it had kept anything', () => {
    const books = new PlaybookBooks(T);
    books.readingStarts(startedAt(0, false));
    books.readingStarts(startedAt(100, false));
    expect(compare(books)).toMatchObject({ visible: 2, missing: 2 });
  });

  test('leaves out what it need not have read, but does not take it for unknown when it arrives', () => {
    const books = new PlaybookBooks(T);
    books.readingStarts(startedAt(10, true));
    books.deliver(rows.map(event));
    books.deliver([event(row(1000)), event(row(60))]);
    expect(compare(books)).toMatchObject({
      visible: 5,
      delivered: 9,
      missing: 0,
      unknown: 1,
      repeated: 1,
      repeatedSamples: ['row 60 r@x Delivered (2 times)'],
    });
  });
});

describe('the books of a playbook', () => {
  test('go on from start to start, and end where it reads elsewhere', () => {
    const books = new BooksOfPlaybook(T);
    expect(books.open).toBeUndefined();
    const first = books.started(true, T);
    expect(books.started(true, T + MINUTE_MS)).toBe(first);
    expect(books.started(false, T)).toBeUndefined();
    expect(books.open).toBeUndefined();
  });

  test('of one that has read elsewhere count from then on: its state may have gone on', () => {
    const books = new BooksOfPlaybook(T);
    books.started(false, T);
    const back = books.started(true, T + 50 * MINUTE_MS)!;
    back.readingStarts(startedAt(50, true));
    expect(compare(back)).toMatchObject({ visible: 2 });
  });
});

describe('watching the books', () => {
  const due = () => {
    const books = new PlaybookBooks(0);
    books.readingStarts({ nowMs: 0, continues: true, startTimeHours: 1 });
    return books;
  };

  test('reads the rows once for all that are due', async () => {
    const [one, other] = [due(), due()];
    let walks = 0;
    let finished: () => void = () => undefined;
    const walked = new Promise<void>((resolve) => {
      finished = resolve;
    });
    const watch = new BooksWatch({
      due: () => [one, other],
      onTrouble: () => undefined,
      visibleRows: async function* () {
        walks += 1;
        yield* await Promise.resolve(rows);
        finished();
      },
    });
    await walked;
    await watch.stop();
    expect(walks).toBe(1);
    expect([one.picture()?.missing, other.picture()?.missing]).toEqual([7, 7]);
  });

  test('reads no rows where none is due', async () => {
    const watch = new BooksWatch({
      due: () => [],
      onTrouble: () => undefined,
      visibleRows: () => {
        throw new Error('nobody asked');
      },
    });
    await watch.stop();
  });

  test('tells where the rows cannot be read, and goes on', async () => {
    const books = due();
    let tell: (error: unknown) => void = () => undefined;
    const told = new Promise((resolve) => {
      tell = resolve;
    });
    const watch = new BooksWatch({
      due: () => [books],
      onTrouble: tell,
      visibleRows: () => {
        throw new Error('the tenant is gone');
      },
    });
    expect(await told).toMatchObject({ message: 'the tenant is gone' });
    await watch.stop();
    expect(books.picture()).toBeNull();
  });
});
