import { describe, expect, test } from '@jest/globals';
import {
  changeOf,
  type Draft,
  draftOf,
  filledIn,
  isChanged,
  rebase,
  tidy,
} from '../../page/views/configuration/draft.js';
import { hasCredentials } from '../../page/views/configuration/has-credentials.js';
import { numberOrText } from '../../page/views/configuration/number-or-text.js';
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

describe('what is saved of a draft', () => {
  test('are texts without the space around them, and nothing for what is blank', () => {
    expect(tidy({ account_name: ' svc@contoso.com\n', tenant_id: ' \t', frequency: 0, compress: false }, [])).toEqual({
      account_name: 'svc@contoso.com',
      frequency: 0,
      compress: false,
    });
  });

  test('are secrets as they were typed, but none that is blank', () => {
    expect(tidy({ account_password: ' a b ', intake_key: '  ' }, ['account_password', 'intake_key'])).toEqual({
      account_password: ' a b ',
    });
  });

  test('leaves a saved secret as it is where only space was typed', () => {
    expect(changeOf(draft({ settings: { account_password: ' ' } }), ['account_password']).secrets).toEqual({});
  });
});

describe('what is typed for a number', () => {
  test.each([
    ['60', 60],
    [' 60 ', 60],
    ['-1', -1],
    ['1.5', 1.5],
    ['05', 5],
    ['12e1', '12e1'],
    ['0x10', '0x10'],
    ['Infinity', 'Infinity'],
    ['1.', '1.'],
    ['', ''],
    [undefined, undefined],
  ])('%j becomes %j', (typed, value) => {
    expect(numberOrText(typed)).toBe(value);
  });
});

describe('the credentials of a tenant', () => {
  const secrets = ['account_password', 'intake_key'];

  test.each([
    [{ account_name: 'svc@contoso.com' }, []],
    [{ account_password: 'typed' }, []],
    [{}, ['account_password']],
  ])('are there with %j typed and %j saved', (settings, saved) => {
    expect(hasCredentials(settings, saved, secrets)).toBe(true);
  });

  test.each([
    [{}, []],
    [{ account_name: ' ', frequency: 5 }, []],
    [{ intake_key: 'typed' }, ['intake_key']],
  ])('are not there with %j typed and %j saved', (settings, saved) => {
    expect(hasCredentials(settings, saved, secrets)).toBe(false);
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
