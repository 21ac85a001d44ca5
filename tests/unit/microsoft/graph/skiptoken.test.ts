import { describe, expect, test } from '@jest/globals';
import { inspectLink, rebuildLink } from '../../../../src/microsoft/graph/query.js';
import { toRecord } from '../../../../src/microsoft/graph/row.js';
import type { JsonValue } from '../../../../src/model/json.js';
import { item, rowContext } from '../../../support/microsoft/graph/items.js';

const good = {
  StartDate: '2026-03-26T15:43:20.2718704Z',
  EndDate: '2026-03-28T13:04:13.0580000Z',
  StartingRecipientAddress: 'user@example.com',
  ResultSize: '5000',
};
const page = 'https://graph.microsoft.com/v1.0/admin/exchange/tracing/messageTraces?$filter=a%20b&$top=5000';

/** As elastic/integrations 18134 shows it: every value is JSON in itself. */
function encodedOnceMore(values: object): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, JSON.stringify(value)]));
}

function linkWith(token: object, encode = (text: string) => encodeURIComponent(text.replace(/=+$/, ''))): URL {
  return new URL(`${page}&$skiptoken=${encode(Buffer.from(JSON.stringify(token)).toString('base64'))}`);
}

function tokenOf(link: URL | 'dead' | undefined): unknown {
  const token = (link as URL).searchParams.get('$skiptoken')!;
  expect(token).toMatch(/^[A-Za-z0-9+/]+$/);
  return JSON.parse(Buffer.from(token, 'base64').toString('utf8'));
}

describe('a link', () => {
  test.each([
    ['whose values are encoded once too often', linkWith(encodedOnceMore(good))],
    ['with padding', linkWith(encodedOnceMore(good), encodeURIComponent)],
    [
      'that is not percent-encoded',
      linkWith(encodedOnceMore({ ...good, StartingRecipientAddress: 'ÿ>?@x.example' }), String),
    ],
    ['with its blanks for plus signs', linkWith(encodedOnceMore(good), (text) => text.replaceAll('+', '%20'))],
    ['whose name is percent-encoded', new URL(linkWith(encodedOnceMore(good)).href.replace('$skip', '%24skip'))],
    ['with one such value among good ones', linkWith({ ...good, EndDate: JSON.stringify(good.EndDate) })],
  ])('%s is repaired, and nothing else of it is touched', (_, link) => {
    const repaired = inspectLink(link) as URL;
    const unlike = (url: URL) => url.href.replace(/skiptoken=[^&]*/, '');
    expect(unlike(repaired)).toBe(unlike(link));
    expect(tokenOf(repaired)).toMatchObject({ ...good, StartingRecipientAddress: expect.stringMatching(/^[^"]+@/) });
  });

  test.each([
    ['that is good', linkWith(good)],
    ['without a token', new URL(page)],
    ['with an offset', new URL(`${page}&$skiptoken=5000`)],
    ['with a token of another form', linkWith({ page: '"2"' })],
    ['with a list for a token', linkWith(['"x"'])],
    ['whose token cannot be decoded', new URL(`${page}&$skiptoken=%E0%A4%A`)],
    ['with quotes that belong to the address', linkWith({ ...good, StartingRecipientAddress: '"a b"@example.com' })],
  ])('%s is left alone', (_, link) => {
    expect(inspectLink(link)).toBe(link);
  });

  test.each([
    ['without a recipient', linkWith({ ...good, StartingRecipientAddress: '' })],
    [
      'without a recipient, encoded once too often',
      linkWith(encodedOnceMore({ ...good, StartingRecipientAddress: '' })),
    ],
  ])('%s is known to lead nowhere', (_, link) => {
    expect(inspectLink(link)).toBe('dead');
  });
});

describe('a link of our own making', () => {
  const range = rowContext.range!;
  const query = { url: new URL(page), range };
  const after = (changes: Record<string, JsonValue>) => toRecord(item(changes), rowContext);

  test('leads to what comes after a row, in the range that was asked for', () => {
    const link = rebuildLink(after({ receivedDateTime: '2022-07-25T12:26:13.24Z' }), undefined, query)!;
    expect(link.href.startsWith(`${page}&$skiptoken=`)).toBe(true);
    expect(tokenOf(link)).toEqual({
      StartDate: '2022-07-25T12:10:00.0000000Z',
      EndDate: '2022-07-25T12:26:13.2400000Z',
      StartingRecipientAddress: 'bob@example.com',
      ResultSize: '5000',
    });
  });

  test('keeps all seven digits of a row, and what a dead link says but for the recipient', () => {
    const dead = linkWith(encodedOnceMore({ ...good, StartingRecipientAddress: '', ResultSize: '1000' }));
    expect(tokenOf(rebuildLink(after({ receivedDateTime: '2022-07-25T12:26:13.1234567Z' }), dead, query))).toEqual({
      StartDate: good.StartDate,
      EndDate: '2022-07-25T12:26:13.1234567Z',
      StartingRecipientAddress: 'bob@example.com',
      ResultSize: '1000',
    });
  });

  test('takes the time of a dead link where that is the same, but more precise', () => {
    const dead = linkWith({ ...good, EndDate: '2022-07-25T12:26:13.1234567Z', StartingRecipientAddress: '' });
    const rebuilt = rebuildLink(after({ receivedDateTime: '2022-07-25T12:26:13.123Z' }), dead, query);
    expect(tokenOf(rebuilt)).toMatchObject({ EndDate: '2022-07-25T12:26:13.1234567Z' });
  });

  test.each([
    ['a recipient', { recipientAddress: null }],
    ['a time', { receivedDateTime: null }],
    ['a time that can be read', { receivedDateTime: 'yesterday' }],
  ])('needs %s', (_, changes) => {
    expect(rebuildLink(after(changes), linkWith(good), query)).toBeUndefined();
  });
});
