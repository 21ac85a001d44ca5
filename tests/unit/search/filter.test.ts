import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkFilter, type TraceFilter, type TraceQuery } from '../../../src/search/filter.js';
import { rowFilter } from '../../../src/search/matching.js';
import { halvesOf, queriesOf, slicesOf } from '../../../src/search/plan.js';
import { rangeUrl } from '../../../src/microsoft/graph/query.js';
import { anyCharacter } from '../../../packages/automation-sdk-shim/tests/support/any-character.js';
import { runs } from '../../../packages/automation-sdk-shim/tests/support/runs.js';
import { toRecord } from '../../../src/microsoft/graph/row.js';

const nowMs = Date.UTC(2026, 10, 28, 12);
const day = 86_400_000;
const range = { start: nowMs - day, end: nowMs };

describe('a filter that means nothing', () => {
  test.each<[TraceFilter, string]>([
    [{ sender: 'nobody' }, 'sender must be an address such as name@example.com, or *@example.com for a whole domain'],
    [{ recipient: 'Anna <a@b.example>' }, 'recipient must be an address'],
    [{ recipient: '<>' }, 'recipient must be an address'],
    [{ sender: 'a@b@c' }, 'sender must be an address'],
    [{ traceId: '123' }, 'message_trace_id must be a GUID'],
    [{ status: 'lost' }, 'status must be one of delivered'],
    [{ fromIp: '203.0.113' }, 'from_ip must be an IP address'],
    [{ subjectMatch: 'like' }, 'subject_match must be one of contains, starts_with, ends_with, equals.'],
    [{ subject: 'a\ud800' }, 'subject must be valid Unicode'],
    [{ start: '2026-11-27T00:00:00Z', end: '2026-11-26T00:00:00Z' }, 'must be later than start'],
    [{ start: '2026-11-27T00:00:00Z', period: '2h' }, 'either start or period'],
    [{ start: '2026-12-27', end: '2026-12-28' }, 'lies in the future'],
    [{ start: 'yesterday' }, 'start must be a time such as 2026'],
    [{ end: '12:99' }, 'end must be a time such as 2026'],
    [{ period: '48' }, 'period must be a number of minutes'],
    [{ period: '0h' }, 'period must be a number of minutes'],
    [{ period: '91d' }, 'longer than 90 days'],
    [{ start: '2026-01-01', end: '2026-02-01' }, 'more than 90 days ago'],
    [{ sender: Array.from({ length: 101 }, (_, at) => `a${at}@b.example`) }, 'sender has 101 values'],
  ])('%j is refused with a sentence', (filter, sentence) => {
    expect(() => checkFilter(filter, nowMs)).toThrow(sentence);
  });

  test('has a sentence for each problem', () => {
    expect(() => checkFilter({ sender: 'x', toIp: 'y', period: 'z' }, nowMs)).toThrow(/period.*sender.*to_ip/);
  });
});

test('values are read in the spellings that people use, and blanks as not given', () => {
  const read = checkFilter(
    {
      traceId: '{7E3B2B2E1B5E4B1780CC2AF6C1D9A3B1}',
      messageId: ' abc@mail.example ',
      status: ['Filtered as spam', 'DELIVERED'],
      fromIp: '[2001:DB8::1]:25',
      sender: '',
      recipient: [' ', 'A@b.example', ''],
      period: '2 hours',
    },
    nowMs,
  );
  expect(read).toMatchObject({
    traceId: ['7e3b2b2e-1b5e-4b17-80cc-2af6c1d9a3b1'],
    messageId: ['<abc@mail.example>'],
    status: ['filteredAsSpam', 'delivered'],
    fromIp: ['2001:db8::1'],
    sender: [],
    recipient: ['A@b.example'],
    range: { start: nowMs - 2 * 3_600_000, end: nowMs },
  });
  expect(checkFilter({}, nowMs).range).toEqual({ start: nowMs - 2 * day, end: nowMs });
});

const people = fc.constantFrom("Ann.O'Neil@b.example", 'ann@B.example', 'bob@c.example', 'ann@c.example.org');
const subjects = fc.constantFrom('Invoice 1', 'invoice', "RE: 'Invoice' or 1 eq 1", 'Réunion', 'RE\u0301UNION', 'ß');
const ids = fc.constantFrom('7e3b2b2e-1b5e-4b17-80cc-2af6c1d9a3b1', '7e3b2b2e-1b5e-4b17-80cc-2af6c1d9a3b2');
const statuses = fc.constantFrom('delivered', 'failed', 'filteredAsSpam', 'recalled');
const ips = fc.constantFrom('203.0.113.9', '203.0.113.10', '2001:db8::1', '2001:db8:0::2');
const messageIds = fc.constantFrom('<a@x>', '<b@x>', `<"q'q"@x>`);

const items = fc.record(
  {
    id: ids,
    senderAddress: people,
    recipientAddress: people,
    messageId: messageIds,
    subject: subjects,
    status: statuses,
    fromIP: ips,
    toIP: ips,
    receivedDateTime: fc
      .integer({ min: -3, max: 26 })
      .map((hours) => new Date(nowMs - hours * 3_600_000).toISOString()),
  },
  { requiredKeys: ['id', 'recipientAddress'], noNullPrototype: true },
);
const some = <Value>(value: fc.Arbitrary<Value>) => fc.array(value, { maxLength: 2 });
const filters = fc.record({
  traceId: some(ids),
  sender: some(fc.oneof(people, fc.constantFrom('*@c.example', 'ann*@*', '*'.repeat(2) + '@b.example'))),
  recipient: some(people),
  messageId: some(messageIds),
  subject: some(fc.oneof(subjects, fc.constantFrom('in', 'VOICE', 're'))),
  subjectMatch: fc.constantFrom('contains', 'starts_with', 'ends_with', 'equals'),
  status: some(statuses),
  fromIp: some(ips),
  toIp: some(ips),
  start: fc.constant(new Date(range.start).toISOString()),
});

type Item = Partial<Record<string, string>>;

/** What a filter means, in the plainest words, without a line of the code under test. */
function plainly(item: Item, filter: TraceQuery): boolean {
  const lower = (text: string) => text.normalize('NFC').toLowerCase();
  const any = (values: readonly string[], key: string, test: (has: string, wants: string) => boolean) =>
    values.length === 0 || (item[key] !== undefined && values.some((value) => test(lower(item[key]!), lower(value))));
  const same = (has: string, wants: string) => has === wants;
  const like = (has: string, wants: string) =>
    new RegExp(`^${wants.replace(/[.+]/g, '\\$&').replaceAll('*', '.*')}$`, 's').test(has);
  const ip = (has: string, wants: string) => has.replace(':0:', ':') === wants.replace(':0:', ':');
  const subject = {
    contains: (has: string, wants: string) => has.includes(wants),
    starts_with: (has: string, wants: string) => has.startsWith(wants),
    ends_with: (has: string, wants: string) => has.endsWith(wants),
    equals: same,
  };
  const received = Date.parse(item['receivedDateTime'] ?? '');
  return (
    received >= range.start &&
    received < range.end &&
    any(filter.traceId, 'id', same) &&
    any(filter.sender, 'senderAddress', like) &&
    any(filter.recipient, 'recipientAddress', like) &&
    any(filter.messageId, 'messageId', same) &&
    any(filter.subject, 'subject', subject[filter.subjectMatch]) &&
    any(filter.status, 'status', same) &&
    any(filter.fromIp, 'fromIP', ip) &&
    any(filter.toIp, 'toIP', ip)
  );
}

test('a row fits a filter where a plain reading of both says so', () => {
  let fitting = 0;
  fc.assert(
    fc.property(items, filters, (item, filter) => {
      const query = checkFilter(filter, nowMs);
      const fits = rowFilter(query)(toRecord({ ...item }, { range, organization: undefined }));
      if (fits) fitting += 1;
      expect(fits).toBe(plainly(item, query));
    }),
    runs(20_000),
  );
  expect(fitting).toBeGreaterThan(0);
});

test('each row that fits is asked for by at least one query, which names each property once', () => {
  fc.assert(
    fc.property(items, filters, (item, filter) => {
      const query = checkFilter(filter, nowMs);
      const queries = queriesOf(query, new Set());
      for (const clauses of queries) expect(new Set(clauses.map(({ property }) => property)).size).toBe(clauses.length);
      if (!rowFilter(query)(toRecord({ ...item }, { range, organization: undefined }))) return;
      const lower = (text: string) => text.normalize('NFC').toLowerCase();
      const tests = {
        eq: (has: string, wants: string) => (wants.startsWith('*@') ? has.endsWith(wants.slice(1)) : has === wants),
        contains: (has: string, wants: string) => has.includes(wants),
        startswith: (has: string, wants: string) => has.startsWith(wants),
        endswith: (has: string, wants: string) => has.endsWith(wants),
      };
      const isAsked = queries.some((clauses) =>
        clauses.every(({ property, operator, value }) =>
          tests[operator](lower((item as Item)[property] ?? ''), lower(value)),
        ),
      );
      expect(isAsked).toBe(true);
    }),
    runs(5_000),
  );
});

test('quotes, and all else that OData or an address could take for its own, stay within their literal', () => {
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter }), (value) => {
      const url = rangeUrl('https://graph.example/v1.0', range, {
        clauses: [{ property: 'subject', operator: 'contains', value }],
      });
      const filter = new URLSearchParams(url.search).get('$filter')!;
      const [, literal] = /le [^ ]+ and contains\(subject, '((?:[^']|'')*)'\)$/s.exec(filter) ?? [];
      expect(literal?.replaceAll("''", "'")).toBe(value);
      expect([...new URLSearchParams(url.search).keys()]).toEqual(['$filter', '$top']);
    }),
  );
});

test('the values of a second property multiply the queries only as far as a search can afford', () => {
  const sender = Array.from({ length: 30 }, (_, at) => `s${at}@b.example`);
  const query = checkFilter(
    { sender, status: ['failed', 'pending'], traceId: '7e3b2b2e-1b5e-4b17-80cc-2af6c1d9a3b1' },
    nowMs,
  );
  const queries = queriesOf(query, new Set());
  expect(queries).toHaveLength(30);
  expect(queries[0]!.map(({ property }) => property)).toEqual(['id', 'senderAddress']);
  expect(queriesOf(query, new Set(['senderAddress']))).toHaveLength(2);
});

test('slices of a range follow one another, cover it, and are narrow enough to be asked for', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 90 * day }), fc.integer({ min: 0, max: day }), (width, offset) => {
      const whole = { start: nowMs - offset - width, end: nowMs - offset };
      const slices = slicesOf(whole, 10 * day);
      expect(slices[0]!.end).toBeGreaterThanOrEqual(whole.end);
      expect(slices.at(-1)!.start).toBeLessThanOrEqual(whole.start);
      slices.forEach(({ start, end }, at) => {
        expect(end - start).toBeGreaterThan(0);
        expect(end - start).toBeLessThanOrEqual(10 * day);
        expect(start % 1_000).toBe(0);
        if (at > 0) expect(end).toBe(slices[at - 1]!.start);
      });
    }),
  );
  expect(halvesOf({ start: 0, end: 1_000 })).toBeUndefined();
  expect(halvesOf({ start: 0, end: 3_000 })).toEqual([
    { start: 1_000, end: 3_000 },
    { start: 0, end: 1_000 },
  ]);
});
