import { expect, test } from '@jest/globals';
import { RequestLog } from '../../../src/microsoft/http/request-log.js';

const request = {
  atMs: 0,
  method: 'GET',
  path: '/',
  startMs: null,
  endMs: null,
  skiptoken: null,
  page: 1,
  credentials: 'right',
  status: 200,
  rows: 7,
  result: 'page',
} as const;

function logOf(capacity: number, requests: number): RequestLog<'page' | 'refused'> {
  const log = new RequestLog<'page' | 'refused'>(capacity);
  for (let at = 0; at < requests; at++) log.add({ ...request, result: at % 3 === 0 ? 'refused' : 'page' });
  return log;
}

test('counts every request, though it keeps only the latest ones', () => {
  const log = logOf(10, 1_003);
  expect(log.totals).toEqual({ requests: 1_003, rows: 7_021, byResult: { page: 668, refused: 335 } });
  expect(log.recent.map(({ number }) => number)).toEqual([994, 995, 996, 997, 998, 999, 1000, 1001, 1002, 1003]);
});

test('keeps all of them in order while there is room', () => {
  expect(logOf(10, 10).recent.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(logOf(10, 0).recent).toEqual([]);
});

test('tells of the nth request when it comes, when it has come, and that it is forgotten', async () => {
  const log = logOf(2, 3);
  const coming = log.nth(5);
  log.add(request);
  log.add({ ...request, rows: 1 });
  expect(await coming).toMatchObject({ number: 5, rows: 1 });
  expect(await log.nth(4)).toMatchObject({ number: 4, rows: 7 });
  await expect(log.nth(3)).rejects.toThrow('not among the latest 2');
});

test('tells a listener of each request until it stops listening', () => {
  const log = logOf(5, 1);
  const seen: number[] = [];
  const stop = log.on(({ number }) => seen.push(number));
  log.add(request);
  log.add(request);
  stop();
  log.add(request);
  expect(seen).toEqual([2, 3]);
});

test('tells of the next request that fits', async () => {
  const log = logOf(5, 0);
  const refused = log.next(({ result }) => result === 'refused');
  log.add(request);
  log.add({ ...request, result: 'refused' });
  expect(await refused).toMatchObject({ number: 2 });
});
