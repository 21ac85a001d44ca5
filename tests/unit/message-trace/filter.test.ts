import { describe, expect, test } from '@jest/globals';
import { ExpectedFilter } from '@local/testbed';
import fc from 'fast-check';
import { InternalDomains } from '../../../src/message-trace/direction.js';
import { RowFilter } from '../../../src/message-trace/filter.js';
import { isProblem, readRule, type Rule } from '../../../src/message-trace/filter-rule.js';
import { toRecord as graphRecord } from '../../../src/microsoft/graph/row.js';
import type { TraceRecord } from '../../../src/model/record.js';
import { runs } from '../../../packages/automation-sdk-shim/tests/support/runs.js';
import { record } from '../../support/records.js';

const internalDomains = ['contoso.com', 'bücher.example'];

function rulesOf(texts: readonly string[]): Rule[] {
  return texts.map((text) => {
    const read = readRule(text);
    if (isProblem(read)) throw new Error(`${text}, ${read.position}: ${read.expected}`);
    return read;
  });
}

function filterOf(
  lists: { readonly sendOnly?: readonly string[]; readonly doNotSend?: readonly string[] },
  domains: readonly string[] = internalDomains,
): RowFilter {
  const rules = { sendOnly: rulesOf(lists.sendOnly ?? []), doNotSend: rulesOf(lists.doNotSend ?? []) };
  return new RowFilter(rules, new InternalDomains(domains));
}

describe('a rule fits', () => {
  test.each([
    ['status: delivered', { Status: 'DELIVERED' }, true],
    ['status: filtered as spam', { Status: 'FilteredAsSpam' }, true],
    ['status: failed, pending', { Status: 'Delivered' }, false],
    ['status: delivered', { Status: 'Held' }, false],
    ['direction: outbound', {}, true],
    ['direction: internal', { RecipientAddress: 'eve@mail.contoso.com' }, true],
    ['direction: internal', { RecipientAddress: 'zoe@xn--bcher-kva.example' }, true],
    ['sender: ALICE@contoso.com', {}, true],
    ['sender: *@contoso.com', { SenderAddress: '<Alice@Contoso.COM.>' }, true],
    ['sender: contoso.com', {}, true],
    ['sender: @contoso.com', {}, true],
    ['sender: contoso.com', { SenderAddress: 'alice@mail.contoso.com' }, false],
    ['sender: contoso.com', { SenderAddress: 'alice@notcontoso.com' }, false],
    ['sender: *.contoso.com', { SenderAddress: 'alice@mail.contoso.com' }, true],
    ['sender: *.contoso.com', {}, false],
    ['sender: contoso.com', { SenderAddress: 'contoso.com@example.org' }, false],
    ['sender: contoso.com', { SenderAddress: '/o=ExchangeLabs/cn=contoso.com' }, false],
    ['sender: *@bücher.example', { SenderAddress: 'a@XN--BCHER-KVA.example' }, true],
    ['sender: zoe\u0301@*', { SenderAddress: 'Zo\u00C9@example.org' }, true],
    ['sender: bounce-*@*.mailer.example, *@x.example', { SenderAddress: 'bounce-7@a.mailer.example' }, true],
    ['sender: <>', { SenderAddress: '<>' }, true],
    ['sender: <>', {}, false],
    ['sender: *@*', { SenderAddress: '<>' }, false],
    ['subject: *INVOICE*', { Subject: 'Your invoice 7' }, true],
    ['subject: invoice', { Subject: 'Your invoice 7' }, false],
    ['subject: *[urgent]*(1+1)?', { Subject: 'an [URGENT] question: (1+1)?' }, true],
    ['subject: *', { Subject: ' ' }, true],
    ['direction: outbound and subject: inv*', {}, true],
    ['direction: outbound and subject: x*', {}, false],
  ])('%s: %j → %s', (rule, changes, isFiltered) => {
    expect(filterOf({ doNotSend: [rule] }).ruleAgainst(record(changes)) !== undefined).toBe(isFiltered);
    // The same rule sends in send_only what it keeps back in do_not_send.
    expect(filterOf({ sendOnly: [rule] }).ruleAgainst(record(changes)) === undefined).toBe(isFiltered);
  });
});

describe('what cannot be told is sent', () => {
  test.each<[string, Record<string, string | null>]>([
    ['status: delivered', { Status: null }],
    ['direction: outbound', { SenderAddress: null }],
    ['direction: outbound and status: delivered', { RecipientAddress: '<>' }],
    ['sender: *@*', { SenderAddress: null }],
    ['recipient: *@*', { RecipientAddress: '<>' }],
    ['subject: *', { Subject: null }],
    ['subject: *', { Subject: '' }],
  ])('%s and a row with %j', (rule, changes) => {
    expect(filterOf({ doNotSend: [rule] }).ruleAgainst(record(changes))).toBeUndefined();
    expect(filterOf({ sendOnly: [rule] }).ruleAgainst(record(changes))).toBeUndefined();
  });

  test('but a condition that surely fails decides, whatever the others are', () => {
    const row = record({ Subject: null });
    expect(filterOf({ sendOnly: ['subject: x and status: failed'] }).ruleAgainst(row)).toBe('send_only');
  });

  test('without domains of the tenant no direction is known', () => {
    const row = record({ Organization: null });
    for (const lists of [{ sendOnly: ['direction: internal'] }, { doNotSend: ['direction: outbound'] }])
      expect(filterOf(lists, []).ruleAgainst(row)).toBeUndefined();
  });
});

test('do_not_send goes before send_only, and the first rule that fits is named', () => {
  const filter = filterOf({ sendOnly: ['status: delivered'], doNotSend: ['Subject: INV*', 'sender: contoso.com'] });
  expect(filter.ruleAgainst(record())).toBe('subject: inv*');
  expect(filter.ruleAgainst(record({ Subject: 'x' }))).toBe('sender: contoso.com');
  expect(filter.ruleAgainst(record({ Subject: 'x', SenderAddress: 'a@b.example' }))).toBeUndefined();
  expect(filter.ruleAgainst(record({ Subject: 'x', SenderAddress: 'a@b.example', Status: 'Failed' }))).toBe(
    'send_only',
  );
  expect(filter.names).toEqual(['send_only', 'subject: inv*', 'sender: contoso.com']);
});

test('the same rule twice is one, and the names of long rules are short and all different', () => {
  const long = Array.from({ length: 3 }, (_, index) => `subject: ${'x'.repeat(400)}${index}`);
  const { names } = filterOf({ doNotSend: [...long, long[0]!, 'status: FAILED', 'Status:failed'] });
  expect(names).toHaveLength(4);
  expect(new Set(names).size).toBe(4);
  expect(Math.max(...names.map((name) => name.length))).toBeLessThanOrEqual(100);
});

test('no subject makes a pattern slow', () => {
  const filter = filterOf({ doNotSend: [`subject: ${'*a'.repeat(200)}b`] });
  const startedMs = performance.now();
  expect(filter.ruleAgainst(record({ Subject: 'a'.repeat(100_000) }))).toBeUndefined();
  // A backtracking matcher would not end.
  expect(performance.now() - startedMs).toBeLessThan(5_000);
});

describe('in any world', () => {
  const domains = [
    'contoso.com',
    'mail.contoso.com',
    'notcontoso.com',
    'BÜCHER.example',
    'xn--bcher-kva.example',
    'b.org',
  ];
  const address = fc
    .tuple(fc.constantFrom('alice', 'Bob', 'no-reply', 'a.b+c'), fc.constantFrom(...domains))
    .map(([name, domain]) => `${name}@${domain}`);
  const subject = fc.constantFrom('Invoice 7', 'RE: invoice', 'terms and conditions', 'a, b', '', 'x "y" z', '***');
  const status = fc.constantFrom('Delivered', 'failed', 'FilteredAsSpam', 'Pending', 'Held');
  const rows = fc.record({
    sender: fc.oneof({ arbitrary: address, weight: 4 }, fc.constantFrom(null, '<>', 'alice', '/o=X/cn=y')),
    recipient: fc.oneof({ arbitrary: address, weight: 8 }, fc.constantFrom(null, '<>', 'bob')),
    subject: fc.oneof({ arbitrary: subject, weight: 8 }, fc.constant(null)),
    status: fc.oneof({ arbitrary: status, weight: 8 }, fc.constant(null)),
    fromIp: fc.constantFrom(null, '198.51.100.4'),
  });
  const few = (values: fc.Arbitrary<string>) =>
    fc.uniqueArray(values, { minLength: 1, maxLength: 3 }).map((list) => list.join(', '));
  const party = fc.constantFrom(
    ...['alice@contoso.com', '*@contoso.com', 'contoso.com', '*.contoso.com', '*contoso.com', '@bücher.example'],
    ...['b*@*', '*.*', '*', 'no-*@B.org', '"bob@b.org"'],
  );
  const conditions = fc.record(
    {
      status: few(fc.constantFrom('delivered', 'FAILED', 'filtered as spam', 'pending', '"failed"')),
      direction: few(fc.constantFrom('inbound', 'Outbound', 'internal', 'external')),
      sender: few(fc.oneof(party, fc.constant('<>'))),
      recipient: few(party),
      subject: fc.constantFrom('*invoice*', 'invoice', '*and*', '*, *', '*"y"*', '"*a"', '*', '"x ""y"" z"', '*** *'),
    },
    { requiredKeys: [] },
  );
  const rule = conditions
    .filter((parts) => Object.keys(parts).length > 0)
    .map((parts) =>
      Object.entries(parts)
        .map(([field, values]) => `${field}: ${values}`)
        .join(' and '),
    );
  const lists = fc.record({
    sendOnly: fc.array(rule, { maxLength: 3 }),
    doNotSend: fc.array(rule, { maxLength: 3 }),
    internalDomains: fc.constantFrom([], ['contoso.com'], ['contoso.com', 'bücher.example']),
  });

  test('a second reading of the rules decides the same, for rows of both APIs', () => {
    fc.assert(
      fc.property(lists, fc.array(rows, { minLength: 5, maxLength: 20 }), (settings, some) => {
        const filter = filterOf(settings, settings.internalDomains);
        const expected = new ExpectedFilter(settings);
        const decided = some.flatMap((row) => recordsOf(row).map((it) => ({ row, by: filter.ruleAgainst(it) })));
        expect(decided.filter(({ row, by }) => (by === undefined) !== expected.isSent(row))).toEqual([]);
        expect(decided.filter(({ by }) => by !== undefined && !filter.names.includes(by))).toEqual([]);
      }),
      runs(2_000),
    );
  });

  function recordsOf({
    sender,
    recipient,
    subject,
    status,
    fromIp,
  }: Readonly<Record<string, string | null>>): TraceRecord[] {
    const [senderAddress = null, recipientAddress = null] = [sender, recipient];
    const changes = {
      Organization: null,
      SenderAddress: senderAddress,
      RecipientAddress: recipientAddress,
      Subject: subject ?? null,
    };
    return [
      record({ ...changes, Status: status ?? null, FromIP: fromIp ?? null }),
      graphRecord(
        { senderAddress, recipientAddress, subject: subject ?? null, status: status ?? null, fromIP: fromIp ?? '' },
        { range: undefined, organization: undefined },
      ),
    ];
  }
});
