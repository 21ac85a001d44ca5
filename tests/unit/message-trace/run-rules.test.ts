import { describe, expect, test } from '@jest/globals';
import { InternalDomains } from '../../../src/message-trace/direction.js';
import { isProblem } from '../../../src/message-trace/filter-rule.js';
import { readRunRule } from '../../../src/message-trace/run-rules.js';
import { record } from '../../support/records.js';

const internal = new InternalDomains(['contoso.com']);

describe('an entry of run_playbook_on fits', () => {
  test.each<[string, string, Record<string, string>, string | undefined, boolean]>([
    ['quarantined', 'quarantined', { Status: 'Quarantined' }, undefined, true],
    ['QUARANTINED', 'quarantined', { Status: 'Failed' }, undefined, false],
    ['Filtered as spam', 'filteredAsSpam', { Status: 'FilteredAsSpam' }, undefined, true],
    ['recalled', 'recalled', { Status: 'Recalled' }, 'delivered', true],
    ['late delivery after quarantine', 'late delivery after quarantine', { Status: 'Delivered' }, 'quarantined', true],
    ['Late-delivery_after quarantine', 'late delivery after quarantine', { Status: 'DELIVERED' }, 'quarantined', true],
    ['late delivery after quarantine', 'late delivery after quarantine', { Status: 'Delivered' }, 'pending', false],
    ['late delivery after quarantine', 'late delivery after quarantine', { Status: 'Delivered' }, undefined, false],
    ['late delivery after quarantine', 'late delivery after quarantine', { Status: 'Failed' }, 'quarantined', false],
    [
      'Status: failed and sender: *@contoso.com',
      'status: failed and sender: *@contoso.com',
      { Status: 'Failed' },
      undefined,
      true,
    ],
    ['direction: outbound', 'direction: outbound', {}, undefined, true],
    // A rule that cannot tell starts no run.
    ['sender: *@contoso.com', 'sender: *@contoso.com', { SenderAddress: null as unknown as string }, undefined, false],
  ])('%s: as %s on %j, seen before as %s: %s', (text, name, changes, previousStatus, fits) => {
    const rule = readRunRule(text);
    if (isProblem(rule)) throw new Error(rule.expected);
    expect(rule.text).toBe(name);
    expect(rule.fits({ record: record(changes), previousStatus }, internal)).toBe(fits);
  });
});

test.each([
  ['quarantine', 1, 'late delivery after quarantine'],
  ['status: lost', 9, 'one of delivered, failed'],
  ['from: x@b.example', 1, 'status, direction, sender'],
])('%s is no entry: the problem is at character %i', (text, position, expected) => {
  const read = readRunRule(text);
  expect(read).toEqual({ position, expected: expect.stringContaining(expected) });
});
