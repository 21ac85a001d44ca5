import { describe, expect, test } from '@jest/globals';
import {
  filterEvents,
  holdLines,
  jsonTokens,
  newSince,
  shownJson,
  shownText,
  statusesOf,
} from '../../../page/views/events/event-filter.js';
import type { EventLine } from '../../../src/wire/live.js';

function event(number: number, changes: Partial<EventLine> = {}): EventLine {
  return {
    number,
    arrivedAtMs: number * 1000,
    receivedMs: null,
    from: 'ann@contoso.com',
    to: 'ben@fabrikam.com',
    subject: 'Minutes of the meeting',
    status: 'Delivered',
    outcome: 'success',
    ...changes,
  };
}

const EVENTS = [
  event(1),
  event(2, { status: 'Failed', outcome: 'failure', subject: 'INVOICE 42' }),
  event(3, { from: 'eve@example.org', subject: 'Invoice' }),
];

describe('filtering events', () => {
  test.each([
    ['', null, [1, 2, 3]],
    ['  ', null, [1, 2, 3]],
    ['invoice', null, [2, 3]],
    ['invoice eve', null, [3]],
    ['EVE fabrikam', null, [3]],
    ['invoice minutes', null, []],
    ['', 'Failed', [2]],
    ['minutes', 'Failed', []],
    ['ｉｎｖｏｉｃｅ', null, [2, 3]],
    // Words must not be found across two columns.
    ['comben', null, []],
  ])('by %j and status %j leaves %j', (text, status, numbers) => {
    expect(filterEvents(EVENTS, { text, status }).map(({ number }) => number)).toEqual(numbers);
  });

  test('without a filter hands back the same list', () => {
    expect(filterEvents(EVENTS, { text: '', status: null })).toBe(EVENTS);
  });

  test('tells which statuses there are, and how often', () => {
    expect(statusesOf([event(0, { status: 'Quarantined' }), ...EVENTS])).toEqual([
      ['Delivered', 2],
      ['Failed', 1],
      ['Quarantined', 1],
    ]);
  });
});

describe('holding the table still', () => {
  test('keeps the events of the moment, whatever arrives', () => {
    const held = holdLines(null, EVENTS.slice(0, 2), true);
    expect(held?.map(({ number }) => number)).toEqual([1, 2]);
    expect(holdLines(held, EVENTS, true)).toBe(held);
  });

  test('lets go when it is no longer wanted', () => {
    expect(holdLines(EVENTS, EVENTS, false)).toBeNull();
  });

  test('does not hold a table that is still empty', () => {
    expect(holdLines(null, [], true)).toBeNull();
  });

  test('starts anew when the runner has begun to count anew', () => {
    expect(holdLines(EVENTS, [event(1)], true)?.map(({ number }) => number)).toEqual([1]);
  });

  test('counts what has arrived since', () => {
    expect(newSince([event(2)], EVENTS)).toBe(1);
    expect(newSince(null, EVENTS)).toBe(0);
  });
});

describe('showing the texts of strangers', () => {
  test.each([
    [
      'letters, marks, emoji and joined ones',
      'Grüße 漢字 👨\u200d👩 می\u200cخواهم שלום',
      'Grüße 漢字 👨\u200d👩 می\u200cخواهم שלום',
    ],
    ['controls', 'a\x1b[2J\r\n\tb\x7f', 'a[U+001B][2J[U+000D][U+000A][U+0009]b[U+007F]'],
    ['what turns the direction of text', 'a\u202egnp.exe\u2066', 'a[U+202E]gnp.exe[U+2066]'],
    ['what has no width', 'pay\u200bpal\u00ad\ufeff', 'pay[U+200B]pal[U+00AD][U+FEFF]'],
    ['line separators and C1 controls', 'a\u2028\u009b', 'a[U+2028][U+009B]'],
    ['half characters', 'a\ud800', 'a[U+D800]'],
    ['invisible characters beyond the first plane', '\u{e0041}', '[U+E0041]'],
    ['towers of marks', `a${'\u0301'.repeat(50)}`, 'a\u0301\u0301\u0301'],
    ['HTML as it is', '<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
  ])('%s', (_what, text, shown) => {
    expect(shownText(text)).toBe(shown);
  });

  test('within JSON keeps its meaning', () => {
    const json = JSON.stringify({ a: 'x\u202ey\u{e0041}\x7f', b: 'line\nbreak' }, null, 2);
    expect(shownJson(json)).toContain('\\u202E');
    expect(JSON.parse(shownJson(json))).toEqual(JSON.parse(json));
  });
});

describe('colouring JSON', () => {
  test('tells names, texts, numbers and words apart', () => {
    const tokens = jsonTokens({ 'a:"b"': '"x": 1', n: -1.5e-7, list: [true, null, {}] });
    expect(tokens.filter(({ kind }) => kind !== 'layout')).toEqual([
      { kind: 'name', text: '"a:\\"b\\""' },
      { kind: 'text', text: '"\\"x\\": 1"' },
      { kind: 'name', text: '"n"' },
      { kind: 'number', text: '-1.5e-7' },
      { kind: 'name', text: '"list"' },
      { kind: 'word', text: 'true' },
      { kind: 'word', text: 'null' },
    ]);
  });

  test.each([[{}], [[]], [{ a: { b: ['c', 1, false, ''] }, ключ: 'é\\' }]])('loses no character of %j', (value) => {
    const joined = jsonTokens(value)
      .map(({ text }) => text)
      .join('');
    expect(joined).toBe(JSON.stringify(value, null, 2));
  });
});
