import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FIRST_RETRY_AFTER_MS, MAX_RETRY_AFTER_MS } from '../../src/budgets.js';
import { RequestedWaits, retryAfterMs } from '../../src/http/retry-after.js';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const [second, minute] = [1_000, 60_000];
const withHeaders = (headers: Record<string, string>) => ({ header: (name: string) => headers[name] });

describe('what an answer asks for', () => {
  test.each([
    ['0', 0],
    ['7', 7 * second],
    [' 7 ', 7 * second],
    ['2.128', 2_128],
    ['0.249', 249],
    [' 1.5 ', 1_500],
    ['600', 10 * minute],
    ['601', 10 * minute],
    ['99999999999999999999', 10 * minute],
    ['9'.repeat(400), 10 * minute],
    ['Sun, 01 Mar 2026 12:00:30 GMT', 30 * second],
    ['Sun, 01 Mar 2026 12:00:00 GMT', 0],
    ['Sun, 01 Mar 2026 11:00:00 GMT', 0],
    ['Tue, 01 Mar 2050 12:00:00 GMT', 10 * minute],
    ['5, 30', 30 * second],
    ['30,5', 30 * second],
    ['1.5 , 2', 2 * second],
  ])('%j is %i ms', (value, expected) => {
    expect(retryAfterMs(withHeaders({ 'retry-after': value }), NOW)).toBe(expected);
  });

  test.each(['', '-5', '1.', '.5', '1e3', '1e9', '0x10', 'Infinity', 'NaN', 'soon', '5, soon', '5;30', '5,'])(
    '%j cannot be understood',
    (value) => {
      expect(retryAfterMs(withHeaders({ 'retry-after': value }), NOW)).toBeUndefined();
    },
  );

  test('no header asks for nothing', () => {
    expect(retryAfterMs(withHeaders({}), NOW)).toBeUndefined();
  });

  test.each([
    ['is years behind', '1999-01-01T00:00:00Z'],
    ['is years ahead', '2050-01-01T00:00:00Z'],
  ])('a date is seen from the answer’s own date, where the clock here %s', (_how, ours) => {
    const headers = { 'retry-after': 'Sun, 01 Mar 2026 09:00:30 GMT', date: 'Sun, 01 Mar 2026 09:00:00 GMT' };
    expect(retryAfterMs(withHeaders(headers), Date.parse(ours))).toBe(30 * second);
  });

  test('an answer whose own date cannot be read is seen from here', () => {
    const headers = { 'retry-after': 'Sun, 01 Mar 2026 12:00:30 GMT', date: 'yesterday' };
    expect(retryAfterMs(withHeaders(headers), NOW)).toBe(30 * second);
  });

  test('whatever it is, it is nothing or within the bound', () => {
    const anyDate = fc.date({ noInvalidDate: true }).map((date) => date.toUTCString());
    const anyNumber = fc.oneof(fc.double(), fc.bigInt(), fc.integer()).map(String);
    const anyValue = fc.oneof(
      fc.string(),
      anyDate,
      anyNumber,
      fc.array(anyNumber).map((list) => list.join(', ')),
    );
    fc.assert(
      fc.property(anyValue, fc.option(fc.oneof(anyDate, fc.string()), { nil: '' }), (value, date) => {
        const askedMs = retryAfterMs(withHeaders({ 'retry-after': value, date }), NOW) ?? 0;
        expect(askedMs).toBeGreaterThanOrEqual(0);
        expect(askedMs).toBeLessThanOrEqual(MAX_RETRY_AFTER_MS);
      }),
    );
  });
});

describe('how much of it is obeyed', () => {
  const waits = (asked: readonly number[]) => {
    const requested = new RequestedWaits();
    return asked.map((askedMs) => requested.obey(askedMs));
  };

  test('all of it up to two minutes, as often as it is asked for', () => {
    expect(waits([5 * second, 2 * minute, 2 * minute, 0])).toEqual([5 * second, 2 * minute, 2 * minute, 0]);
  });

  test('two minutes of a stray huge value, and of the next one after an answer', () => {
    const requested = new RequestedWaits();
    expect(requested.obey(MAX_RETRY_AFTER_MS)).toBe(2 * minute);
    requested.answered();
    expect(requested.obey(MAX_RETRY_AFTER_MS)).toBe(2 * minute);
  });

  test('twice as much each time where answers agree, up to the bound', () => {
    expect(waits(Array.from({ length: 5 }, () => 10 * minute))).toEqual([2, 4, 8, 10, 10].map((it) => it * minute));
  });

  test('what is left, where answers count down to the same time', () => {
    expect(waits([9 * minute, 7 * minute, 3 * minute])).toEqual([2 * minute, 4 * minute, 3 * minute]);
  });

  test('two minutes again, where a short wait was asked for in between', () => {
    expect(waits([10 * minute, 10 * minute, second, 10 * minute])).toEqual([
      2 * minute,
      4 * minute,
      second,
      2 * minute,
    ]);
  });

  test('never more than is asked for, and the first never more than minutes', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e12, noNaN: true }), { minLength: 1 }), (asked) => {
        const obeyed = waits(asked);
        expect(obeyed[0]).toBeLessThanOrEqual(FIRST_RETRY_AFTER_MS);
        for (const [index, ms] of obeyed.entries()) {
          expect(ms).toBeLessThanOrEqual(Math.min(asked[index]!, MAX_RETRY_AFTER_MS));
          expect(ms).toBeGreaterThanOrEqual(Math.min(asked[index]!, FIRST_RETRY_AFTER_MS));
        }
      }),
    );
  });
});
