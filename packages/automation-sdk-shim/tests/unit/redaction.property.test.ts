import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { errorLine, errorStack, excerpt, excerptOfPage } from '../../src/log/foreign-text.js';
import { Redactor, SECRETS } from '../../src/log/redactor.js';
import { ENCODINGS } from '../../src/log/spellings.js';
import { anyEcho, anySecret, leaksIn } from '../support/echo.js';
import { runs } from '../support/runs.js';

function withSecret<Result>(secret: string, action: () => Result): Result {
  SECRETS.add(secret);
  try {
    return action();
  } finally {
    SECRETS.remove(secret);
  }
}

const anySecretAndEcho = anySecret.chain((secret) => fc.record({ secret: fc.constant(secret), echo: anyEcho(secret) }));

describe('what a server echoes', () => {
  test.each([
    ['a text', (text: string) => excerpt(text)],
    ['a long excerpt', (text: string) => excerpt(text, 5_000)],
    ['a page', (text: string) => excerptOfPage(`<html><body><p>You sent ${text}</p></body></html>`)],
    ['the message of an error', (text: string) => errorLine(new Error(text))],
    ['the stack of an error', (text: string) => errorStack(new Error('outer', { cause: new TypeError(text) }))],
  ])('leaves no eight characters of a secret in %s, however it is spelled, placed and cut', (_name, quote) => {
    fc.assert(
      fc.property(anySecretAndEcho, ({ secret, echo }) => {
        const out = withSecret(secret, () => quote(echo.text));
        expect(leaksIn(out, echo.forbidden)).toEqual([]);
      }),
      runs(120),
    );
  });

  test('is hidden when tags, entities and line breaks stand within the secret', () => {
    for (const [secret, text] of [
      ['pa<b>ss-w0rd!x9', '<html>you sent pa<b>ss-w0rd!x9</html>'],
      ['two  blanks-pw', 'you sent two  blanks-pw'],
      ['amp&amp;ers4nd-pw', '<p>you sent amp&amp;amp;ers4nd-pw</p>'],
      ['amp&ers4nd-pw"q', '<p>you sent amp&amp;ers4nd-pw&quot;q</p>'],
      ['C0rrect-h0rse', '<p>you sent C0rr<wbr>ect<wbr>-h0rse</p>'],
      ['C0rrect-h0rse', '<p>you sent C0rr\n  ect-h0\u200brse</p>'],
      [
        'C0rrect-h0rse',
        'you sent C\u00000\u0000r\u0000r\u0000e\u0000c\u0000t\u0000-\u0000h\u00000\u0000r\u0000s\u0000e\u0000',
      ],
    ] as const) {
      expect(withSecret(secret, () => excerptOfPage(text))).toBe('you sent ***');
    }
  });

  test.each(Object.keys(ENCODINGS))('spelled as %s is replaced as a whole', (name) => {
    const secret = 'C0rrect-h0rse"+/& battery';
    const spelled = ENCODINGS[name]!(secret);
    const out = withSecret(secret, () => excerpt(`(${spelled})`));
    // Of base64 with something before the secret, that stays.
    expect(out).toMatch(/^\([\w=-]{0,16}\*\*\*[\w=]{0,4} ?\)$/);
  });

  test('keeps what is no secret', () => {
    const text = 'The filter "receivedDateTime ge 2026-01-01T00:00:00Z" is not valid: 100% of it & more.';
    expect(withSecret('C0rrect-h0rse-battery', () => excerpt(text))).toBe(text);
  });

  test('of megabytes is read at its beginning only', () => {
    const token = `eyJ${'abcdefgh'.repeat(500)}`;
    const text = '%41&amp;\\u0041'.repeat(4_000_000 / 14) + token;
    const before = performance.now();
    expect(withSecret(token, () => excerpt(text))).toHaveLength(300);
    // A hundred times what it takes on an idle machine.
    expect(performance.now() - before).toBeLessThan(10_000);
  });
});

describe('sentences of the module', () => {
  test('lose each whole secret, in every spelling', () => {
    fc.assert(
      fc.property(anySecret, fc.constantFrom(...Object.keys(ENCODINGS)), (secret, name) => {
        const redactor = new Redactor();
        redactor.add(secret);
        const spelled = ENCODINGS[name]!(secret);
        fc.pre(!/case|behind|of|utf16/.test(name));
        expect(redactor.redact(`It answered ${spelled}.`)).not.toContain(spelled);
      }),
      runs(100),
    );
  });

  test('keep words that are a piece of a password', () => {
    const redactor = new Redactor();
    redactor.add('Reporting-2024!');
    expect(redactor.redact('The Reporting Web Service answers.')).toBe('The Reporting Web Service answers.');
    expect(redactor.redactForeign('The Reporting Web Service answers.')).toBe('The *** Web Service answers.');
  });
});

describe('credentials that come up while running', () => {
  test('are redacted until eight newer ones have come up; one that is used again is new again', () => {
    const redactor = new Redactor();
    const token = (index: number) => `token-number-${'abcdefghijk'.charAt(index)}`;
    for (let index = 0; index < 8; index += 1) redactor.addPassing(token(index));
    redactor.addPassing(token(0));
    redactor.addPassing(token(8));
    const isRedacted = (index: number) => redactor.redact(token(index)) === '***';
    expect([0, 1, 2, 8].map(isRedacted)).toEqual([true, false, true, true]);
  });
});
