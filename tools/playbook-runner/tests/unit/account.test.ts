import { describe, expect, test } from '@jest/globals';
import { handAccount, NO_ACCOUNT, takenFromAccount } from '../../src/form/account.js';
import { readSettingsSchema } from '../support/cards.js';

const graph = readSettingsSchema('message_trace_graph');
const service = readSettingsSchema('message_trace');
const ADDRESS = 'https://graph.example/v1.0';
const facts = {
  settings: { tenant_id: 't', client_id: 'C', api_url: ADDRESS, authority_url: 'https://login.example' },
  savedSecrets: ['client_secret'],
};
const all = ['tenant_id', 'client_id', 'client_secret'];

describe('a trigger takes from the account', () => {
  test.each<[string, object, readonly string[]]>([
    ['all that it leaves empty', {}, all],
    ['all where an address is the default of the form', { api_url: 'https://graph.microsoft.com/v1.0/' }, all],
    ['all where an address is the account’s', { api_url: `${ADDRESS}/` }, all],
    ['all where the credential is chosen that the account has', { credential: 'client_secret' }, all],
    ['the secret for the same application', { client_id: 'c' }, ['tenant_id', 'client_secret']],
    ['no secret for another application', { client_id: 'd' }, ['tenant_id']],
    ['no secret beside one of its own', { client_certificate: 'pem' }, ['tenant_id', 'client_id']],
    ['no secret of another kind', { credential: 'client_certificate' }, ['tenant_id', 'client_id']],
    ['no secret for an address of its own', { api_url: 'https://evil.example' }, ['tenant_id', 'client_id']],
    ['no secret for a sign-in of its own', { authority_url: 'https://evil.example' }, ['tenant_id', 'client_id']],
    ['nothing as a managed identity', { credential: 'managed_identity' }, []],
  ])('%s', (_, own, taken) => {
    expect(takenFromAccount(graph, own as Record<string, unknown>, facts)).toEqual(taken);
  });

  test('nothing where there is none, or where it signs in with a password', () => {
    expect(takenFromAccount(graph, {}, NO_ACCOUNT)).toEqual([]);
    expect(takenFromAccount(service, {}, facts)).toEqual([]);
  });
});

describe('a trigger is handed', () => {
  const { tenant_id, client_id } = facts.settings;
  const account = { settings: facts.settings, secrets: { client_secret: 's' } };

  test.each<[string, object]>([
    ['without any settings', {}],
    ['with the default addresses', { api_url: 'https://graph.microsoft.com/v1.0' }],
    ['with the account’s addresses', { authority_url: 'https://login.example' }],
  ])('all of the account %s', (_, own) => {
    expect(handAccount(graph, own as Record<string, unknown>, account)).toEqual(account);
  });

  test.each(['api_url', 'authority_url'])('no secret where %s is its own', (name) => {
    const own = { [name]: 'https://evil.example' };
    expect(handAccount(graph, own, account)).toEqual({ ...account, secrets: {} });
  });

  test.each<[string, object]>([
    ['a secret', { client_secret: 'own' }],
    ['a certificate', { client_certificate: 'pem' }],
    ['a federated token', { federated_token_file: '/run/token' }],
    ['a managed identity', { credential: 'managed_identity' }],
    ['a federated token of the environment', { credential: 'federated_token' }],
  ])('no address to which it would send %s of its own', (_, own) => {
    expect(handAccount(graph, own as Record<string, unknown>, account).settings).toEqual({ tenant_id, client_id });
  });

  test('no address to which it would send a password', () => {
    expect(handAccount(service, { account_password: 'p' }, account).settings).toEqual({ tenant_id, client_id });
  });
});
