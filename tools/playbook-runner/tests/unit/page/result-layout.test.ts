import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { layOut, sortRows, textOf, timeOf, wordsOf } from '../../../page/views/actions/result-layout.js';
import type { ResultSchema } from '../../../src/form/settings-schema.js';

function resultsOf(command: string): ResultSchema {
  const card = new URL(`../../../../../action_${command}.json`, import.meta.url);
  return (JSON.parse(readFileSync(card, 'utf8')) as { readonly results: ResultSchema }).results;
}

const rows = [
  { message_trace_id: '1', sender: 'b@x.example', size: 900, subject: 'Re: 10' },
  { message_trace_id: '2', sender: 'A@x.example', size: 1_000, subject: 'Re: 9' },
  { message_trace_id: '3', sender: 'c@x.example', size: 20, surplus: 'S' },
];

describe('results are laid out', () => {
  test('as a table with titles by the card, without columns that no row fills, and IDs last', () => {
    const { tables, facts, completeness } = layOut(resultsOf('search_message_traces'), {
      complete: false,
      count: 3,
      message_traces: rows,
      incomplete_reason: 'It needs more requests.',
      searched_from: '2026-11-28T09:00:00Z',
    });
    expect(tables.map(({ title }) => title)).toEqual(['Message traces']);
    expect(tables[0]?.columns.map(({ title }) => title)).toEqual([
      'Sender',
      'Subject',
      'Size',
      'Surplus',
      'Message trace ID',
    ]);
    expect(tables[0]?.columns[0]?.help).toBe('Address of the sender.');
    expect(facts.map(({ title, value }) => [title, value])).toEqual([
      ['Count', 3],
      ['Searched from', '2026-11-28T09:00:00Z'],
    ]);
    expect(completeness).toEqual({ complete: false, reason: 'It needs more requests.' });
  });

  test('as facts where there is no list of objects', () => {
    const schema = resultsOf('find_message_recipients');
    const { tables, facts, completeness } = layOut(schema, { by_status: { delivered: 2 }, names: ['a', 'b'] });
    expect([tables, completeness]).toEqual([[], undefined]);
    expect(facts.map(({ title, value }) => [title, textOf(value)])).toEqual([
      ['By status', 'delivered: 2'],
      ['Names', 'a, b'],
    ]);
  });

  test('as an empty table where a list of objects is empty', () => {
    expect(layOut(resultsOf('get_message_trace_details'), { steps: [], found: false })).toMatchObject({
      tables: [{ title: 'Steps', columns: [], rows: [] }],
      facts: [{ title: 'Found', value: false }],
    });
  });
});

describe('rows are sorted', () => {
  const ids = (column: string, descending = false) =>
    sortRows(rows, { column, descending }).map(({ message_trace_id: id }) => id);

  test('as they came, at first', () => expect(sortRows(rows, null)).toBe(rows));
  test('by numbers', () => expect(ids('size')).toEqual(['3', '1', '2']));
  test('by texts, without case', () => expect(ids('sender')).toEqual(['2', '1', '3']));
  test('by the numbers in texts, and those without a value come last', () => {
    expect(ids('subject')).toEqual(['2', '1', '3']);
    expect(ids('subject', true)).toEqual(['1', '2', '3']);
  });
});

test.each([
  ['message_trace_id', 'Message trace ID'],
  ['from_ip', 'From IP'],
  ['count', 'Count'],
])('%s reads %s', (name, words) => expect(wordsOf(name)).toBe(words));

test('only what is a time is shown as one', () => {
  expect(timeOf('2026-11-28T09:00:00Z')).toBe(Date.UTC(2026, 10, 28, 9));
  expect([timeOf('2026'), timeOf('2026-99-99T99:99:99Z'), timeOf(2026)]).toEqual([undefined, undefined, undefined]);
});
