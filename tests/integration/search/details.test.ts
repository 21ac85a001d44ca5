import { expect, test } from '@jest/globals';
import { dataOf, type DetailStep } from '../../../src/microsoft/graph/details.js';
import { explainSteps } from '../../../src/search/details.js';
import { allRows, hour, presentMs, signal, withTenant } from '../../support/search-tenant.js';

const endings = {
  Delivered: 'delivered',
  Failed: 'failed',
  Pending: 'pending',
  Quarantined: 'quarantined',
  FilteredAsSpam: 'filteredAsSpam',
  Expanded: 'expanded',
} as const;

test('reads the way of messages of each status, with the reason and the number of recipients', async () => {
  await withTenant({}, async ({ simulator, search }) => {
    simulator.world.add({ rows: 3_000, from: presentMs - 20 * hour, to: presentMs - hour, lateShare: 0 });
    const rows = allRows(simulator);
    for (const [status, ending] of Object.entries(endings)) {
      const row = rows.find((one) => one.status === status)!;
      const details = await search.details(row.traceId, row.recipient, { signal });
      expect(details).toMatchObject({ found: true, finalStatus: ending });
      expect(details.recipientCount).toBe(rows.filter(({ traceId }) => traceId === row.traceId).length);
      expect(details.steps[0]).toMatchObject({ event: 'Receive', data: { SequenceNumber: 0 } });
      expect(details.failureReason === undefined).toBe(status === 'Delivered' || status === 'Expanded');
    }
    const abroad = rows.find((one) => one.status === 'Failed' && one.toIp !== null)!;
    expect(await search.details(abroad.traceId, abroad.recipient, { signal })).toMatchObject({
      failureReason: `550 5.1.1 <${abroad.recipient}>: Recipient address rejected: User unknown in virtual mailbox table`,
      remoteServer: `mx.partner.example [${abroad.toIp!}]`,
    });
    const quoted = rows.find(({ recipient }) => recipient.includes("'"))!;
    expect((await search.details(quoted.traceId, quoted.recipient, { signal })).found).toBe(true);
  });
});

test('says that it found nothing, and refuses what names no message', async () => {
  await withTenant({}, async ({ search, asked }) => {
    const unknown = '00000000-0000-4000-8000-000000000000';
    expect(await search.details(unknown, 'a@b.example', { signal })).toEqual({ found: false, steps: [] });
    expect(asked()).toHaveLength(1);
    await expect(search.details('abc', 'a@b.example', { signal })).rejects.toThrow('message_trace_id must be a GUID');
    await expect(search.details(unknown, '*@b.example', { signal })).rejects.toThrow('without *');
    await expect(search.details(unknown, '', { signal })).rejects.toThrow('recipient is missing');
  });
});

test.each([
  [
    '<root><MEP Name="RcptCount" Integer="3"/><MEP Name="A" String="&lt;x&gt; &quot;y&quot;"/></root>',
    { RcptCount: 3, A: '<x> "y"' },
  ],
  ['<root><MEP Name="A" Long="1"/><MEP Name="A" String="b"/></root>', { A: [1, 'b'] }],
  ['<root><MEP Name="Big" Long="9007199254740993"/></root>', { Big: '9007199254740993' }],
  ['<root><Other>text</Other></root>', { Other: 'text' }],
  ['<root />', {}],
  ['', {}],
  [null, {}],
  ['no XML', { text: 'no XML' }],
  ['<root><MEP Name="A" String="1"></root>', { text: '<root><MEP Name="A" String="1"></root>' }],
  [
    '<!DOCTYPE r [<!ENTITY a "b">]><root><MEP Name="A" String="&a;"/></root>',
    { text: '<!DOCTYPE r [<!ENTITY a "b">]><root><MEP Name="A" String="&a;"/></root>' },
  ],
])('reads the data %j', (xml, data) => {
  expect(dataOf(xml)).toEqual(data);
});

test('data cannot reach the prototype of objects, nor nest without end', () => {
  const data = dataOf('<root><MEP Name="__proto__" String="x"/></root>');
  expect(Object.getPrototypeOf(data)).toBe(Object.prototype);
  expect(Object.hasOwn(data, '__proto__')).toBe(true);
  const deep = '<a>'.repeat(80_000);
  expect(dataOf(deep)).toEqual({ text: deep });
});

function step(seconds: number, event: string, description = '', action = ''): DetailStep {
  return { date: `2026-11-28T12:00:0${seconds}.000000Z`, event, description, action, data: {} };
}

test.each<[string, DetailStep[], object]>([
  [
    'a refusal after it was sent',
    [step(3, 'Fail', 'Reason: [{LED=};{MSG=550 no [such] {user}};{FQDN=mx};{IP=};{LRT=}]'), step(2, 'Send external')],
    { finalStatus: 'failed', failureReason: '550 no [such] {user}', remoteServer: 'mx' },
  ],
  [
    'a delivery after a delay',
    [
      step(1, 'Defer', 'Reason: [{LED=450 later};{MSG=}]'),
      step(2, 'Deliver', 'The message was successfully delivered.'),
    ],
    { finalStatus: 'delivered' },
  ],
  [
    'a failure and a delay of the same second',
    [step(2, 'Fail', 'Reason: too large'), step(2, 'Defer')],
    { finalStatus: 'failed', failureReason: 'too large' },
  ],
  [
    'a quarantine without a folder',
    [step(1, 'Receive'), step(2, 'Malware', 'A virus was found', 'Quarantine')],
    { finalStatus: 'quarantined', failureReason: 'A virus was found' },
  ],
  ['a message on its way', [step(1, 'Receive')], {}],
])('tells the end of %s', (_, steps, end) => {
  const { finalStatus, failureReason, remoteServer } = explainSteps(steps);
  expect({ finalStatus, failureReason, remoteServer }).toEqual({
    finalStatus: undefined,
    failureReason: undefined,
    remoteServer: undefined,
    ...end,
  });
});
