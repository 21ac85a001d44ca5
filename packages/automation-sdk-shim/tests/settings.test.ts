import { describe, expect, test } from '@jest/globals';
import type { Schema } from '../src/configuration/cards.js';
import { checkSettings, secretsAmong } from '../src/configuration/settings.js';
import { CardError, ConfigurationError } from '../src/errors.js';

const schema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  properties: {
    account: { type: 'string', title: 'Account name', minLength: 1 },
    password: { type: 'string', title: 'Password', minLength: 8 },
    frequency: {
      type: 'integer',
      title: 'Frequency',
      description: 'How often new time is read, in seconds. Less is faster.',
      default: 60,
      minimum: 1,
      maximum: 86400,
    },
    ratio: { type: 'number', minimum: 0 },
    compress: { type: 'boolean', title: 'Compress', default: true },
    format: { type: 'string', title: 'Format', enum: ['raw', 'normalized'], default: 'raw' },
    server: {
      type: 'string',
      title: 'Server',
      format: 'uri',
      pattern: '^(https://|http://(localhost|127\\.0\\.0\\.1)(:|/|$))',
      default: 'https://intake.example',
    },
    domains: { type: 'array', title: 'Domains', items: { type: 'string', minLength: 1 } },
  },
  required: ['account', 'password'],
  secrets: ['password'],
};
const good = { account: 'me', password: 'long enough' };

function messageFor(raw: Record<string, unknown>, card: Schema = schema): string {
  try {
    checkSettings(raw, card);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  return 'all right';
}

describe('settings', () => {
  test('defaults are filled in, and what was given is told apart from them', () => {
    const { values, given } = checkSettings({ ...good, compress: false }, schema);
    expect(values).toEqual({
      ...good,
      compress: false,
      frequency: 60,
      format: 'raw',
      server: 'https://intake.example',
    });
    expect([...given].sort()).toEqual(['account', 'compress', 'password']);
  });

  test('null and empty texts of the form count as absent', () => {
    const { values, given } = checkSettings({ ...good, frequency: null, server: '' }, schema);
    expect(values['frequency']).toBe(60);
    expect(values['server']).toBe('https://intake.example');
    expect(given.has('server')).toBe(false);
    expect(messageFor({ ...good, account: '' })).toContain('"account" (Account name) is missing: it must be text');
  });

  test('unknown settings are removed and named', () => {
    const { values, unknown } = checkSettings({ ...good, colour: 'red', constructor: 'x' }, schema);
    expect(unknown).toEqual(['colour', 'constructor']);
    expect(Object.keys(values)).not.toContain('colour');
  });

  test('the caller’s object is left as it was', () => {
    const raw = { ...good };
    checkSettings(raw, schema);
    expect(raw).toEqual(good);
  });

  test.each([
    [
      { frequency: 0 },
      '"frequency" (Frequency) must be an integer between 1 and 86400 (how often new time is read, in seconds).',
    ],
    [{ frequency: '60' }, '"frequency" (Frequency) must be an integer between 1 and 86400'],
    [{ ratio: -1 }, '"ratio" must be a number of at least 0.'],
    [{ compress: 'yes' }, '"compress" (Compress) must be true or false.'],
    [{ format: 'xml' }, '"format" (Format) must be one of "raw", "normalized".'],
    [{ password: 'short' }, '"password" (Password) must be text of at least 8 characters.'],
    [{ domains: ['a', ''] }, '"domains" (Domains) must be a list whose items are each text that is not empty.'],
    [
      { server: 'http://intake.example' },
      '"server" (Server) must be an https:// address (plain http is accepted for loopback hosts only).',
    ],
    [{ server: 'intake.example' }, '"server" (Server) must be an https:// address'],
    [{ server: 'http://127.0.0.1:8080/x' }, 'all right'],
  ])('%j is answered by a sentence', (wrong, sentence) => {
    expect(messageFor({ ...good, ...wrong })).toContain(sentence);
  });

  test('every wrong setting has one sentence, and the value of a secret is in none', () => {
    const message = messageFor({ account: 7, password: 'hunt2', frequency: 1.5, server: 'no' });
    expect(message.match(/must be/g)).toHaveLength(4);
    expect(message).not.toContain('hunt2');
  });

  test('a wrong schema is the card’s fault', () => {
    expect(() => checkSettings({}, { type: 'object', properties: { a: { type: 'strin' } } })).toThrow(CardError);
  });

  test('secrets are found by the card’s list, however deep', () => {
    const found = secretsAmong({ password: ['one', { two: 'three' }], account: 'me' }, schema);
    expect(found.map(({ secret }) => secret)).toEqual(['one', 'three']);
  });

  test('unknown settings are named last where another one is wrong', () => {
    expect(messageFor({ ...good, compress: 'yes', colour: 'red' })).toBe(
      '"compress" (Compress) must be true or false. Correct the settings in the playbook. ' +
        'Settings that the module does not know were left out: "colour". Check their spelling.',
    );
  });
});

describe('settings that depend on each other', () => {
  const card = {
    type: 'object',
    properties: {
      api: { type: 'string', title: 'API', enum: ['reporting', 'graph'], default: 'reporting' },
      client_id: { type: 'string', title: 'Client ID', minLength: 1 },
      client_secret: { type: 'string', title: 'Client secret' },
      client_certificate: { type: 'string', title: 'Client certificate' },
      client_key: { type: 'string' },
      frequency: { type: 'integer', title: 'Frequency', minimum: 1 },
    },
    secrets: ['client_secret', 'client_certificate'],
  };
  const secretOrCertificate = [{ required: ['client_secret'] }, { required: ['client_certificate'] }];
  const ifGraph = { if: { properties: { api: { const: 'graph' } }, required: ['api'] } };
  const END = ' Correct the settings in the playbook.';
  const SECRET = '"client_secret" (Client secret)';
  const CERTIFICATE = '"client_certificate" (Client certificate)';

  test.each([
    ['none of a choice', { oneOf: secretOrCertificate }, {}, `Either ${SECRET} or ${CERTIFICATE} must be given.`],
    [
      'too many of a choice',
      { oneOf: secretOrCertificate },
      { client_secret: 'abcd', client_certificate: 'efgh' },
      `Only one of ${SECRET} and ${CERTIFICATE} may be given.`,
    ],
    ['one of a choice', { oneOf: secretOrCertificate }, { client_secret: 'abcd', client_certificate: '' }, 'all right'],
    [
      'none of several',
      { anyOf: secretOrCertificate },
      {},
      `At least one of ${SECRET} and ${CERTIFICATE} must be given.`,
    ],
    [
      'several of several',
      { anyOf: secretOrCertificate },
      { client_secret: 'abcd', client_certificate: 'efgh' },
      'all right',
    ],
    [
      'a choice between groups',
      { oneOf: [...secretOrCertificate, { required: ['client_id', 'client_key'] }] },
      { client_id: 'me' },
      `Either ${SECRET}, ${CERTIFICATE} or "client_id" (Client ID) and "client_key" must be given.`,
    ],
    [
      'a choice beside a missing setting',
      { required: ['client_id'], oneOf: secretOrCertificate },
      {},
      `Either ${SECRET} or ${CERTIFICATE} must be given. "client_id" (Client ID) is missing: it must be text that is not empty.`,
    ],
    [
      'a setting that another one’s value demands',
      { ...ifGraph, then: { required: ['client_id'] } },
      { api: 'graph' },
      '"client_id" (Client ID) is missing: it must be text that is not empty, as "api" is "graph".',
    ],
    ['a condition that does not hold', { ...ifGraph, then: { required: ['client_id'] } }, {}, 'all right'],
    [
      'a condition on a default',
      { if: { properties: { api: { const: 'reporting' } }, required: ['api'] }, then: { required: ['client_id'] } },
      {},
      '"client_id" (Client ID) is missing: it must be text that is not empty, as "api" is "reporting".',
    ],
    [
      'a choice under a condition',
      { allOf: [{ ...ifGraph, then: { oneOf: secretOrCertificate } }] },
      { api: 'graph' },
      `Either ${SECRET} or ${CERTIFICATE} must be given, as "api" is "graph".`,
    ],
    [
      'a narrower limit under a condition',
      { ...ifGraph, then: { properties: { frequency: { minimum: 60 } } } },
      { api: 'graph', frequency: 30 },
      '"frequency" (Frequency) must be an integer of at least 60, as "api" is "graph".',
    ],
    [
      'a demand where a condition does not hold',
      { ...ifGraph, else: { required: ['client_key'] } },
      {},
      '"client_key" is missing: it must be text.',
    ],
  ])('%s', (_case, rules, raw, sentences) => {
    expect(messageFor(raw, { ...card, ...rules })).toBe(sentences === 'all right' ? sentences : sentences + END);
  });

  test('the constants of a condition are the schema’s, never a value', () => {
    const rules = { if: { required: ['client_secret'] }, then: { required: ['client_id'] } };
    expect(messageFor({ client_secret: 'hunter22' }, { ...card, ...rules })).toBe(
      `"client_id" (Client ID) is missing: it must be text that is not empty.${END}`,
    );
  });
});
