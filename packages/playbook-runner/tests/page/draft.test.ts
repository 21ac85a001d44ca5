import { describe, expect, test } from '@jest/globals';
import { changeOf, type Draft, draftOf, filledIn, isChanged, rebase } from '../../page/views/configuration/draft.js';
import type { PlaybookSettings } from '../../src/wire/playbook.js';

const saved: PlaybookSettings = {
  id: 'demo',
  name: 'Demo',
  trigger: 'message_trace',
  settings: { account_name: 'svc@contoso.com', frequency: 30 },
  savedSecrets: ['account_password'],
  problems: [],
};

function draft(changes: Partial<Draft>): Draft {
  return { ...draftOf(saved), ...changes };
}

describe('a draft of settings', () => {
  test('is unchanged as it was saved', () => {
    expect(isChanged(draftOf(saved), saved)).toBe(false);
  });

  test.each([
    ['another name', draft({ name: 'Other' })],
    ['another value', draft({ settings: { ...saved.settings, frequency: 31 } })],
    ['an emptied setting', draft({ settings: { account_name: 'svc@contoso.com' } })],
    ['a typed secret', draft({ settings: { ...saved.settings, account_password: 'typed' } })],
    ['a secret to forget', draft({ forgotten: ['account_password'] })],
  ])('is changed by %s', (_, changed) => {
    expect(isChanged(changed, saved)).toBe(true);
  });

  test('is the same when a value was typed and typed back', () => {
    expect(isChanged(draft({ settings: { frequency: 30, account_name: 'svc@contoso.com' } }), saved)).toBe(false);
  });

  test('sends typed secrets apart from settings, and none that stays', () => {
    const change = changeOf(draft({ settings: { frequency: 30, intake_key: 'typed' } }), [
      'account_password',
      'intake_key',
    ]);
    expect(change).toEqual({ name: 'Demo', settings: { frequency: 30 }, secrets: { intake_key: 'typed' } });
  });

  test('sends null for a secret to forget', () => {
    const { secrets } = changeOf(draft({ forgotten: ['account_password'] }), ['account_password']);
    expect(secrets).toEqual({ account_password: null });
  });

  test('holds nothing for what was emptied, but 0 and off', () => {
    expect(filledIn({ one: undefined, two: '', three: null, four: 0, five: false })).toEqual({ four: 0, five: false });
  });
});

describe('settings saved beside a draft', () => {
  const after: PlaybookSettings = {
    ...saved,
    settings: { account_name: 'simulated', frequency: 30, api_url: 'http://127.0.0.1:1' },
    savedSecrets: ['account_password', 'intake_key'],
  };

  test('come into it', () => {
    expect(rebase(draftOf(saved), saved, after)).toEqual(draftOf(after));
  });

  test('leave what was changed in it', () => {
    const mine = draft({ name: 'Mine', settings: { ...saved.settings, frequency: 5 } });
    expect(rebase(mine, saved, after)).toMatchObject({
      name: 'Mine',
      settings: { frequency: 5, account_name: 'simulated' },
    });
  });

  test('leave a setting empty that was emptied in it', () => {
    expect(rebase(draft({ settings: {} }), saved, after).settings).not.toHaveProperty('frequency');
  });

  test('win where both changed the same, and over typed secrets', () => {
    const mine = draft({ settings: { account_name: 'mine', account_password: 'typed' } });
    expect(rebase(mine, saved, after).settings).toMatchObject({ account_name: 'simulated' });
    expect(rebase(mine, saved, after).settings).not.toHaveProperty('account_password');
  });
});
