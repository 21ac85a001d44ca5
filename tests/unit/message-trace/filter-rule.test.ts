import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isProblem, readRule, type Rule } from '../../../src/message-trace/filter-rule.js';
import { runs } from '../../../packages/automation-sdk-shim/tests/support/runs.js';

function ruleOf(text: string): Rule {
  const read = readRule(text);
  if (isProblem(read)) throw new Error(`${read.position}: ${read.expected}`);
  return read;
}

test.each([
  ['direction: internal', 'direction: internal'],
  ['  Direction :INTERNAL  ', 'direction: internal'],
  ['status: Filtered as spam, FAILED', 'status: filteredAsSpam, failed'],
  ['status:delivered AND sender:*@News.Example.com', 'status: delivered and sender: *@news.example.com'],
  ['sender: <>', 'sender: <>'],
  ['sender: <Bob@Example.com>', 'sender: bob@example.com'],
  ['sender: @Contoso.com', 'sender: contoso.com'],
  ['sender: @Localhost', 'sender: *@localhost'],
  ['recipient: *.BÜCHER.example, a*@bücher.example', 'recipient: *.xn--bcher-kva.example, a*@xn--bcher-kva.example'],
  ['recipient: mail-*.example.com, *', 'recipient: mail-*.example.com, *'],
  ['recipient: "O\'Neil"@example.com', null],
  ['subject: Terms and conditions, 2nd edition', 'subject: terms and conditions, 2nd edition'],
  ['subject: Re: *invoice* and status: failed', 'subject: re: *invoice* and status: failed'],
  ['subject: "a and status: failed"', 'subject: "a and status: failed"'],
  ['subject: "say ""yes"""', 'subject: "say ""yes"""'],
  ['subject: say "yes"', 'subject: "say ""yes"""'],
  ['subject: "x" and status: failed', 'subject: "x" and status: failed'],
])('%s is read as %s', (text, expected) => {
  if (expected === null) {
    // A name in double quotes has to be quoted as a whole.
    expect(isProblem(readRule(text))).toBe(true);
    expect(ruleOf('recipient: """O\'Neil""@example.com"').conditions[0]!.values).toEqual([`"o'neil"@example.com`]);
    return;
  }
  const rule = ruleOf(text);
  expect(rule.text).toBe(expected);
  expect(ruleOf(rule.text).text).toBe(expected);
});

describe('what is no rule is reported with the position and what a rule has there', () => {
  const FIELD = 'status, direction, sender, recipient or subject, and a colon';
  test.each([
    ['internal', 1, FIELD],
    ['from: a@b.example', 1, FIELD],
    ['sender a@b.example', 1, FIELD],
    [': x', 1, FIELD],
    ['status: failed and sendr: *@b.example', 20, FIELD],
    ['subject: *budget* and Re: *', 23, FIELD],
    ['status: failed and ', 9, 'one of delivered, failed'],
    ['status: failed, ', 17, 'one of delivered, failed'],
    ['status: failed or quarantined', 9, 'one of delivered, failed'],
    ['status: failed, lost', 17, 'one of delivered, failed'],
    ['status:', 8, 'one of delivered, failed'],
    ['direction: unknown', 12, 'one of inbound, outbound, internal and external'],
    ['direction: "inbound" outbound', 22, 'the end of the rule, or " and " with another condition'],
    ['direction: inbound and direction: outbound', 24, 'another field: direction stands in this rule already'],
    ['sender: bob', 9, 'an address such as name@example.com'],
    ['sender: a@b@c.example', 9, 'an address such as name@example.com'],
    ['sender: Bob <bob@example.com>', 9, 'an address such as name@example.com'],
    ['sender: bob@', 9, 'an address such as name@example.com'],
    ['sender: *.bücher*.example', 9, 'an address such as name@example.com'],
    ['recipient: <>', 12, 'an address such as name@example.com'],
    ['subject:', 9, 'a subject, in which * stands for any text'],
    ['subject: and status: failed', 10, 'a subject, in which * stands for any text'],
    ['subject: ""', 10, 'a subject, in which * stands for any text'],
    ['subject: "open', 10, 'a second quotation mark'],
    [`subject: ${'x'.repeat(500)}`, 501, 'the end of the rule, which has 509 characters'],
  ])('%s', (text, position, expected) => {
    const read = readRule(text);
    expect(read).toEqual({ position, expected: expect.stringContaining(expected) });
  });

  test('every text is a rule that reads the same again, or a problem within it', () => {
    const words = fc.constantFrom(
      ...['status', 'sender', 'subject', 'direction', ':', ' ', ',', ' and ', '"', '""', '*', '@', '.', '<>'],
      ...['failed', 'internal', 'a@b.example', 'b.example', 'x', 'É', '\u0301', '\ud800'],
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 14 }), (parts) => {
        const text = parts.join('');
        const read = readRule(text);
        if (!isProblem(read)) {
          expect(ruleOf(read.text).text).toBe(read.text);
          return;
        }
        expect(read.position).toBeGreaterThanOrEqual(1);
        expect(read.position).toBeLessThanOrEqual(text.length + 1);
      }),
      runs(20_000),
    );
  });
});
