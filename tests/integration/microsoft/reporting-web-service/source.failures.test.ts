import { describe, expect, test } from '@jest/globals';
import { passingFaults, type ReportingFault } from '@local/testbed';
import { OutOfReachError, RangeRefusedError, SettingsError, UnavailableError } from '../../../../src/model/errors.js';
import { skipWaits } from '../../../support/fast-forward.js';
import { respond, startLoopback } from '../../../support/loopback.js';
import {
  guidance,
  booked,
  hour,
  names,
  presentMs,
  range,
  readAll,
  unread,
} from '../../../support/microsoft/reading.js';
import { withService } from '../../../support/microsoft/reporting-web-service/service.js';

describe('a failure that passes costs no row', () => {
  test.each(passingFaults)('%s, on the first page and on a later one', async (fault) => {
    skipWaits();
    await withService({ pageRows: 100, retryAfterSeconds: 0 }, async ({ simulator, source }) => {
      simulator.world.add({ rows: 250, from: range.start, to: range.end });
      simulator.server.faults.failNext(fault, 2, { page: 1 });
      simulator.server.faults.failNext(fault, 1, { page: 3 });
      expect(names(await readAll(source)).sort()).toEqual(booked(simulator.world).sort());
      expect(simulator.server.requests.totals.requests).toBe(6);
    });
  });

  test.each<ReportingFault>(['http-503', 'html-with-200', 'cut-off-json', 'empty-200'])(
    '%s that does not pass ends the reading as unavailable, after the pages before it',
    async (fault) => {
      skipWaits();
      await withService({ pageRows: 100 }, async ({ simulator, source }) => {
        simulator.world.add({ rows: 250, from: range.start, to: range.end });
        const pages = source.pages(range, new AbortController().signal);
        expect((await pages.next()).value?.records).toHaveLength(100);
        simulator.server.faults.failNext(fault, Infinity);
        await expect(pages.next()).rejects.toThrow(UnavailableError);
        // Five times the page, and twice what comes after the rows before it.
        expect(simulator.server.requests.totals.requests).toBe(8);
      });
    },
  );
});

describe('what the service refuses for good is asked once', () => {
  test.each<[ReportingFault, new (...args: never[]) => Error]>([
    ['http-401', SettingsError],
    ['http-403', SettingsError],
    ['http-404', SettingsError],
    ['http-410', SettingsError],
    ['sign-in-page', SettingsError],
    ['sign-in-redirect', SettingsError],
    ['http-400', RangeRefusedError],
    ['http-400-time-limit', OutOfReachError],
  ])('%s', async (fault, kind) => {
    await withService({}, async ({ simulator, source }) => {
      simulator.server.faults.failNext(fault, Infinity);
      await expect(readAll(source)).rejects.toThrow(kind);
      expect(simulator.server.requests.totals.requests).toBe(1);
    });
  });

  test('a wrong password', async () => {
    await withService({ accountPassword: 'An0ther' }, async ({ simulator, source }) => {
      await expect(readAll(source)).rejects.toThrow(guidance.refused);
      expect(simulator.server.requests.totals.requests).toBe(1);
    });
  });

  test.each([10, 30])(
    'a range older than the %i days that the service keeps, which is learned',
    async (historyDays) => {
      await withService({ historyDays }, async ({ source }) => {
        const start = presentMs - (historyDays + 1) * 24 * hour;
        await expect(readAll(source, { start, end: start + hour })).rejects.toMatchObject({
          name: 'OutOfReachError',
          historyMs: historyDays * 24 * hour,
        });
      });
    },
  );
});

test.each<ReportingFault>(['dead-link-400', 'dead-link-404', 'dead-link-410'])(
  'links to later pages that are all dead cost a request each: %s',
  async (fault) => {
    await withService({ pageRows: 100 }, async ({ simulator, source }) => {
      simulator.world.add({ rows: 250, from: range.start, to: range.end });
      simulator.server.faults.failNext(fault, Infinity);
      expect(unread(simulator.world, await readAll(source))).toEqual([]);
      expect(simulator.server.requests.totals).toMatchObject({ requests: 5, byResult: { page: 3, [fault]: 2 } });
    });
  },
);

test('a link to another host is never followed, and all rows are read without it', async () => {
  const other = await startLoopback((_, response) => respond(response, 200, { d: [] }));
  await withService({ pageRows: 100, foreignOrigin: other.origin }, async ({ simulator, source, links }) => {
    simulator.world.add({ rows: 250, from: range.start, to: range.end });
    simulator.server.faults.failNext('link-to-another-host', Infinity);
    expect(unread(simulator.world, await readAll(source))).toEqual([]);
    expect(links.foreign).toHaveLength(2);
    expect(links.foreign[0]).toContain(other.origin);
    expect(links.remedies).toEqual(['continued', 'continued']);
    expect(simulator.server.requests.totals.requests).toBe(3);
  });
  expect(other.received).toHaveLength(0);
});
