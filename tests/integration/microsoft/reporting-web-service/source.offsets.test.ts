import { expect, test } from '@jest/globals';
import { RangeRefusedError } from '../../../../src/model/errors.js';
import { respond, startLoopback, type Loopback } from '../../../support/loopback.js';
import { row } from '../../../support/records.js';
import { readAll } from '../../../support/microsoft/reading.js';
import { sourceAt } from '../../../support/microsoft/reporting-web-service/service.js';

const read = (server: Loopback) => readAll(sourceAt(`${server.origin}/ecp/reportingwebservice/reporting.svc`));
const pageOf = (page: number, rows: number) =>
  Array.from({ length: rows }, (_, index) => row({ MessageTraceId: `page-${page}-row-${index}` }));

test('a full page is recognised although some of its entries are no rows', async () => {
  const server = await startLoopback((_, response, number) =>
    respond(response, 200, { d: number === 1 ? [null, ...pageOf(1, 1999)] : pageOf(2, 1) }),
  );
  expect(await read(server)).toHaveLength(2000);
  expect(server.received).toHaveLength(2);
});

test('nothing is asked on from a page that is not full', async () => {
  const server = await startLoopback((_, response) => respond(response, 200, { d: pageOf(1, 1999) }));
  expect(await read(server)).toHaveLength(1999);
  expect(server.received).toHaveLength(1);
});

test('a service that ignores the offset is asked by time, and left where more rows than a page have the same time', async () => {
  const newest = row({ MessageTraceId: 'newest', Received: `/Date(${Date.UTC(2022, 6, 25, 12, 50)})/` });
  const server = await startLoopback(({ target }, response) =>
    respond(response, 200, {
      d: [...(target.includes('13%3A00%3A00') ? [newest] : []), ...pageOf(1, 2000)].slice(0, 2000),
    }),
  );
  await expect(read(server)).rejects.toThrow(RangeRefusedError);
  const ends = server.received.map(({ target }) => /EndDate eq .*T(.*)Z/.exec(decodeURIComponent(target))?.[1]);
  expect(ends.slice(0, 4)).toEqual(['13:00:00', '13:00:00', '12:26:14', '12:26:14']);
  expect(server.received[1]!.target).toContain('$skiptoken=1999');
  expect(server.received.length).toBeLessThan(10);
});

test('a page that was asked for once more and lost its rows meanwhile is not taken for the end', async () => {
  const server = await startLoopback((_, response, number) =>
    respond(response, 200, { d: number > 5 ? [] : pageOf(1, 2000) }),
  );
  await expect(read(server)).rejects.toThrow(RangeRefusedError);
});
