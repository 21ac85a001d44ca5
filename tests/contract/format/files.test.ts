import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { JsonObject, JsonValue } from '../../../src/model/json.js';
import { flat, formatFolder, parse, pythonWithJinja, UNDEFINED } from './support.js';

interface Case {
  readonly input: { readonly message: string };
  readonly expected: JsonObject;
}

interface Description {
  readonly value: string;
  readonly conditions: readonly { readonly field: string; readonly value?: JsonValue }[];
}

const read = (path: string) => readFileSync(new URL(path, formatFolder));
const json = (path: string): unknown => JSON.parse(read(path).toString());
const files = readdirSync(new URL('tests/', formatFolder)).sort();
const cases = files.map((file) => json(`tests/${file}`) as Case);
const descriptions = json('_meta/smart-descriptions.json') as Description[];

beforeAll(async () => {
  await pythonWithJinja();
}, 600_000);

test.each(UNDEFINED)(
  'the parser makes the expected document of each event in tests/ with %s of jinja2',
  async (kind) => {
    const parsed = await parse(
      cases.map(({ input }) => input.message),
      kind,
    );
    expect(parsed.map(({ document }) => document)).toEqual(
      cases.map(({ input, expected: { message, ...document } }) => {
        expect(message).toBe(input.message);
        return document;
      }),
    );
    expect(cases.length).toBeGreaterThanOrEqual(18);
  },
);

test('a message that is no JSON gets a warning, and no fields', async () => {
  const [parsed] = await parse(['{"Subject": '], 'Undefined');
  expect(parsed).toEqual({ document: {}, warnings: [expect.stringContaining('json.parse-json')] });
});

const textOf = (value: JsonValue | undefined): string =>
  (Array.isArray(value) ? value : [value])
    .map((one) => (typeof one === 'string' ? one : JSON.stringify(one)))
    .join(', ');

/** As Sekoia.io chooses and fills them: of those whose conditions all hold, the one with most of them. */
function describeDocument(document: JsonObject): string {
  const fields = flat(document);
  const fitting = descriptions.filter(({ conditions }) =>
    conditions.every(({ field, value }) => fields.has(field) && (value === undefined || fields.get(field) === value)),
  );
  const most = Math.max(...fitting.map(({ conditions }) => conditions.length));
  const chosen = fitting.filter(({ conditions }) => conditions.length === most);
  // Two would make the choice a matter of luck.
  expect(chosen).toHaveLength(1);
  return chosen[0]!.value.replace(/\{([\w.]+)\}/g, (_, field: string) => textOf(fields.get(field)));
}

describe('smart descriptions', () => {
  test('say in a sentence what became of the message', () => {
    const sentences = cases.map(({ expected }, index) => [files[index], describeDocument(expected)]);
    const of = (name: string) =>
      sentences.filter(([file]) => file!.startsWith(`test_${name}_`)).map(([, text]) => text);
    const inEachFormat = (text: string) => [text, text, text];
    expect(of('graph_delivered')).toEqual(
      inEachFormat('user1@example.com sent “Quarterly report” to user2@example.org: delivered'),
    );
    expect(of('graph_bounce')).toEqual(
      inEachFormat('Bounce “Undeliverable: Quarterly report” to user2@example.org: not delivered'),
    );
    expect(of('graph_unknown_status_without_subject')).toEqual(
      inEachFormat('user1@example.com sent a message to user2@example.org: OnHold'),
    );
    expect(sentences.filter(([, text]) => /undefined|[{}]/.test(text!.replace('{{ 7 * 7 }}', '')))).toEqual([]);
  });

  test('cover a document with next to nothing in it', () => {
    const bare = { event: { category: ['email'], outcome: 'unknown' } };
    expect(describeDocument(bare)).toBe('Message trace without a recipient or a status');
  });
});

test('the format belongs to this module and its connector', () => {
  const root = (file: string) => json(`../../${file}`) as { uuid: string };
  const manifest = read('_meta/manifest.yml').toString();
  expect(manifest).toContain(`automation_module_uuid: ${root('manifest.json').uuid}\n`);
  expect(manifest).toContain(`automation_connector_uuid: ${root('connector_message_trace_graph.json').uuid}\n`);
  expect(manifest).toMatch(/^uuid: 8c0bc879-8386-423a-8e9a-057ec436e0ec$/m);
});

test('the logo is what Sekoia.io demands: a square PNG with transparency, of at most 50 KiB', () => {
  const logo = read('_meta/logo.png');
  expect(logo.toString('latin1', 1, 4)).toBe('PNG');
  expect(logo.readUInt32BE(16)).toBe(logo.readUInt32BE(20));
  // Colour type 6: red, green, blue and alpha.
  expect(logo.readUInt8(25)).toBe(6);
  expect(logo.length).toBeLessThanOrEqual(51_200);
});
