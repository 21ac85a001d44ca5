import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readBatchResponse } from '../../src/intake/event-fates.js';

const batchOf = (count: number) =>
  Array.from({ length: count }, (_none, index) => ({ index, text: `"${index}"`, serial: index }));
const nothingKnown = { isOfAnother: () => false };

/** a: accepted, r: refused, l: later, u: unnamed. */
function shortly(body: unknown, count = 3): string {
  const read = readBatchResponse(JSON.stringify(body), batchOf(count), nothingKnown);
  return read.kind === 'fates' ? read.fates.map(({ kind }) => kind.slice(0, 1)).join('') : read.kind;
}

const ok = { status: 200 };

describe('an answer of 200 with a status for each event', () => {
  test.each<[string, unknown, string]>([
    ['event ids alone', { event_ids: ['a', 'b', 'c'] }, 'aaa'],
    ['more ids than events', { event_ids: ['a', 'b', 'c', 'd'] }, 'no-ids'],
    ['the same id for all', { event_ids: ['a', 'a', 'a'] }, 'no-ids'],
    ['an id that two events share', { event_ids: ['a', 'b', 'a'] }, 'uau'],
    ['fewer ids, all of them the same', { event_ids: ['a', 'a'] }, 'no-ids'],
    ['numbers as ids', { event_ids: [1, 2, 3] }, 'aaa'],
    ['no ids, but what stands in their places', { event_ids: ['', ' ', 'null'] }, 'no-ids'],
    ['a sentence, true and 0 among the ids', { event_ids: ['not stored', true, 0] }, 'no-ids'],
    ['ids in a list of their own', { event_ids: [['a', 'b', 'c']] }, 'no-ids'],
    ['ids as an object', { event_ids: { 0: 'a', 1: 'b', 2: 'c' } }, 'unreadable'],
    ['a list of errors without an error', { errors: [null, null, null] }, 'unreadable'],
    ['flags that nothing failed', { errors: [false, false, false] }, 'unreadable'],
    ['an id of null', { event_ids: ['a', null, 'c'] }, 'aua'],
    [
      'an id of null and its error by index',
      { event_ids: ['a', null, 'c'], errors: [{ index: 1, status: 413 }] },
      'ara',
    ],
    ['fewer ids, and nothing else', { event_ids: ['a', 'b'] }, 'short'],
    ['fewer ids, and the errors by index', { event_ids: ['a', 'c'], errors: { 1: 'too large' } }, 'ara'],
    ['events in order', { events: [ok, { status: 413, message: 'too large' }, ok] }, 'ara'],
    [
      'results in order, with numeric text',
      { results: [{ status: '200' }, { code: '422' }, { status: '201' }] },
      'ara',
    ],
    ['results that are numbers', { results: [200, 400, 200] }, 'ara'],
    ['results that are words', { results: ['ok', 'error: too large', 'ok'] }, 'ara'],
    [
      'results by index, out of order',
      {
        results: [
          { index: 2, ...ok },
          { index: 0, ...ok },
          { index: 1, status: 400 },
        ],
      },
      'ara',
    ],
    ['results as an object keyed by index', { results: { 0: ok, 1: { status: 413 }, 2: ok } }, 'ara'],
    ['results with an id or an error', { results: [{ id: 'a' }, { error: 'too large' }, { id: 'c' }] }, 'ara'],
    ['results with a flag', { items: [{ success: true }, { success: false }, { success: true }] }, 'ara'],
    [
      'items as bulk APIs wrap them',
      {
        errors: true,
        items: [
          { create: { status: 201 } },
          { create: { status: 400, error: { reason: 'no' } } },
          { create: { status: 201 } },
        ],
      },
      'ara',
    ],
    ['a list at the top', [ok, { status: 413 }, ok], 'ara'],
    ['errors in order with null', { event_ids: ['a', 'b', 'c'], errors: [null, { code: 413 }, null] }, 'ara'],
    ['errors keyed by index, and no ids', { errors: { 1: { code: 413, message: 'too large' } } }, 'uru'],
    ['the indices of what was rejected, and no ids', { rejected: [1] }, 'uru'],
    [
      'an error with a path',
      { event_ids: ['a', 'c'], errors: [{ loc: ['body', 'jsons', 1], msg: 'too large' }] },
      'ara',
    ],
    ['an event that is overloaded', { results: [ok, { status: 429 }, ok] }, 'ala'],
    ['an event that failed', { results: [ok, { status: 503 }, ok] }, 'ala'],
    ['no errors', { event_ids: ['a', 'b', 'c'], errors: [] }, 'aaa'],
    ['refused events that are not named', { accepted: 2, rejected: 1 }, 'some-refused'],
    ['an error that names no event', { event_ids: ['a', 'c'], errors: [{ message: 'too large' }] }, 'some-refused'],
    ['no ids', { event_ids: [] }, 'no-ids'],
    ['nothing of the events', { ok: true }, 'unreadable'],
    ['a list of texts', ['a', 'b', 'c'], 'unreadable'],
  ])('%s [F-28]', (_what, body, expected) => {
    expect(shortly(body)).toBe(expected);
  });

  test.each([
    [{ results: [{ status: 413, message: 'too large' }] }, 'it answered for this event: 413 too large'],
    [{ errors: [{ error: { code: 413, message: 'too large' } }] }, 'it answered for this event: too large'],
    [{ errors: ['too\nlarge'] }, 'it answered for this event: too large'],
    [{ failed: { 0: { status: 400 } } }, 'it answered for this event: 400'],
  ])('%j tells the reason', (body, reason) => {
    expect(readBatchResponse(JSON.stringify(body), batchOf(1), nothingKnown)).toMatchObject({
      fates: [{ kind: 'refused', reason }],
    });
  });

  test('whatever it is, it is read, with a fate for each event', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.constantFrom('event_ids', 'results', 'errors', 'x'),
        fc.integer({ min: 1, max: 5 }),
        (value, name, count) => {
          for (const body of [value, { [name]: value }]) {
            const read = readBatchResponse(JSON.stringify(body), batchOf(count), nothingKnown);
            if (read.kind === 'fates') expect(read.fates).toHaveLength(count);
          }
        },
      ),
    );
  });
});
