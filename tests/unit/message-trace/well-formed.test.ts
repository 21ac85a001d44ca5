import { describe, expect, test } from '@jest/globals';
import { eventText } from '../../../src/message-trace/event-text.js';
import { isWellFormed, wellFormed } from '../../../src/message-trace/event.js';
import { record } from '../../support/records.js';

describe('halves of characters', () => {
  test.each([
    ['a high one', 'a\ud800b', 'a\ufffdb'],
    ['a low one', 'a\udc00b', 'a\ufffdb'],
    ['one at the end, as a cut leaves it', 'hello \ud83d', 'hello \ufffd'],
    ['two in the wrong order', '\ude00\ud83d', '\ufffd\ufffd'],
    ['one beside a whole character', '\ud83d\ud83d\ude00', '\ufffd😀'],
  ])('are replaced wherever they stand: %s', (_, broken, whole) => {
    const value = { text: broken, list: [broken, { [broken]: broken }], number: 1, nothing: null };
    expect(isWellFormed(value)).toBe(false);
    expect(wellFormed(value)).toStrictEqual({
      text: whole,
      list: [whole, { [whole]: whole }],
      number: 1,
      nothing: null,
    });
  });

  test.each(['message_trace', 'message_trace_graph_api'] as const)(
    'are in no text that is sent, in no field of either part: %s',
    (intakeFormat) => {
      const it = record({
        Subject: 'a\ud800b',
        SenderAddress: 'al\udc00ice@contoso.com',
        RecipientAddress: 'bob\ud83d@example.com',
        MessageId: '<\ud800>',
        Status: 'Deliv\ud800ered',
        MessageTraceId: '3b4f\udfff',
        Organization: 'contoso\ud800',
        '\ud800key': 'x',
      });
      const text = eventText(it, { eventFormat: 'normalized', intakeFormat });
      // Well-formed JSON text has them as escapes.
      expect(text).not.toMatch(/\\ud[89a-f]/i);
      expect(JSON.parse(text)).toMatchObject({
        email: { subject: 'a\ufffdb', to: { address: 'bob\ufffd@example.com' } },
      });
      expect(eventText(it, { eventFormat: 'raw', intakeFormat })).not.toMatch(/\\ud[89a-f]/i);
    },
  );

  test('leave the same text with a backslash alone', () => {
    const it = record({ Subject: 'C:\\ud800' });
    expect(JSON.parse(eventText(it, { eventFormat: 'normalized', intakeFormat: 'message_trace' }))).toMatchObject({
      Subject: 'C:\\ud800',
    });
  });
});

test('whole characters are well-formed', () => {
  expect(isWellFormed({ '😀': ['👩‍👩‍👧', { a: 'é' }], n: 1 })).toBe(true);
});
