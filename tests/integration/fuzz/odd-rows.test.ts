import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page, Source } from '../../../src/model/ports.js';
import { fingerprintOf } from '../../../src/collector/fingerprint-set.js';
import { PlanAgainError } from '../../../src/model/errors.js';
import { eventText, maxEventBytes } from '../../../src/message-trace/event-text.js';
import type { EventOptions } from '../../../src/message-trace/event.js';
import { MicrosoftClient } from '../../../src/microsoft/http/client.js';
import { GraphSource } from '../../../src/microsoft/graph/source.js';
import { ReportingWebServiceSource } from '../../../src/microsoft/reporting-web-service.js';
import { wire } from '../../support/arbitrary-response.js';
import { transportWith } from '../../support/outbound.js';
import { RawServer } from '../../support/raw-server.js';
import { guidance, range } from '../../support/microsoft/reading.js';

const server = new RawServer();
beforeAll(() => server.open());
afterAll(() => server.close());

const authorization = { header: () => Promise.resolve('Bearer t0ken'), discard: () => false };

interface Dialect {
  readonly source: () => Source;
  readonly names: {
    readonly id: string;
    readonly recipient: string;
    readonly subject: string;
    readonly size: string;
    readonly received: string;
  };
  readonly format: EventOptions;
}

const client = () => new MicrosoftClient(server.origin, { transport: transportWith(), authorization });
const dialects: Record<string, Dialect> = {
  'the Reporting Web Service': {
    source: () => new ReportingWebServiceSource(server.origin, client(), guidance),
    names: {
      id: 'MessageTraceId',
      recipient: 'RecipientAddress',
      subject: 'Subject',
      size: 'Size',
      received: 'Received',
    },
    format: { eventFormat: 'normalized', intakeFormat: 'message_trace' },
  },
  'Microsoft Graph': {
    source: () => new GraphSource(server.origin, client(), guidance, undefined),
    names: { id: 'id', recipient: 'recipientAddress', subject: 'subject', size: 'size', received: 'receivedDateTime' },
    format: { eventFormat: 'normalized', intakeFormat: 'message_trace_graph_api' },
  },
};

describe.each(Object.entries(dialects))('a page of %s', (_, { source, names, format }) => {
  const good = (id: string, more = '') => `{"${names.id}":"${id}","${names.recipient}":"bob@example.com"${more}}`;

  async function read(...entries: string[]): Promise<Page> {
    server.answers = [wire({ status: 200, headers: [], body: Buffer.from(`{"value":[${entries.join(',')}]}`) })];
    const pages: Page[] = [];
    for await (const page of source().pages(range, new AbortController().signal)) {
      pages.push(page);
      // The Reporting Web Service is asked on where a page is full and has no link.
      break;
    }
    return pages[0]!;
  }

  const eventOf = ({ records }: Page, index = 0) =>
    JSON.parse(eventText(records[index]!, format)) as Record<string, unknown>;

  test.each([
    ['lists', (levels: number) => '['.repeat(levels) + ']'.repeat(levels)],
    ['objects', (levels: number) => `${'{"a":'.repeat(levels)}0${'}'.repeat(levels)}`],
  ])(
    'costs no other row where one holds %s nested 100,000 deep; it is set aside and can be written down',
    async (_kind, nest) => {
      const page = await read(good('1'), good('2', `,"x":${nest(100_000)}`), nest(100_000), good('3'));
      expect(page.records.map(({ traceId }) => traceId)).toEqual(['1', '3']);
      expect(page.unreadable).toHaveLength(2);
      expect(page.unreadable[0]).toMatchObject({ [names.id]: '2' });
      // As it is written to the file of rejected rows.
      expect(JSON.stringify(page.unreadable)).toContain('nested too deeply');
    },
  );

  test('delivers a row with ten levels of metadata like any other', async () => {
    const page = await read(good('1', `,"x":${'['.repeat(10)}${']'.repeat(10)}`));
    expect(page.records).toHaveLength(1);
  });

  test.each(['__proto__', 'constructor', 'toString', 'toJSON', 'hasOwnProperty'])(
    'may have a key %s, which stays a key of that row and touches nothing else',
    async (key) => {
      const page = await read(good('1', `,"${key}":{"polluted":true}`));
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
      fingerprintOf(page.records[0]!);
      const text = eventText(page.records[0]!, format);
      expect(text).toContain(`"${key}":{"polluted":true}`);
      expect(Object.hasOwn(eventOf(page), key)).toBe(true);
    },
  );

  const keys = (count: number) => Array.from({ length: count }, (_none, index) => `"k${index}":0`).join(',');

  test('keeps nearly ten thousand keys of a row', async () => {
    const page = await read(good('1', `,${keys(9_998)}`));
    expect(Object.keys(eventOf(page)).length).toBeGreaterThan(9_998);
  });

  test('with a row of more keys is planned again, in parts once that has happened often', async () => {
    await expect(read(good('1', `,${keys(9_999)}`))).rejects.toThrow(PlanAgainError);
  });

  test('shortens a subject of megabytes, whatever its characters', async () => {
    for (const character of ['x', '€', '\\u0001', '\\ud83d\\ude00', '\\ud800', '\\"']) {
      const page = await read(good('1', `,"${names.subject}":"${character.repeat(1_000_000)}"`), good('2'));
      const text = eventText(page.records[0]!, format);
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(maxEventBytes);
      expect(Buffer.byteLength(text)).toBeGreaterThan(maxEventBytes - 100);
      expect(page.records).toHaveLength(2);
    }
  });

  test.each([
    ['1e999', undefined],
    ['-0', 0],
    ['999999999999999', 999999999999999],
    ['9007199254740993', undefined],
    ['1e300', undefined],
    ['-1', undefined],
    ['0.5', undefined],
    ['"9007199254740993"', undefined],
    ['[7]', undefined],
  ])('with the size %s has the size %s in its event, and none that is null', async (size, expected) => {
    const page = await read(good('1', `,"${names.size}":${size}`));
    const { office365 } = eventOf(page) as { office365: { message_trace: { Size?: number } } };
    expect(office365.message_trace.Size).toBe(expected);
    expect(Object.hasOwn(office365.message_trace, 'Size')).toBe(expected !== undefined);
  });

  test.each([
    '+275760-09-13T00:00:00Z',
    '/Date(9999999999999999)/',
    '/Date(-9999999999999999)/',
    '2026-13-45T99:99:99Z',
    '0000-00-00T00:00:00',
    '2026-11-23T10:00:00+99:99',
    '0001-01-01T00:00:00Z',
    '9999-12-31T23:59:59.9999999Z',
    '/Date(-62135596800000)/',
    '/Date(0)/',
  ])('with the time %s has a row without a time', async (time) => {
    const page = await read(good('1', `,"${names.received}":"${time}"`));
    expect(page.records[0]).toMatchObject({ received: undefined, receivedMs: undefined });
    expect(eventOf(page)['@timestamp']).toBeUndefined();
  });

  test('takes the last of several keys of the same name', async () => {
    const page = await read(good('1', `,"${names.subject}":"one","${names.subject}":"two"`));
    expect(page.records[0]?.subject).toBe('two');
  });

  test('may hold 150,000 rows, whatever was asked for: all of them are read', async () => {
    const page = await read(Array.from({ length: 150_000 }, (_none, index) => good(`row-${index}`)).join(','));
    expect(new Set(page.records.map(({ traceId }) => traceId)).size).toBe(150_000);
  });

  test('with more rows than fit into memory is planned again, in parts once that has happened often', async () => {
    await expect(read(Array(250_001).fill('{}').join(','))).rejects.toThrow(PlanAgainError);
  });
});
