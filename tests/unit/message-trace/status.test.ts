import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { camelCaseStatus, isKnownStatus, outcomeOf, pascalCaseStatus } from '../../../src/message-trace/status.js';
import { anyText } from '../../support/arbitrary-row.js';

const documented = [
  ['Delivered', 'delivered', 'success'],
  ['Expanded', 'expanded', 'success'],
  ['Failed', 'failed', 'failure'],
  ['FilteredAsSpam', 'filteredAsSpam', 'failure'],
  ['GettingStatus', 'gettingStatus', 'success'],
  ['None', 'none', 'unknown'],
  ['Pending', 'pending', 'unknown'],
  ['Quarantined', 'quarantined', 'failure'],
  ['Recalled', 'recalled', 'unknown'],
  ['Resolved', 'resolved', 'success'],
  ['UnknownFutureValue', 'unknownFutureValue', 'unknown'],
] as const;

test.each(documented)(
  '%s is known in any spelling, is %s to Graph, and its outcome is %s',
  (pascal, camel, outcome) => {
    for (const spelling of [pascal, camel, pascal.toUpperCase(), pascal.toLowerCase()]) {
      expect(isKnownStatus(spelling)).toBe(true);
      expect(pascalCaseStatus(spelling)).toBe(pascal);
      expect(camelCaseStatus(spelling)).toBe(camel);
      expect(outcomeOf(spelling)).toBe(outcome);
    }
  },
);

test.each([
  ['onHold', 'OnHold', 'onHold'],
  ['OnHold', 'OnHold', 'onHold'],
  ['éteint', 'Éteint', 'éteint'],
])('the status %s, which nobody has documented, keeps its letters but for the first', (status, pascal, camel) => {
  expect(isKnownStatus(status)).toBe(false);
  expect(pascalCaseStatus(status)).toBe(pascal);
  expect(camelCaseStatus(status)).toBe(camel);
});

test('an outcome is one of three words, whatever the status is', () => {
  const names = fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty');
  fc.assert(
    fc.property(fc.oneof(anyText, names), (status) => {
      expect(outcomeOf(status)).toBe('unknown');
    }),
  );
  expect(outcomeOf(undefined)).toBe('unknown');
});
