import { describe, expect, test } from '@jest/globals';
import { toEvent } from '../../../src/message-trace/event.js';
import { record } from '../../support/records.js';

const OPTIONS = { eventFormat: 'normalized', intakeFormat: 'message_trace' } as const;
const SIDES = [
  ['SenderAddress', 'from', 'to'],
  ['RecipientAddress', 'to', 'from'],
] as const;

/** Bounces and out-of-office notes have no sender; Microsoft writes the empty path of SMTP. */
describe.each(SIDES)('an empty %s', (key, absent, present) => {
  test.each(['<>', ' <> ', '< >', '', null])('(%j) is absent from the event, and stays in the raw row', (path) => {
    const event = toEvent(record({ [key]: path }), OPTIONS);
    expect(event['email']).not.toHaveProperty(absent);
    expect(event['email']).toHaveProperty([present, 'address']);
    expect(event[key]).toBe(path);
  });

  test('is not taken for an address where there is one in brackets', () => {
    const event = toEvent(record({ [key]: '<bob@example.com>' }), OPTIONS);
    expect(event['email']).toHaveProperty([absent, 'address'], 'bob@example.com');
  });
});
