import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type Card, compileSettingsCheck, readModuleCards } from '../../src/cards/read-cards.js';

const repository = fileURLToPath(new URL('../../../../', import.meta.url));

const account = { account_name: 'a@x.example', account_password: 'p', intake_key: 'k' };
const application = { tenant_id: 't', client_id: 'c', intake_key: 'k' };
const address =
  'Write an address that begins with https://, without ?, # and @; http:// is for this machine alone (127.0.0.1 or localhost).';

let cards: ReadonlyMap<string, Card>;
beforeAll(async () => {
  ({ cards } = await readModuleCards(repository));
});

describe('problems with settings', () => {
  test.each([
    ['message_trace', account, {}],
    ['message_trace', {}, Object.fromEntries(Object.keys(account).map((name) => [name, 'Fill in this field.']))],
    ['message_trace', { ...account, account_name: '' }, { account_name: 'Fill in this field.' }],
    ['message_trace', { ...account, frequency: 0 }, { frequency: 'Write a whole number from 1 to 86400.' }],
    ['message_trace', { ...account, frequency: 'x' }, { frequency: 'Write a whole number from 1 to 86400.' }],
    ['message_trace', { ...account, start_time: 1.5 }, { start_time: 'Write a whole number from 0 to 2160.' }],
    ['message_trace', { ...account, compress: 'no' }, { compress: 'Choose yes or no.' }],
    ['message_trace', { ...account, token_scope: 1 }, { token_scope: 'Write a text.' }],
    ['message_trace', { ...account, event_format: 'x' }, { event_format: 'Choose one of normalized, enriched, raw.' }],
    ['message_trace', { ...account, api_url: 'http://x.example' }, { api_url: address }],
    ['message_trace', { ...account, intake_server: 'no address' }, { intake_server: address }],
    ['message_trace', { ...account, api_url: 'http://127.0.0.1:1/x' }, {}],
    ['message_trace', { ...account, api_url: 'https://user:password@x.example' }, { api_url: address }],
    ['message_trace', { ...account, intake_server: 'https://x.example/?key=1' }, { intake_server: address }],
    // Which settings an API needs, the trigger itself says.
    ['message_trace', { ...account, api: 'graph' }, {}],
    ['message_trace_graph', { ...application, client_secret: 's' }, {}],
    ['message_trace_graph', { ...application, client_certificate: 'c', client_secret: '' }, {}],
    [
      'message_trace_graph',
      application,
      { client_secret: 'Give this or Client certificate or Federated token file, or choose another credential.' },
    ],
    [
      'message_trace_graph',
      { ...application, client_secret: 's', client_certificate: 'c' },
      { client_certificate: 'Give only one of Client secret and Client certificate, or choose the credential to use.' },
    ],
    [
      'message_trace_graph',
      { ...application, client_secret: 's', client_certificate: 'c', credential: 'client_secret' },
      {},
    ],
    ['message_trace_graph', { ...application, federated_token_file: '/run/token' }, {}],
    ['message_trace_graph', { intake_key: 'k', credential: 'managed_identity' }, {}],
    ['message_trace_graph', { intake_key: 'k', credential: 'federated_token' }, {}],
    [
      'message_trace_graph',
      { ...application, credential: 'client_certificate' },
      { client_certificate: 'Fill in this field, or choose another credential.' },
    ],
    [
      'message_trace_graph',
      { client_secret: 's', intake_key: 'k' },
      { tenant_id: 'Fill in this field.', client_id: 'Fill in this field.' },
    ],
  ])('of %s %j are told in sentences', (trigger, settings, expected) => {
    const problems = cards.get(trigger)?.check(settings);
    expect(Object.fromEntries(problems?.map(({ setting, message }) => [setting, message]) ?? [])).toEqual(expected);
  });

  test('come once for each setting, in the order of the form', () => {
    const problems = cards.get('message_trace')?.check({ authority_url: 'x', frequency: -0.5, account_name: 1 });
    expect(problems?.map(({ setting }) => setting)).toEqual([
      'account_name',
      'account_password',
      'intake_key',
      'frequency',
      'authority_url',
    ]);
  });

  test('of schemas that the cards have not yet are told as well', () => {
    const check = compileSettingsCheck({
      properties: { a: { type: 'number', minimum: 1 }, b: { type: 'number', maximum: 2 }, c: { type: 'number' } },
    });
    expect(check({ a: 0, b: 3, c: 'x' }).map(({ message }) => message)).toEqual([
      'Write a number of at least 1.',
      'Write a number of at most 2.',
      'Write a number.',
    ]);
  });
});

test('the secrets of a card are what it masks, and the intake key', () => {
  expect([...(cards.get('message_trace')?.secretNames ?? [])]).toEqual([
    'account_password',
    'privacy_key',
    'intake_key',
  ]);
  expect([...(cards.get('message_trace_graph')?.secretNames ?? [])].sort()).toEqual([
    'client_certificate',
    'client_secret',
    'intake_key',
    'privacy_key',
  ]);
});
