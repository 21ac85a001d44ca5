import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { InternalDomains } from '../../../src/message-trace/direction.js';
import type { DeliveredRow, Receipt, Sink } from '../../../src/model/ports.js';
import {
  FilteringSink,
  rowFilterFor,
  rulesForFilters,
  runRulesFor,
  sentenceOnFilter,
} from '../../../src/sekoia/row-filters.js';
import { runs } from '../../../packages/automation-sdk-shim/tests/support/runs.js';
import { record } from '../../support/records.js';

const internal = new InternalDomains(['contoso.com']);
const none = { sendOnly: [], doNotSend: [], internalDomains: [] };

describe('wrong rules', () => {
  test.each<[object, string[]]>([
    [{}, []],
    [{ do_not_send: ['status: failed', '', ' subject: x '], send_only: [] }, []],
    [{ do_not_send: 'status: failed', send_only: [7, null] }, []],
    [{ do_not_send: ['direction: internal'], internal_domains: ['contoso.com'] }, []],
    [
      { do_not_send: ['status: failed', ' ', 'status: lost'], send_only: ['from: secret@b.example'] },
      [
        '"send_only" (Send only), rule 1, character 1: expected status, direction, sender, recipient or subject, and a colon.',
        '"do_not_send" (Do not send), rule 3, character 9: expected one of delivered, failed, pending, expanded, quarantined, filteredAsSpam, gettingStatus and recalled.',
      ],
    ],
    [
      { send_only: ['status: failed', 'status: pending and direction: inbound'], internal_domains: [] },
      [
        '"send_only" (Send only), rule 2: to tell a direction, "internal_domains" (Internal domains) must hold all mail domains of the tenant. It is empty.',
      ],
    ],
    [
      { do_not_send: Array.from({ length: 101 }, () => 'status: failed') },
      ['"do_not_send" (Do not send) has 101 rules, where 100 are the limit.'],
    ],
  ])('%j: %j', (settings, sentences) => {
    expect(rulesForFilters({ ...settings })).toEqual(sentences);
  });

  test('make no filter', () => {
    expect(() => rowFilterFor({ ...none, doNotSend: ['x'] }, internal)).toThrow('rule 1, character 1');
  });
});

test('without rules there is no filter', () => {
  expect(rowFilterFor({ ...none, doNotSend: [' '] }, internal)).toBeUndefined();
});

test('a rule of runs that asks for what is protected is named by its number', () => {
  const runOn = ['quarantined', 'sender: bob@contoso.com', 'subject: *invoice*'];
  const options = { runOn, maxRunsAMinute: 1, internalDomains: [] };
  const textsWith = (hidesSubjects: boolean, hidesAddresses: boolean) =>
    runRulesFor(options, { hidesSubjects, hidesAddresses }).map(({ text }) => text);
  expect(textsWith(false, false)).toEqual(runOn);
  expect(textsWith(true, false)).toEqual(['quarantined', 'sender: bob@contoso.com', 'rule #3']);
  expect(textsWith(false, true)).toEqual(['quarantined', 'rule #2', 'subject: *invoice*']);
});

test('the log names the rules, the first 20 of a list', () => {
  const sendOnly = Array.from({ length: 22 }, (_, index) => `subject: ${index}*`);
  const filter = rowFilterFor({ ...none, sendOnly, doNotSend: ['Status:Failed and sender:<>'] }, internal)!;
  const sentence = sentenceOnFilter(filter);
  expect(sentence).toMatch(
    /^Not all rows are sent\. Sent are only those that fit \[subject: 0\*\] or .* or 2 more rules\. /,
  );
  expect(sentence).toContain('Not sent are those that fit [status: failed and sender: <>].');
});

/** Rejects what its status asks for, and yields receipts of the lengths that it is given. */
function sinkOf(lengths: readonly number[], journal: string[]): Sink {
  return {
    // eslint-disable-next-line @typescript-eslint/require-await -- it answers at once
    async *deliver(given): AsyncGenerator<Receipt, void, undefined> {
      const rows = given.map(({ record: one }) => one);
      let from = 0;
      for (let turn = 0; from < rows.length; turn += 1) {
        const to = Math.min(rows.length, from + (lengths[turn % lengths.length] ?? 1));
        for (const { traceId } of rows.slice(from, to)) journal.push(`sent ${traceId!}`);
        const rejected = [...rows.entries()]
          .filter(([index, { status }]) => index >= from && index < to && status === 'Failed')
          .map(([index, { traceId }]) => ({ index, reason: traceId! }));
        yield { from, to, rejected };
        from = to;
      }
    },
    reject: () => Promise.resolve(true),
  };
}

const rowOf = (status: string, index: number): DeliveredRow => ({
  record: record({ MessageTraceId: String(index), Status: status === 'filtered' ? 'Pending' : status }),
  sighting: 'new',
  late: false,
  foundAtMs: 0,
});

test('receipts cover all records in order, filtered ones with their neighbours, and count once they were taken', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('Delivered', 'Failed', 'filtered', 'filtered'), { maxLength: 30 }),
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 }),
      async (statuses, lengths) => {
        const journal: string[] = [];
        const sink = new FilteringSink({
          sink: sinkOf(lengths, journal),
          filter: rowFilterFor({ ...none, doNotSend: ['status: pending'] }, internal)!,
          onFiltered: (rule, rows) => journal.push(`${rule} × ${rows}`),
        });
        const rows = statuses.map(rowOf);
        let settled = 0;
        let counted = 0;
        for await (const { from, to, rejected, filtered = [] } of sink.deliver(rows, new AbortController().signal)) {
          expect(from).toBe(settled);
          expect(to).toBeGreaterThan(from);
          const inside = [...statuses.keys()].slice(from, to);
          expect(filtered).toEqual(inside.filter((index) => statuses[index] === 'filtered'));
          expect(rejected).toEqual(
            inside.filter((index) => statuses[index] === 'Failed').map((index) => ({ index, reason: String(index) })),
          );
          // All that is to be sent and was settled has been sent before.
          for (const index of inside.filter((at) => statuses[at] !== 'filtered'))
            expect(journal).toContain(`sent ${index}`);
          const before = statuses.slice(0, from).filter((status) => status === 'filtered').length;
          counted = countIn(journal);
          expect(counted).toBe(before);
          settled = to;
        }
        expect(settled).toBe(rows.length);
        expect(countIn(journal)).toBe(statuses.filter((status) => status === 'filtered').length);
        const sent = journal.filter((line) => line.startsWith('sent '));
        expect(sent).toEqual(
          [...statuses.keys()].filter((at) => statuses[at] !== 'filtered').map((at) => `sent ${at}`),
        );
      },
    ),
    runs(500),
  );
});

function countIn(journal: readonly string[]): number {
  const counts = journal.map((line) => Number(/^status: pending × (\d+)$/.exec(line)?.[1] ?? 0));
  return counts.reduce((sum, rows) => sum + rows, 0);
}

test('what is on its way when delivery ends is not counted', async () => {
  const counted: number[] = [];
  const sink = new FilteringSink({
    sink: sinkOf([1], []),
    filter: rowFilterFor({ ...none, doNotSend: ['status: pending'] }, internal)!,
    onFiltered: (_, rows) => counted.push(rows),
  });
  const rows = ['Delivered', 'filtered', 'Delivered'].map(rowOf);
  // The consumer could not remember it.
  for await (const { to } of sink.deliver(rows, new AbortController().signal)) {
    expect(to).toBe(2);
    break;
  }
  expect(counted).toEqual([]);
});
