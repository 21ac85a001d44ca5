import { expect, test } from '@jest/globals';
import { RangeRefusedError } from '../../../../src/errors.js';
import { answer, startLoopback, type Loopback } from '../../../support/loopback.js';
import { row } from '../../../support/records.js';
import { readAll } from '../reading.js';
import { sourceAt } from './service.js';

const read = (server: Loopback) => readAll(sourceAt(`${server.origin}/ecp/reportingwebservice/reporting.svc`));
const pageOf = (page: number, rows: number) =>
  Array.from({ length: rows }, (_, index) => row({ MessageTraceId: `page-${page}-row-${index}` }));

test('a full page is recognised although some of its entries are no rows', async () => {
  const server = await startLoopback((_, response, number) =>
    answer(response, 200, { d: number === 1 ? [null, ...pageOf(1, 1999)] : pageOf(2, 1) }),
  );
  expect(await read(server)).toHaveLength(2000);
  expect(server.received).toHaveLength(2);
});

test('nothing is asked on from a page that is not full', async () => {
  const server = await startLoopback((_, response) => answer(response, 200, { d: pageOf(1, 1999) }));
  expect(await read(server)).toHaveLength(1999);
  expect(server.received).toHaveLength(1);
});

test('a service that ignores the offset is left', async () => {
  const server = await startLoopback((_, response, number) =>
    answer(response, 200, { d: number > 5 ? [] : pageOf(1, 2000) }),
  );
  await expect(read(server)).rejects.toThrow(RangeRefusedError);
  expect(server.received).toHaveLength(2);
  expect(server.received[1]!.target).toContain('$skiptoken=1999');
});
