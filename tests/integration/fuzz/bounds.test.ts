import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { REAL_TIMERS } from '@sekoia/automation-sdk-shim';
import { HttpClient } from '../../../packages/automation-sdk-shim/src/http/http-client.js';
import { NetworkError } from '../../../packages/automation-sdk-shim/src/http/network-error.js';
import { PlanAgainError, UnavailableError } from '../../../src/model/errors.js';
import { parseJson } from '../../../src/microsoft/http/json.js';
import { wire } from '../../support/arbitrary-response.js';
import { waitBy } from '../../support/fast-forward.js';
import { transportWith } from '../../support/outbound.js';
import { endlessly, RawServer, type RawResponse } from '../../support/raw-server.js';

const mebibyte = 1024 * 1024;
const { signal } = new AbortController();
const server = new RawServer();
const client = new HttpClient({ userAgent: 'message-trace-test/1.0' });
beforeAll(() => server.open());
afterAll(async () => {
  client.close();
  await server.close();
});

const askMicrosoft = () => transportWith().send({ method: 'GET', url: new URL(server.origin), headers: {} }, signal);
const askSekoia = () => client.send({ method: 'GET', url: server.origin, headers: {}, responseMs: 60_000, signal });

/** How much the resident set grew at most while something was done, in bytes. */
async function growthDuring(work: () => Promise<unknown>): Promise<number> {
  const before = process.memoryUsage.rss();
  let max = before;
  const look = () => (max = Math.max(max, process.memoryUsage.rss()));
  const timer = setInterval(look, 5);
  await work();
  clearInterval(timer);
  look();
  return max - before;
}

const blanks = Buffer.alloc(16 * mebibyte, ' ');
const packed = (encoding: string, body: Buffer) =>
  wire({ status: 200, headers: [['Content-Encoding', encoding]], body });

const tooLarge: [string, () => RawResponse][] = [
  [
    'that comes in chunks without an end',
    () => endlessly(head('Transfer-Encoding: chunked'), chunk(Buffer.alloc(65_536, ' '))),
  ],
  ['without a length and without an end', () => endlessly(head(), Buffer.alloc(65_536, ' '))],
  [
    'whose two mebibytes of gzip are two gibibytes',
    () => packed('gzip', Buffer.concat(Array<Buffer>(128).fill(gzipSync(blanks)))),
  ],
  [
    'whose deflate holds 80 mebibytes',
    () => packed('deflate', deflateSync(Buffer.concat(Array<Buffer>(5).fill(blanks)))),
  ],
  [
    'whose brotli holds 80 mebibytes',
    () => packed('br', brotliCompressSync(Buffer.concat(Array<Buffer>(5).fill(blanks)))),
  ],
];

describe.each(tooLarge)('an answer %s', (_, make) => {
  test('of Microsoft ends at 16 MiB: what to ask is planned again, in parts once that has happened often', async () => {
    server.answers = [make()];
    const growth = await growthDuring(async () => {
      await expect(askMicrosoft()).rejects.toThrow(PlanAgainError);
    });
    expect(growth).toBeLessThan(200 * mebibyte);
  });

  test('of Sekoia.io ends at 4 MiB', async () => {
    server.answers = [make()];
    const growth = await growthDuring(async () => {
      await expect(askSekoia()).rejects.toThrow(NetworkError);
    });
    expect(growth).toBeLessThan(150 * mebibyte);
  });
});

test('an answer that is packed several times over is not unpacked at all, and is no JSON', async () => {
  server.answers = [packed('gzip, gzip', gzipSync(gzipSync(blanks)))];
  const { body, host } = await askMicrosoft();
  expect(body.length).toBeLessThan(mebibyte);
  expect(() => parseJson(body, host)).toThrow(UnavailableError);
});

test.each<[string, RawResponse]>([
  ['a header without an end', endlessly('HTTP/1.1 200 OK\r\nX: ', Buffer.alloc(65_536, 'x'))],
  ['headers without an end', endlessly('HTTP/1.1 200 OK\r\n', Buffer.from('X: x\r\n'.repeat(1000)))],
  [
    'trailers without an end',
    endlessly(`${head('Transfer-Encoding: chunked')}0\r\n`, Buffer.from('X: x\r\n'.repeat(1000))),
  ],
  ['a chunk extension without an end', endlessly(`${head('Transfer-Encoding: chunked')}1;`, Buffer.alloc(65_536, 'x'))],
  ['a status line that is rubbish', Buffer.from('\u0000\u0001 200 what\r\n\r\n')],
  ['JSON without HTTP', Buffer.from('{"value":[]}')],
  ['two lengths', Buffer.from(`${head('Content-Length: 2', 'Content-Length: 3')}{}`)],
  ['a length below zero', Buffer.from(`${head('Content-Length: -2')}{}`)],
  ['a length beyond all numbers', Buffer.from(`${head(`Content-Length: ${'9'.repeat(40)}`)}{}`)],
  ['a chunk of no size', Buffer.from(`${head('Transfer-Encoding: chunked')}ZZ\r\n{}`)],
  ['gzip that is none', packed('gzip', Buffer.from('no gzip at all'))],
  ['nothing', Buffer.alloc(0)],
])('%s is no answer, and is given up at once', async (_, bytes) => {
  server.answers = [bytes];
  await expect(askMicrosoft()).rejects.toThrow(UnavailableError);
  server.answers = [bytes];
  await expect(askSekoia()).rejects.toThrow(NetworkError);
});

describe('what never becomes an answer ends with the time that an answer may take:', () => {
  test.each<[string, RawResponse]>([
    ['hints of an answer to come', endlessly('', Buffer.from('HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(100)))],
    ['another protocol', Buffer.from('HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n')],
    [
      'gzip without content',
      endlessly(head('Content-Encoding: gzip'), Buffer.concat(Array<Buffer>(1000).fill(gzipSync('')))),
    ],
  ])('%s', async (_, bytes) => {
    server.answers = [bytes];
    waitBy({ ...REAL_TIMERS, after: (_ms, then) => REAL_TIMERS.after(300, then) });
    const growth = await growthDuring(() => expect(askMicrosoft()).rejects.toThrow(PlanAgainError));
    expect(growth).toBeLessThan(150 * mebibyte);
    server.answers = [bytes];
    await expect(
      client.send({ method: 'GET', url: server.origin, headers: {}, responseMs: 300, signal }),
    ).rejects.toThrow(NetworkError);
  });
});

const keys = (count: number) => Array.from({ length: count }, (_none, index) => `"k${index}":1`).join(',');

test.each([
  ['ten million values', () => `{"value":[${'{},'.repeat(10 * mebibyte)}{}]}`],
  ['fifteen million levels', () => `${'['.repeat(15 * mebibyte)}${']'.repeat(15 * mebibyte)}`],
  ['one object of a million members', () => `{"value":[{${keys(1_000_000)}}]}`],
  ['a million small objects', () => `{"value":[${'{"a":1},'.repeat(1_000_000)}{}]}`],
  ['a million levels', () => '['.repeat(1_000_000) + ']'.repeat(1_000_000)],
  ['sixteen mebibytes of numbers', () => `{"value":[${'1,'.repeat(8 * mebibyte - 10)}1]}`],
])('JSON of %s is not parsed: it would take hundreds of mebibytes', async (_, make) => {
  const text = make();
  const growth = await growthDuring(() => {
    expect(() => parseJson(text, 'graph.example')).toThrow(PlanAgainError);
    return Promise.resolve();
  });
  expect(growth).toBeLessThan(60 * mebibyte);
});

test('is planned again as the range that may be at fault, so that reading goes on without it', () => {
  const text = `{"value":[{${keys(10_001)}}]}`;
  expect(() => parseJson(text, 'graph.example')).toThrow(
    expect.objectContaining({ mayBeTheRange: true, message: expect.stringContaining('more than 10000 members') }),
  );
});

test.each([
  ['5,000 rows of 15 members', 5_000, 15, 'x'.repeat(100)],
  ['2,000 rows of 25 members', 2_000, 25, 'x'.repeat(100)],
  ['5,000 rows with subjects of 255 characters that are all escaped', 5_000, 2, '\u00e9'.repeat(255)],
])('a page of %s is far within the limits', (_, rows, members, text) => {
  const row = Object.fromEntries(Array.from({ length: members }, (_none, index) => [`member${index}`, text]));
  const page = JSON.stringify({ value: Array.from({ length: rows }, () => row) });
  expect(parseJson(page, 'graph.example')).toHaveProperty('value.length', rows);
});

test.each([
  ['escaped quotes', `{"a":"${'\\"'.repeat(6_000_000)}`],
  ['backslashes that begin nothing', `{"a":"${'\\x'.repeat(6_000_000)}`],
  ['control characters', `{"a":"${'\u0001'.repeat(12_000_000)}`],
])('12 MB of %s are not repaired at the price of hundreds of MiB', async (_, text) => {
  const growth = await growthDuring(() => {
    expect(() => parseJson(text, 'graph.example')).toThrow(UnavailableError);
    return Promise.resolve();
  });
  expect(growth).toBeLessThan(150 * mebibyte);
});

function head(...headers: string[]): string {
  return ['HTTP/1.1 200 OK', ...headers, '', ''].join('\r\n');
}

function chunk(content: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${content.length.toString(16)}\r\n`), content, Buffer.from('\r\n')]);
}
