import { expect, test } from '@jest/globals';
import { LastWord } from '../../src/playbooks/run.js';

const well = { healthy: true, delivered: 5 };
const ill = { healthy: false, delivered: 5 };

test('what is critical is the reason while the trigger is unhealthy, whichever is known first', () => {
  const word = new LastWord();
  word.measure(well);
  word.say('The intake key is wrong.');
  expect(word.reason).toBeUndefined();
  word.measure(ill);
  expect(word.reason).toBe('The intake key is wrong.');

  const other = new LastWord();
  other.measure(ill);
  expect(other.reason).toBeUndefined();
  other.say('Microsoft refuses the account.');
  expect(other.reason).toBe('Microsoft refuses the account.');
});

test.each([
  ['is healthy again', [ill, well]],
  ['delivers again', [{ healthy: true, delivered: 6 }]],
  ['delivers again before it is healthy', [ill, { healthy: false, delivered: 6 }]],
])('is not blamed for later trouble once the trigger %s', (_, measured) => {
  const word = new LastWord();
  word.measure(well);
  word.say('The intake key is wrong.');
  for (const progress of measured) word.measure(progress);
  word.measure({ healthy: false, delivered: 6 });
  expect(word.reason).toBeUndefined();
});
