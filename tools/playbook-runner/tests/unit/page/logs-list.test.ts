import { describe, expect, test } from '@jest/globals';
import { filterLogs, logText, messageParts } from '../../../page/views/logs/log-text.js';
import type { LogLine } from '../../../src/wire/live.js';
import type { LogLevel } from '../../../src/wire/playbook.js';

function line(number: number, level: LogLevel, message: string): LogLine {
  return { number, atMs: number * 1000, level, message, origin: 'module' };
}

const LINES = [
  line(1, 'debug', 'Asked for a page'),
  line(2, 'info', 'Collecting starts'),
  line(3, 'warning', 'The intake does not answer'),
  line(4, 'error', 'A row could not be delivered. [MT-REJECTED]'),
  line(5, 'critical', 'The settings are wrong. [MT-SETTINGS]'),
];

describe('filtering log lines', () => {
  test.each([
    ['debug', '', [1, 2, 3, 4, 5]],
    ['warning', '', [3, 4, 5]],
    ['critical', '', [5]],
    ['debug', 'THE', [3, 5]],
    ['error', ' mt- ', [4, 5]],
  ] as const)('of level %s or graver, with %j, leaves %j', (atLeast, text, numbers) => {
    expect(filterLogs(LINES, { atLeast, text }).map(({ number }) => number)).toEqual(numbers);
  });
});

describe('what stands out in a message', () => {
  test('is its error code', () => {
    expect(messageParts('Wrong. [MT-SETTINGS] Mend it.', '')).toEqual([
      { kind: 'plain', text: 'Wrong. ' },
      { kind: 'code', text: '[MT-SETTINGS]' },
      { kind: 'plain', text: ' Mend it.' },
    ]);
  });

  test('is every place where the search was found, as it was written', () => {
    expect(messageParts('The intake: the end', 'THE')).toEqual([
      { kind: 'hit', text: 'The' },
      { kind: 'plain', text: ' intake: ' },
      { kind: 'hit', text: 'the' },
      { kind: 'plain', text: ' end' },
    ]);
  });

  test.each(['.', '[', 'a(b', '\\d', '{1}', '/', '-', '$^'])(
    'is found by %j as it stands, not as a pattern',
    (search) => {
      const found = messageParts(`x${search}y`, search).filter(({ kind }) => kind === 'hit');
      expect(found.map(({ text }) => text)).toEqual([search]);
    },
  );

  test('is nothing in an empty message', () => {
    expect(messageParts('', 'a')).toEqual([]);
  });
});

test('copied lines carry time in UTC, level, origin and message', () => {
  expect(logText(LINES.slice(1, 3))).toBe(
    '1970-01-01T00:00:02.000Z info     module Collecting starts\n' +
      '1970-01-01T00:00:03.000Z warning  module The intake does not answer\n',
  );
});
