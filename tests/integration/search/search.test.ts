import { expect, test } from '@jest/globals';
import { FilterError } from '../../../src/search/filter.js';
import { SettingsError, UnavailableError } from '../../../src/model/errors.js';
import { skipWaits } from '../../support/fast-forward.js';
import {
  allRows,
  collect,
  day,
  hour,
  nameOf,
  namesOf,
  plenty,
  presentMs,
  signal,
  withTenant,
} from '../../support/search-tenant.js';

test('finds the rows of several senders and recipients, each once, and asks for one value at a time', async () => {
  await withTenant({ pageRows: 100 }, async ({ simulator, search, asked }) => {
    simulator.world.add({ rows: 2_000, from: presentMs - 20 * hour, to: presentMs - hour });
    const rows = allRows(simulator);
    const sender = [rows[10]!.sender, rows[500]!.sender, rows[1_500]!.sender.toUpperCase()];
    const wanted = rows.filter((row) => sender.some((one) => one.toLowerCase() === row.sender.toLowerCase()));
    const found = search.search({ sender }, plenty);
    expect(namesOf(await collect(found))).toEqual(namesOf(wanted));
    expect(found.completeness).toMatchObject({ complete: true, rows: wanted.length, requests: asked().length });
    expect(asked()).toHaveLength(new Set(sender).size);
    expect(asked().some((url) => / or | in /.test(url))).toBe(false);
  });
});

test.each(['fromIP', 'senderAddress', 'subject', 'status', 'recipientAddress'] as const)(
  'returns no wrong row where the service passes over the filter %s, or refuses it',
  async (property) => {
    for (const options of [{ ignoredFilters: [property] }, { refusedFilters: [property] }]) {
      await withTenant({ ...options, pageRows: 500 }, async ({ simulator, search }) => {
        simulator.world.add({ rows: 1_500, from: presentMs - 20 * hour, to: presentMs - hour });
        const rows = allRows(simulator);
        const { sender, recipient, fromIp, status } = rows.find(
          (row) => row.fromIp?.includes('.') && row.subject !== null,
        )!;
        const filters = {
          fromIP: [{ fromIp: fromIp! }, (row: (typeof rows)[0]) => row.fromIp === fromIp],
          senderAddress: [{ sender }, (row: (typeof rows)[0]) => row.sender.toLowerCase() === sender.toLowerCase()],
          recipientAddress: [
            { recipient },
            (row: (typeof rows)[0]) => row.recipient.toLowerCase() === recipient.toLowerCase(),
          ],
          status: [{ status }, (row: (typeof rows)[0]) => row.status === status],
          subject: [
            { subject: 'weekly', subjectMatch: 'starts_with' },
            (row: (typeof rows)[0]) => row.subject?.toLowerCase().startsWith('weekly') ?? false,
          ],
        } as const;
        const [filter, fits] = filters[property];
        const found = search.search(filter, plenty);
        const wanted = rows.filter(fits);
        expect(wanted.length).toBeGreaterThan(0);
        expect(namesOf(await collect(found))).toEqual(namesOf(wanted));
        expect(found.completeness.complete).toBe(true);
      });
    }
  },
);

test('finds addresses and subjects with quotes', async () => {
  await withTenant({}, async ({ simulator, search, asked }) => {
    simulator.world.add({ rows: 3_000, from: presentMs - 20 * hour, to: presentMs - hour });
    const rows = allRows(simulator);
    const quoted = rows.find(({ recipient }) => recipient.includes("'"))!;
    const recipient = quoted.recipient;
    expect(namesOf(await collect(search.search({ recipient }, plenty)))).toEqual(
      namesOf(rows.filter((row) => row.recipient.toLowerCase() === recipient.toLowerCase())),
    );
    expect(asked().at(-1)).toContain(`'${recipient.replaceAll("'", "''")}'`);
    const subject = `He said "yes", then 'no'`;
    const bySubject = await collect(search.search({ subject, subjectMatch: 'equals' }, plenty));
    expect(namesOf(bySubject)).toEqual(namesOf(rows.filter((row) => row.subject === subject)));
    expect(bySubject.length).toBeGreaterThan(0);
  });
});

test('searches more than ten days in several requests, the newest first', async () => {
  await withTenant({}, async ({ simulator, search, asked }) => {
    simulator.world.add({ rows: 900, from: presentMs - 44 * day, to: presentMs - hour });
    const found = search.search({ period: '35d' }, plenty);
    const wanted = allRows(simulator).filter(({ receivedMs }) => receivedMs >= presentMs - 35 * day);
    expect(namesOf(await collect(found))).toEqual(namesOf(wanted));
    expect(asked()).toHaveLength(4);
    expect(found.completeness).toMatchObject({ complete: true, searchedFrom: presentMs - 35 * day });
  });
});

test('says that the limit on rows has cut the answer, and from when on it is whole', async () => {
  await withTenant({ pageRows: 100 }, async ({ simulator, search }) => {
    simulator.world.add({ rows: 1_000, from: presentMs - 20 * hour, to: presentMs - hour });
    const rows = allRows(simulator);
    const exact = search.search({}, { ...plenty, maxRows: 1_000 });
    expect(await collect(exact)).toHaveLength(1_000);
    expect(exact.completeness.complete).toBe(true);

    const cut = search.search({}, { ...plenty, maxRows: 450 });
    const found = await collect(cut);
    expect(found).toHaveLength(450);
    const { complete, stoppedBy, reason, searchedFrom } = cut.completeness;
    expect({ complete, stoppedBy }).toEqual({ complete: false, stoppedBy: 'rows' });
    expect(reason).toMatch(/^More than 450 rows fit\. Narrow/);
    expect(searchedFrom).toBeGreaterThan(presentMs - 20 * hour);
    const whole = rows.filter(({ receivedMs }) => receivedMs >= searchedFrom);
    expect(whole.length).toBeGreaterThan(400);
    const names = new Set(namesOf(found));
    expect(whole.filter((row) => !names.has(nameOf(row)))).toEqual([]);
  });
});

test('says that the limit on requests has cut the answer', async () => {
  await withTenant({ pageRows: 100 }, async ({ simulator, search, asked }) => {
    simulator.world.add({ rows: 1_000, from: presentMs - 20 * hour, to: presentMs - hour });
    const cut = search.search({}, { ...plenty, maxRequests: 3 });
    expect(await collect(cut)).toHaveLength(300);
    expect(asked()).toHaveLength(3);
    expect(cut.completeness).toMatchObject({ complete: false, stoppedBy: 'requests', requests: 3, rows: 300 });
  });
});

test('goes on after a 429 in the middle, and gives up on one that asks for hours, with what it has', async () => {
  const waits = skipWaits();
  await withTenant({ pageRows: 100 }, async ({ simulator, search }) => {
    simulator.world.add({ rows: 500, from: presentMs - 20 * hour, to: presentMs - hour });
    simulator.graph.faults.failNext('http-429-retry-after-seconds', 2, { page: 3 });
    const passing = search.search({}, plenty);
    expect(namesOf(await collect(passing))).toEqual(namesOf(allRows(simulator)));
    expect(passing.completeness).toMatchObject({ complete: true, requests: 7 });

    const lasting = search.search({}, plenty);
    let rows = 0;
    for await (const { traceId } of lasting)
      if (traceId && (rows += 1) === 1) simulator.graph.faults.failNext('http-503-retry-after-600', Infinity);
    expect(rows).toBe(100);
    expect(lasting.completeness).toMatchObject({ complete: false, stoppedBy: 'unavailable' });
    expect(lasting.completeness.reason).toMatch(/not available.* The rest was not searched\. Try again later\.$/);
    expect(lasting.completeness.requests).toBeLessThan(10);
    // Retry-After asks for ten minutes each time: two are obeyed, once.
    expect(waits.filter((waitMs) => waitMs >= 60_000).reduce((sum, waitMs) => sum + waitMs, 0)).toBe(120_000);
  });
});

test('throws what a person must act on, and an outage from the start', async () => {
  skipWaits();
  await withTenant({}, async ({ simulator, search }) => {
    simulator.graph.faults.failNext('http-503', Infinity);
    await expect(collect(search.search({}, plenty))).rejects.toThrow(UnavailableError);
    simulator.graph.faults.clear();
    simulator.tokenService.options.clientSecret = 'another';
    await withTenant({ servicePrincipalFromMs: null }, async ({ search: other }) => {
      await expect(collect(other.search({}, plenty))).rejects.toThrow('New-MgServicePrincipal');
    });
    await withTenant({}, async ({ simulator: denied, search: other }) => {
      denied.tokenService.options.permissions = [];
      await expect(collect(other.search({}, plenty))).rejects.toThrow(SettingsError);
    });
  });
});

test('throws the refusal, not a limit, where the service refuses everything', async () => {
  await withTenant({}, async ({ simulator, search }) => {
    simulator.graph.faults.failNext('http-400', Infinity);
    const refused = search.search({ sender: 'a@b.example' }, { signal });
    await expect(collect(refused)).rejects.toThrow('The query is not valid.');
  });
});

test('is cancelled in the middle, and says so', async () => {
  await withTenant({ pageRows: 100 }, async ({ simulator, search, asked }) => {
    simulator.world.add({ rows: 1_000, from: presentMs - 20 * hour, to: presentMs - hour });
    const stop = new AbortController();
    const cancelled = search.search({}, { ...plenty, signal: stop.signal });
    let rows = 0;
    const reading = (async () => {
      for await (const { traceId } of cancelled) if (traceId && (rows += 1) === 150) stop.abort(new Error('enough'));
    })();
    await expect(reading).rejects.toThrow('enough');
    expect(rows).toBe(200);
    expect(asked()).toHaveLength(2);
    expect(cancelled.completeness).toMatchObject({ complete: false, stoppedBy: 'cancelled' });

    const left = search.search({}, plenty);
    const rest = left[Symbol.asyncIterator]();
    await rest.next();
    await rest.return();
    expect(left.completeness).toMatchObject({ complete: false, stoppedBy: 'cancelled' });
  });
});

test('says which part of the time the service no longer keeps', async () => {
  await withTenant({ historyDays: 30 }, async ({ simulator, search }) => {
    simulator.world.add({ rows: 400, from: presentMs - 44 * day, to: presentMs - hour });
    const found = search.search({ period: '40d' }, plenty);
    const rows = await collect(found);
    const { complete, stoppedBy, searchedFrom } = found.completeness;
    expect({ complete, stoppedBy }).toEqual({ complete: false, stoppedBy: 'history' });
    expect(searchedFrom).toBeLessThan(presentMs - 29 * day);
    const wanted = allRows(simulator).filter(({ receivedMs }) => receivedMs >= searchedFrom);
    expect(namesOf(rows)).toEqual(namesOf(wanted));
  });
});

test('refuses a filter before it asks anything', async () => {
  await withTenant({}, ({ search, asked }) => {
    expect(() => search.search({ sender: 'nobody' }, plenty)).toThrow(FilterError);
    expect(asked()).toEqual([]);
    return Promise.resolve();
  });
});
