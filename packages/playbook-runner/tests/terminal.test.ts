import { describe, expect, test } from '@jest/globals';
import type { BooksReport } from '../src/index.js';
import { printable } from '../src/terminal/printable.js';
import { frame } from '../src/terminal/screen.js';
import { readShownEvent } from '../src/terminal/shown-event.js';
import type { Snapshot } from '../src/terminal/snapshot.js';
import { renderEvent, renderLine, renderNotice, renderSummary } from '../src/terminal/summary.js';
import { cut, fit, widthOf } from '../src/terminal/width.js';

describe('making foreign text printable', () => {
  test.each([
    ['leaves letters, marks, symbols and emoji alone', 'Grüße, 漢字 🎉 e\u0301 “q” €', 'Grüße, 漢字 🎉 e\u0301 “q” €'],
    ['disarms escape sequences', '\x1b[2J\x1b]0;title\x07', '␛[2J␛]0;title␇'],
    ['disarms C1 controls', 'a\u009b31mb', 'a�31mb'],
    ['shows line breaks, tabs and delete as pictures', 'a\r\nb\tc\x7f', 'a␍␊b␉c␡'],
    ['shows Unicode line separators', 'a\u2028b\u2029c', 'a�b�c'],
    ['shows what turns the direction of text', 'a\u202egnp.exe\u2066', 'a�gnp.exe�'],
    ['shows what has no width', 'a\u200bb\ufeffc\u00ad', 'a�b�c�'],
    ['shows half characters and private ones', 'a\ud800b\ue000', 'a�b�'],
    ['takes joined emoji apart', '👨\u200d👩\u200d👧 ❤\ufe0f', '👨👩👧 ❤'],
    ['cuts down towers of marks', `a${'\u0301'.repeat(50)}b`, 'a\u0301\u0301\u0301b'],
  ])('%s', (_what, text, shown) => {
    expect(printable(text)).toBe(shown);
  });
});

describe('measuring and cutting', () => {
  test.each([
    ['abc', 3],
    ['e\u0301', 1],
    ['漢字', 4],
    ['ｱﾊﾝ', 3],
    ['Ａ', 2],
    ['한글', 4],
    ['🎉', 2],
    ['→…', 2],
  ])('%s takes %d columns', (text, columns) => {
    expect(widthOf(text)).toBe(columns);
  });

  test.each([
    ['fits', 4, 'fits'],
    ['does not', 4, 'doe…'],
    ['漢字漢字', 6, '漢字…'],
    ['漢字漢字', 5, '漢字…'],
    ['漢字', 3, '漢…'],
    ['abc', 1, '…'],
    ['abc', 0, ''],
  ])('cuts %s to %d columns', (text, columns, result) => {
    expect(cut(text, columns)).toBe(result);
    expect(widthOf(result)).toBeLessThanOrEqual(columns);
  });

  test('fills up to the width', () => {
    expect(fit('漢', 4)).toBe('漢  ');
    expect(fit('漢字漢', 4)).toBe('漢… ');
  });
});

describe('reading events to show', () => {
  const shown = { sender: 's@x', recipient: 'r@x', subject: 'Hi', status: 'Delivered' };

  test('knows both dialects and every form of time', () => {
    const legacy = { SenderAddress: 's@x', RecipientAddress: 'r@x', Subject: 'Hi', Status: 'Delivered' };
    const graph = { senderAddress: 's@x', recipientAddress: 'r@x', subject: 'Hi', status: 'Delivered' };
    const receivedMs = Date.UTC(2022, 6, 25, 12, 26, 13, 240);
    const events = [
      { ...legacy, Received: '/Date(1658751973240)/' },
      { ...legacy, Received: '2022-07-25T12:26:13.2400000' },
      { ...graph, receivedDateTime: '2022-07-25T12:26:13.24Z' },
      { ...graph, receivedDateTime: '2022-07-25T14:26:13.24+02:00' },
    ];
    for (const event of events) expect(readShownEvent(JSON.stringify(event))).toEqual({ ...shown, receivedMs });
  });

  test('shows nothing for what is missing', () => {
    expect(readShownEvent('{"Subject":null}')).toEqual({
      receivedMs: undefined,
      sender: '',
      recipient: '',
      subject: '',
      status: '',
    });
  });
});

const BOOKS: BooksReport = {
  visible: 1234,
  delivered: 1230,
  missing: 4,
  missedStatuses: 9,
  repeated: 0,
  unknown: 0,
  unreadable: 0,
  samples: { missing: [], missedStatuses: [], repeated: [], unknown: [], unreadable: [] },
};

const EVENT = {
  receivedMs: Date.UTC(2026, 10, 23, 9, 30, 1),
  sender: 'a@x.io',
  recipient: 'b@y.io',
  subject: 'Invoice\x1b[31m',
  status: 'Delivered',
};

const SNAPSHOT: Snapshot = {
  nowMs: Date.UTC(2026, 10, 23, 9, 31),
  state: { name: 'running', healthy: true, lagSeconds: 2.4 },
  restarts: 1,
  events: 1230,
  eventsLastMinute: 20,
  books: BOOKS,
  lastEvents: [{ ...EVENT, subject: 'older' }, EVENT],
  notices: [{ date: '2026-11-23T09:30:30', level: 'warning', message: 'line\nbreak' }],
};

describe('the summary', () => {
  test('shows state, events, lag, books, and the last events and notices, newest first', () => {
    expect(renderSummary(SNAPSHOT, 80)).toEqual([
      'Microsoft 365 message trace, on loopback                      Ctrl-C stops',
      '',
      'Trigger   running, restarts: 1',
      'Events    1,230 delivered, 20 in the last minute',
      'Lag       2 s',
      'Books     1,234 rows visible, 4 not delivered yet, 0 repeated',
      '',
      'Last events, received at (UTC)',
      '09:30:01  a@x.io → b@y.io             Invoice␛[31m                Delivered     ',
      '09:30:01  a@x.io → b@y.io             older                       Delivered     ',
      '',
      'Warnings and errors',
      '09:30:30 warning: line␊break',
    ]);
  });

  test.each([10, 24, 40, 120])('keeps to %d columns whatever the subjects hold', (columns) => {
    const wide = { ...EVENT, subject: '漢字🎉'.repeat(50), sender: 'é'.repeat(100) };
    for (const line of renderSummary({ ...SNAPSHOT, lastEvents: [wide] }, columns)) {
      expect(widthOf(line)).toBeLessThanOrEqual(columns);
    }
  });

  test('says what it does not know yet', () => {
    const lines = renderSummary({ ...SNAPSHOT, state: { name: 'starting' }, books: undefined }, 80);
    expect(lines).toContain('Trigger   starting, restarts: 1');
    expect(lines).toContain('Lag       unknown');
    expect(lines).toContain('Books     not compared yet');
  });

  test.each([
    [{ name: 'running', healthy: false, lagSeconds: undefined } as const, 'running, unhealthy, restarts: 1'],
    [{ name: 'stopping' } as const, 'stopping, restarts: 1'],
    [
      { name: 'crashed', how: 'exit code 1: bad\x1b[0m', restartInMs: 3200 } as const,
      'crashed (exit code 1: bad␛[0m), starts again in 4 s, restarts: 1',
    ],
  ])('describes the state %j', (state, text) => {
    expect(renderSummary({ ...SNAPSHOT, state }, 80)).toContain(`Trigger   ${text}`);
  });

  test('names what must not be, once there is some', () => {
    const lines = renderSummary({ ...SNAPSHOT, books: { ...BOOKS, repeated: 1, unknown: 2, unreadable: 3 } }, 100);
    expect(lines).toContain('Books     1,234 rows visible, 4 not delivered yet, 1 repeated, 2 unknown, 3 unreadable');
  });

  test('is one line where the output is no terminal', () => {
    expect(renderLine(SNAPSHOT)).toBe(
      '2026-11-23T09:31:00.000Z running, restarts: 1; 1,230 delivered, 20 in the last minute; lag: 2 s; ' +
        'books: 1,234 rows visible, 4 not delivered yet, 0 repeated',
    );
  });

  test('leaves the time out where an event has none', () => {
    expect(renderEvent({ ...EVENT, receivedMs: undefined }, 60)).toMatch(/^ {10}a@x\.io/);
  });

  test('makes notices one line', () => {
    expect(renderNotice(SNAPSHOT.notices[0]!)).toBe('09:30:30 warning: line␊break');
  });
});

test('a frame overwrites line by line, erases what is left over and keeps to the rows', () => {
  expect(frame(['a', 'b', 'c'], 2)).toBe('\x1b[?2026h\x1b[Ha\x1b[K\r\nb\x1b[K\x1b[J\x1b[?2026l');
});
