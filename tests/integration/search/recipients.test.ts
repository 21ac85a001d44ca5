import { expect, test } from '@jest/globals';
import { skipWaits } from '../../support/fast-forward.js';
import { allRows, hour, namesOf, plenty, presentMs, withTenant } from '../../support/search-tenant.js';

const internalDomains = ['example.corp'];

function addMessage(simulator: Parameters<typeof allRows>[0], recipients: number): ReturnType<typeof allRows> {
  const at = presentMs - 5 * hour + recipients;
  simulator.world.add({ rows: recipients, recipients, from: at, to: at + 1 });
  return allRows(simulator).filter(({ receivedMs }) => receivedMs === at);
}

function statusCounts(rows: ReturnType<typeof allRows>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status } of rows) {
    const name = status.charAt(0).toLowerCase() + status.slice(1);
    // Graph has no words for these two, and says so.
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

test.each([
  ['whole links', []],
  ['spoiled tokens', ['double-encoded-token', 'empty-recipient-token']],
  ['dead links', ['dead-link-400', 'dead-link-404', 'empty-recipient-token']],
] as const)('finds all 1,500 recipients over several pages: %s', async (_, kinds) => {
  skipWaits();
  await withTenant({ pageRows: 200 }, async ({ simulator, search, links }) => {
    simulator.world.add({ rows: 3_000, from: presentMs - 20 * hour, to: presentMs - hour });
    const rows = addMessage(simulator, 1_500);
    if (kinds.length > 0) simulator.graph.faults.failAtRandom({ share: 0.4, kinds });
    const report = await search.recipients({ traceId: rows[0]!.traceId }, { ...plenty, internalDomains });
    expect(report.completeness).toMatchObject({ complete: true, rows: 1_500 });
    expect(report.recipients.map(({ recipient }) => recipient.toLowerCase()).sort()).toEqual(
      rows.map(({ recipient }) => recipient.toLowerCase()).sort(),
    );
    expect(report.byStatus).toEqual(statusCounts(rows));
    expect(report).toMatchObject({ outcome: 'delivered', messages: 1 });
    const isInternal = rows[0]!.recipient.toLowerCase().endsWith('@example.corp');
    expect((isInternal ? report.internal : report.external).recipients).toBe(1_500);
    if (kinds.length > 0) expect(links.remedies.length).toBeGreaterThan(0);
  });
});

test('finds 12,000 recipients by the message ID, on three pages of 5,000, where more than 1,000 need the trace ID', async () => {
  await withTenant({ rowsWithoutId: 1_000 }, async ({ simulator, search }) => {
    const rows = addMessage(simulator, 12_000);
    const report = await search.recipients({ messageId: rows[0]!.messageId! }, { ...plenty, internalDomains });
    expect(report.completeness).toMatchObject({ complete: true, rows: 12_000, requests: 4 });
    expect(report.byStatus).toEqual(statusCounts(rows));
    const delivered = rows.filter(({ status }) => status === 'Delivered').length;
    expect(report.internal.delivered + report.external.delivered).toBe(delivered);
  });
});

test('finds messages by sender and subject', async () => {
  await withTenant({}, async ({ simulator, search }) => {
    simulator.world.add({ rows: 2_000, from: presentMs - 20 * hour, to: presentMs - hour });
    const rows = allRows(simulator);
    const one = rows.find((row) => row.subject?.startsWith('Invoice') && row.sender !== '<>')!;
    const report = await search.recipients({ sender: one.sender, subject: one.subject! }, plenty);
    const wanted = rows.filter(
      (row) => row.subject === one.subject && row.sender.toLowerCase() === one.sender.toLowerCase(),
    );
    expect(namesOf(report.recipients)).toEqual(namesOf(wanted));
  });
});

test('tells apart: none delivered, not found, and not known since the search was cut', async () => {
  await withTenant({ pageRows: 100 }, async ({ simulator, search }) => {
    simulator.world.add({ rows: 2_000, from: presentMs - 20 * hour, to: presentMs - hour, recipients: 1 });
    const failed = allRows(simulator).find(({ status }) => status === 'Failed')!;
    expect((await search.recipients({ traceId: failed.traceId }, plenty)).outcome).toBe('none_delivered');
    const unknown = '00000000-0000-4000-8000-000000000000';
    expect((await search.recipients({ traceId: unknown }, plenty)).outcome).toBe('not_found');
    simulator.graph.options.ignoredFilters = ['id'];
    const cut = await search.recipients({ traceId: unknown }, { ...plenty, maxRequests: 3 });
    expect(cut.outcome).toBeUndefined();
    expect(cut.completeness).toMatchObject({ complete: false, stoppedBy: 'requests', rows: 0 });
    await expect(search.recipients({ sender: 'a@b.example' }, plenty)).rejects.toThrow('Name the message');
  });
});
