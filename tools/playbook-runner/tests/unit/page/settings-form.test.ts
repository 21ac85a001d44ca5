import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { checkDraft, type Draft, type Settings } from '../../../page/views/configuration/draft.js';
import {
  alternativesWords,
  cautionAbout,
  defaultWords,
  groupSettings,
  tellConsequences,
  unitOf,
} from '../../../page/views/configuration/setting-words.js';
import { secretNames, type SettingsSchema } from '../../../src/form/settings-schema.js';
import type { SchemaError } from '../../../src/form/problems.js';
import { readSettingsSchema } from '../../support/cards.js';

const account = readSettingsSchema('message_trace');
const application = readSettingsSchema('message_trace_graph');

function check(schema: SettingsSchema, draft: Partial<Draft>, savedSecrets: readonly string[] = []) {
  const ajv = new Ajv({ allErrors: true, strict: false });
  addFormats.default(ajv);
  const compiled = ajv.compile(schema);
  const validate = (settings: Settings): readonly SchemaError[] => (compiled(settings) ? [] : (compiled.errors ?? []));
  return checkDraft(schema, validate, { name: 'Demo', settings: {}, forgotten: [], ...draft }, savedSecrets);
}

function settingsOf(problems: readonly { readonly setting: string }[]): readonly string[] {
  return problems.map(({ setting }) => setting);
}

describe('the groups of the form', () => {
  test.each(['message_trace', 'message_trace_graph'])('hold each setting of %s once', (trigger) => {
    const schema = readSettingsSchema(trigger);
    const grouped = groupSettings(schema).flatMap(({ settings }) => settings);
    expect([...grouped].sort()).toEqual(Object.keys(schema.properties).sort());
  });

  test('begin with what is required, or one of which is', () => {
    expect(groupSettings(application)[0]?.settings).toEqual([
      'tenant_id',
      'client_id',
      'intake_key',
      'credential',
      'client_secret',
      'client_certificate',
      'federated_token_file',
    ]);
  });

  test('put settings that nobody has thought of under the advanced ones', () => {
    const schema = { properties: { api: {}, brand_new: {} } };
    expect(groupSettings(schema).map(({ id, settings }) => [id, settings])).toEqual([
      ['api', ['api']],
      ['advanced', ['brand_new']],
    ]);
  });
});

describe('the words at a setting', () => {
  test.each([
    ['start_time', 'hours', 'Default: 1 hour'],
    ['frequency', 'seconds', 'Default: 60 seconds'],
    ['late_window', 'minutes', 'Default: 1620 minutes'],
    ['max_requests_per_5_minutes', 'requests', 'Default: 90 requests'],
    ['chunk_size', 'events', 'Default: 1000 events'],
    ['compress', undefined, 'Default: On'],
    ['event_format', undefined, 'Default: normalized'],
    ['account_name', undefined, undefined],
  ])('%s: unit %s, %s', (setting, unit, words) => {
    const schema = account.properties[setting] ?? {};
    expect(unitOf(schema)).toBe(unit);
    expect(defaultWords(schema)).toBe(words);
  });

  test('name the others, one of which is needed', () => {
    expect(alternativesWords(application, 'client_secret')).toBe('this or Client certificate or Federated token file');
    expect(alternativesWords(application, 'tenant_id')).toBeUndefined();
  });
});

test('the intake key is masked beside the secrets of the card', () => {
  expect(secretNames(account)).toEqual(['account_password', 'privacy_key', 'intake_key']);
});

test.each([
  ['abc', true],
  ['abcd', false],
  ['   ', false],
  [undefined, false],
])('a secret of %j makes the form think aloud: %s', (secret, cautions) => {
  expect(cautionAbout(secret) !== undefined).toBe(cautions);
});

describe('what follows from settings', () => {
  const told = (schema: SettingsSchema, settings: Settings) =>
    tellConsequences(schema, settings, (name) => name in settings);

  test.each([
    [{}, 'Reads the Reporting Web Service with HTTP Basic.'],
    [{ client_id: 'x' }, 'Signs in through Entra ID and reads Microsoft Graph.'],
    [
      { client_id: 'x', api: 'reporting_web_service' },
      'Signs in through Entra ID and reads the Reporting Web Service.',
    ],
    [{ api: 'graph' }, 'Microsoft Graph is read with a Client ID alone: fill it in.'],
  ])('of an account with %j: %s', (settings, words) => {
    expect(told(account, settings).api).toBe(words);
  });

  test('of an application: how it signs in and what it reads', () => {
    expect(told(application, { client_certificate: 'x' })).toMatchObject({
      required: 'The application proves who it is with its certificate.',
      api: 'Signs in as the application through Entra ID and reads Microsoft Graph.',
    });
  });

  test.each([
    [{ credential: 'managed_identity' }, 'Azure signs in what the module runs in, by its managed identity.'],
    [{ credential: 'federated_token' }, 'The application proves who it is with the token in a file.'],
    [{ federated_token_file: '/t' }, 'The application proves who it is with the token in a file.'],
    [
      { client_secret: 'x', client_certificate: 'y' },
      'More than one credential is given: remove the others, or choose the one to use.',
    ],
    [
      { client_secret: 'x', client_certificate: 'y', credential: 'client_secret' },
      'The application proves who it is with its client secret.',
    ],
    [{}, 'The application proves who it is with a client secret, a certificate or a federated token.'],
  ])('of an application with %j: %s', (settings, words) => {
    expect(told(application, settings).required).toBe(words);
  });

  test('events stay here unless an intake is named', () => {
    expect(told(account, {}).intake).toBe('Events stay on this machine, in the intake of this runner.');
    expect(told(account, { intake_server: 'https://intake.example' }).intake).toContain('https://intake.example');
  });
});

describe('the check of a draft', () => {
  test('names each required setting that is empty', () => {
    expect(settingsOf(check(account, {}))).toEqual(['account_name', 'account_password', 'intake_key']);
  });

  test('takes a saved secret for filled in, until it is to be forgotten', () => {
    const settings = { account_name: 'svc@contoso.com' };
    const savedSecrets = ['account_password', 'intake_key'];
    expect(check(account, { settings }, savedSecrets)).toEqual([]);
    expect(settingsOf(check(account, { settings, forgotten: ['intake_key'] }, savedSecrets))).toEqual(['intake_key']);
  });

  test('takes white space for nothing, also over a saved secret', () => {
    const settings = { account_name: '  ', account_password: ' ', intake_key: ' ' };
    expect(settingsOf(check(account, { settings }, ['intake_key']))).toEqual(['account_name', 'account_password']);
  });

  test('lets a saved secret count where only one of two may be given', () => {
    const settings = { tenant_id: 't', client_id: 'c', client_certificate: 'typed' };
    expect(settingsOf(check(application, { settings }, ['client_secret', 'intake_key']))).toEqual([
      'client_certificate',
    ]);
  });

  test('does not judge the value of a saved secret, which is on the server alone', () => {
    const schema = { properties: { key: { type: 'string', enum: ['one', 'other'] } }, required: ['key'] };
    expect(check(schema, {}, ['key'])).toEqual([]);
    expect(settingsOf(check(schema, { settings: { key: 'none' } }, ['key']))).toEqual(['key']);
  });

  test('asks for the name of the playbook', () => {
    expect(settingsOf(check({ properties: {} }, { name: '  ' }))).toEqual(['name']);
  });
});
