import { Readable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BrokenJsonError, type FoundRow, JsonRows } from '../../../src/cli/json-rows.js';
import { readRows } from '../../../src/cli/row-reader.js';

function rowsOf(text: string, cuts: readonly number[] = []): FoundRow[] {
  const rows = new JsonRows();
  const found: FoundRow[] = [];
  const at = [0, ...cuts.map((cut) => cut % (text.length + 1)).sort((one, other) => one - other), text.length];
  for (let index = 1; index < at.length; index += 1) found.push(...rows.push(text.slice(at[index - 1], at[index])));
  rows.finish();
  return found;
}

async function read(text: string | Buffer): Promise<FoundRow[]> {
  const found: FoundRow[] = [];
  for await (const row of readRows(Readable.from([Buffer.from(text)]))) found.push(row);
  return found;
}

/** What a row may hold: nested values, and texts that look like JSON. */
const row = fc.dictionary(
  fc.oneof(fc.constantFrom('value', 'results', 'd', 'id'), fc.string()),
  fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom('{"a":[{', '\\"', ']}', '\n')),
  { maxKeys: 5 },
);
/** A row at the top is told from an answer by what it holds. */
const plainRow = fc.dictionary(fc.constantFrom('id', 'subject', 'size'), fc.oneof(fc.string(), fc.integer()), {
  minKeys: 1,
});
const rows = fc.array(row, { maxLength: 6 });
const cuts = fc.array(fc.nat(), { maxLength: 8 });
const shapes: readonly [string, (list: readonly object[]) => string][] = [
  ['a list', (list) => JSON.stringify(list)],
  ['a list over several lines', (list) => JSON.stringify(list, undefined, 2)],
  ['an answer of Graph', (list) => JSON.stringify({ '@odata.context': 'x', value: list, '@odata.nextLink': 'y' })],
  [
    'an answer of the Reporting Web Service',
    (list) => JSON.stringify({ d: { results: list, __next: 'y' } }, undefined, 1),
  ],
  ['its short form', (list) => JSON.stringify({ d: list })],
  ['several answers', (list) => list.map((each) => JSON.stringify({ value: [each] }, undefined, 1)).join('\n')],
];

describe('rows in JSON', () => {
  test.each(shapes)('%s, cut anywhere: each row, once, in order', (_, shape) => {
    fc.assert(
      fc.property(rows, cuts, (list, at) => {
        const expected = JSON.parse(JSON.stringify(list)) as object[];
        expect(rowsOf(shape(list), at).map((found) => found.row)).toEqual(expected);
      }),
    );
  });

  test('object after object, cut anywhere', () => {
    fc.assert(
      fc.property(fc.array(plainRow), cuts, (list, at) => {
        const text = list.map((each) => JSON.stringify(each, undefined, 2)).join('\n');
        expect(rowsOf(text, at).map((found) => found.row)).toEqual(list);
      }),
    );
  });

  test('each row has the line on which it begins', () => {
    const text = '[\n  {"id": 1,\n   "a": 2},\n\n  {"id": 3}\n]';
    expect(rowsOf(text).map(({ line }) => line)).toEqual([2, 5]);
  });

  test.each(['[{"id":1}', '{"id":"', '[{"id":1}}', ']'])('%s: the JSON is broken', (text) => {
    expect(() => rowsOf(text)).toThrow(BrokenJsonError);
  });

  test('any text is read, or said to be broken', () => {
    const text = fc.string({
      unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', ',', ':', 'd', '1', '\n'),
      maxLength: 40,
    });
    fc.assert(
      fc.property(text, cuts, (given, at) => {
        try {
          rowsOf(given, at);
        } catch (error) {
          expect(error).toBeInstanceOf(BrokenJsonError);
        }
      }),
    );
  });
});

describe('lines', () => {
  test('a bad line is named, and the others are read', async () => {
    const found = await read('{"id":"a"}\n{"id":\n\n{"id":"b"}\nnull\n{"id":"c"}');
    expect(found.map(({ line, row: good, problem }) => [line, good?.['id'] ?? problem])).toEqual([
      [1, 'a'],
      [2, 'It is no JSON.'],
      [4, 'b'],
      [5, 'It is no JSON object.'],
      [6, 'c'],
    ]);
  });

  test('a line may be an answer with several rows', async () => {
    const found = await read('{"value":[{"id":"a"},{"id":"b"}]}\n{"d":{"results":[{"id":"c"}]}}\n');
    expect(found.map(({ line, row: good }) => [line, good?.['id']])).toEqual([
      [1, 'a'],
      [1, 'b'],
      [2, 'c'],
    ]);
  });

  test('UTF-16 as Windows PowerShell writes it', async () => {
    const text = '\ufeff[\r\n  { "id": "ä" }\r\n]';
    const found = await read(Buffer.from(text, 'utf16le'));
    expect(found.map(({ row: good }) => good?.['id'])).toEqual(['ä']);
  });
});

describe('CSV', () => {
  test("of the admin centre's report: a row for each recipient", async () => {
    const found = await read(
      'origin_timestamp_utc,sender_address,recipient_status,message_subject,total_bytes,network_message_id\n' +
        '"2026-11-28T09:05:00.123Z",a@x.example,"b@y.example##Receive, Deliver;c@z.example##Receive, Fail","Hi, ""you""",1234,6842b0ac-1cb9-4945-1f16-5984e00099ca\n',
    );
    expect(found.map((each) => each.row)).toEqual([
      expect.objectContaining({
        RecipientAddress: 'b@y.example',
        Status: 'Delivered',
        Subject: 'Hi, "you"',
        Size: 1234,
      }),
      expect.objectContaining({
        RecipientAddress: 'c@z.example',
        Status: 'Failed',
        Received: '2026-11-28T09:05:00.123Z',
      }),
    ]);
  });

  test('of Export-Csv with American dates', async () => {
    const found = await read(
      '\ufeff"Received","SenderAddress","RecipientAddress","Status"\r\n"11/28/2026 9:05:07 PM","a@x.example","b@y.example","Delivered"\r\n',
    );
    expect(found).toEqual([
      { line: 2, row: expect.objectContaining({ Received: '2026-11-28T21:05:07Z' }) as unknown as object },
    ]);
  });

  test('something else is neither', async () => {
    await expect(read('hello\nworld\n')).rejects.toThrow('neither JSON nor CSV');
  });
});
