import { describe, expect, test } from '@jest/globals';
import {
  afterFillIn,
  changeOf,
  type Draft,
  draftOf,
  filledIn,
  hasCredentials,
  isChanged,
  keepEdits,
  tidy,
} from '../../../page/views/configuration/draft.js';
import { numberOrText } from '../../../page/views/configuration/setting-words.js';
import { tenantSettings } from '../../../src/form/settings-schema.js';
import type { PlaybookSettings } from '../../../src/wire/playbook.js';

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
    expect(change).toEqual({ settings: { frequency: 30 }, secrets: { intake_key: 'typed' } });
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

describe('what was edited while the runner was being asked', () => {
  const sent = draft({
    name: ' Sent ',
    settings: { account_name: 'sent@contoso.com ', frequency: 5, intake_key: 'typed' },
    forgotten: ['account_password'],
  });
  const after: PlaybookSettings = {
    ...saved,
    name: 'Sent',
    settings: { account_name: 'sent@contoso.com', frequency: 5 },
    savedSecrets: ['intake_key'],
  };

  function edit(changes: Partial<Draft>): Draft {
    return keepEdits({ ...sent, ...changes }, sent, draftOf(after));
  }

  test('is nothing where nothing was: the draft is what was saved', () => {
    expect(edit({})).toEqual(draftOf(after));
  });

  test.each<[string, Partial<Draft>, Partial<Draft>]>([
    ['a name', { name: 'Sent, and typed on' }, { name: 'Sent, and typed on' }],
    [
      'a setting',
      { settings: { ...sent.settings, frequency: 60 } },
      { settings: { account_name: 'sent@contoso.com', frequency: 60 } },
    ],
    [
      'a setting that was emptied',
      { settings: { account_name: sent.settings['account_name'], intake_key: 'typed' } },
      { settings: { account_name: 'sent@contoso.com' } },
    ],
    [
      'a secret',
      { settings: { ...sent.settings, intake_key: 'typed on' } },
      { settings: { ...after.settings, intake_key: 'typed on' } },
    ],
    ['a secret to forget', { forgotten: ['account_password', 'intake_key'] }, { forgotten: ['intake_key'] }],
  ])('stays unsaved: %s', (_, edited, stored) => {
    const draft = edit(edited);
    expect(draft).toEqual({ ...draftOf(after), ...stored });
    expect(isChanged(draft, after)).toBe(true);
  });

  test('comes before what was filled in meanwhile', () => {
    const filled = { ...draftOf(after), settings: { account_name: 'simulated', frequency: 5 } };
    const now = { ...sent, settings: { ...sent.settings, account_name: 'typed' } };
    expect(keepEdits(now, sent, filled).settings).toMatchObject({ account_name: 'typed' });
  });

  test('leaves a secret to be forgotten as long as it is marked', () => {
    const marked = draft({ forgotten: ['intake_key'] });
    expect(keepEdits(marked, marked, marked).forgotten).toEqual(['intake_key']);
    expect(keepEdits(draft({}), marked, marked).forgotten).toEqual([]);
  });
});

describe('a draft beside which the simulated tenant was filled in', () => {
  const after: PlaybookSettings = {
    ...saved,
    settings: { account_name: 'simulated', frequency: 30, api_url: 'http://127.0.0.1:1' },
    savedSecrets: ['account_password', 'intake_key'],
  };

  function fillIn(changes: Partial<Draft>, before = saved): Draft {
    return afterFillIn(draft(changes), before, after, tenantSettings(['account_password', 'intake_key']));
  }

  test('takes it in', () => {
    expect(fillIn({})).toEqual(draftOf(after));
  });

  test('keeps what was changed in it', () => {
    expect(fillIn({ name: 'Mine', settings: { ...saved.settings, frequency: 5 } })).toMatchObject({
      name: 'Mine',
      settings: { frequency: 5, account_name: 'simulated' },
    });
  });

  test('keeps a setting empty that was emptied in it', () => {
    expect(fillIn({ settings: {} }).settings).not.toHaveProperty('frequency');
  });

  test('gives way where the tenant has names, addresses and secrets of its own', () => {
    const settings = { account_name: 'mine', account_password: 'typed', client_id: 'mine', token_scope: 'mine' };
    expect(fillIn({ settings: { ...saved.settings, ...settings } })).toEqual(draftOf(after));
  });

  test('keeps what was typed where the tenant adds only what is missing: the intake key and the frequency', () => {
    const before = { ...saved, settings: {} };
    expect(fillIn({ settings: { intake_key: 'typed', frequency: 60 } }, before).settings).toMatchObject({
      intake_key: 'typed',
      frequency: 60,
    });
  });

  test('still forgets the secrets that the tenant leaves alone, and no other', () => {
    const before = { ...saved, savedSecrets: ['account_password', 'intake_key'] };
    expect(fillIn({ forgotten: ['account_password', 'intake_key'] }, before).forgotten).toEqual(['intake_key']);
  });
});
