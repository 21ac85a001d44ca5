import { describe, expect, test } from '@jest/globals';
import type { Schema } from '../../src/configuration/cards.js';
import { sentencesAboutUnknown } from '../../src/configuration/explain-errors.js';
import { checkSettings, secretsAmong, textsIn, type SettingsRules } from '../../src/configuration/settings.js';
import { CardError, ConfigurationError } from '../../src/errors.js';

const schema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  properties: {
    account: { type: 'string', title: 'Account name' },
    password: { type: 'string', title: 'Password' },
    intake_key: { type: 'string', title: 'Intake key' },
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
    server: { type: 'string', title: 'Server', format: 'uri', default: 'https://intake.example' },
    domains: { type: 'array', title: 'Domains', items: { type: 'string' } },
  },
  required: ['account', 'password'],
  secrets: ['password'],
};
const good = { account: 'me', password: 'long enough' };
const END = ' Correct the settings in the playbook.';

function messageFor(raw: Record<string, unknown>, rules?: SettingsRules, card: Schema = schema): string {
  try {
    checkSettings(raw, card, rules);
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

  test.each([null, '', '  ', '\n', '\u00a0', '\u200b\ufeff'])('%j counts as absent', (nothing) => {
    const { values, given } = checkSettings({ ...good, frequency: nothing, server: nothing }, schema);
    expect(values).toMatchObject({ frequency: 60, server: 'https://intake.example' });
    expect(given.has('server')).toBe(false);
    expect(messageFor({ ...good, account: nothing })).toBe(
      `"account" (Account name) is missing: it must be text.${END}`,
    );
  });

  test('blanks are a value of a secret, null and an empty text are none', () => {
    expect(checkSettings({ ...good, password: '    ' }, schema).values['password']).toBe('    ');
    for (const password of [null, ''])
      expect(messageFor({ ...good, password })).toContain('"password" (Password) is missing');
  });

  test('unknown settings are removed and named', () => {
    const { values, unknown } = checkSettings({ ...good, colour: 'red', constructor: 'x' }, schema);
    expect(unknown).toEqual(['colour', 'constructor']);
    expect(Object.keys(values)).not.toContain('colour');
    expect(sentencesAboutUnknown(unknown)).toEqual([expect.stringContaining('ignores them: "colour", "constructor".')]);
    expect(sentencesAboutUnknown([])).toEqual([]);
  });

  test('the caller’s object is left as it was', () => {
    const raw = { ...good, frequency: '5', domains: [1] };
    checkSettings(raw, schema);
    expect(raw).toEqual({ ...good, frequency: '5', domains: [1] });
  });

  test('a wrong schema is the card’s fault', () => {
    expect(() => checkSettings({}, { type: 'object', properties: { a: { type: 'strin' } } })).toThrow(CardError);
  });
});

/** Read off pydantic 2.13.5, the base model of SDK 1.27.0: what it makes of a value; undefined where it refuses it. */
describe('values of another type are converted as the Python SDK does', () => {
  const REFUSED = undefined;

  function converted(type: string, value: unknown): unknown {
    const card = { type: 'object', properties: { it: { type } } };
    try {
      return checkSettings({ it: value }, card).values['it'];
    } catch (error) {
      if (error instanceof ConfigurationError) return REFUSED;
      throw error;
    }
  }

  test.each([
    // value, as an integer, as a number, as a boolean
    ['60', 60, 60, REFUSED],
    [' 60 ', 60, 60, REFUSED],
    ['\n60\n', 60, 60, REFUSED],
    ['\u00a060\u00a0', 60, 60, REFUSED],
    ['60.0', 60, 60, REFUSED],
    ['60.00', 60, 60, REFUSED],
    ['60.5', REFUSED, 60.5, REFUSED],
    ['60.', REFUSED, 60, REFUSED],
    ['.5', REFUSED, 0.5, REFUSED],
    ['1e3', REFUSED, 1000, REFUSED],
    ['+60', 60, 60, REFUSED],
    ['-60', -60, -60, REFUSED],
    ['-0', 0, 0, REFUSED],
    ['0x3c', REFUSED, REFUSED, REFUSED],
    ['1_000', 1000, 1000, REFUSED],
    ['1__000', REFUSED, REFUSED, REFUSED],
    ['_1', REFUSED, REFUSED, REFUSED],
    ['1_', REFUSED, REFUSED, REFUSED],
    ['060', 60, 60, REFUSED],
    ['6O', REFUSED, REFUSED, REFUSED],
    ['1,000', REFUSED, REFUSED, REFUSED],
    ['\uff11\uff12', REFUSED, REFUSED, REFUSED],
    ['true', REFUSED, REFUSED, true],
    ['True', REFUSED, REFUSED, true],
    ['TRUE', REFUSED, REFUSED, true],
    ['t', REFUSED, REFUSED, true],
    ['Y', REFUSED, REFUSED, true],
    ['yes', REFUSED, REFUSED, true],
    ['on', REFUSED, REFUSED, true],
    ['false', REFUSED, REFUSED, false],
    ['f', REFUSED, REFUSED, false],
    ['n', REFUSED, REFUSED, false],
    ['No', REFUSED, REFUSED, false],
    ['OFF', REFUSED, REFUSED, false],
    ['1', 1, 1, true],
    ['0', 0, 0, false],
    ['2', 2, 2, REFUSED],
    ['1.0', 1, 1, REFUSED],
    ['none', REFUSED, REFUSED, REFUSED],
    [1, 1, 1, true],
    [0, 0, 0, false],
    [2, 2, 2, REFUSED],
    [5.0, 5, 5, REFUSED],
    [5.5, REFUSED, 5.5, REFUSED],
    [true, REFUSED, REFUSED, true],
    [[], REFUSED, REFUSED, REFUSED],
    [{}, REFUSED, REFUSED, REFUSED],
  ])('%j', (value, integer, number, boolean) => {
    // Differs from pydantic: true is no integer, because it never stands for 1.
    expect([converted('integer', value), converted('number', value), converted('boolean', value)]).toStrictEqual([
      integer,
      number,
      boolean,
    ]);
  });

  test.each([
    [12345678, '12345678'],
    [5.0, '5'],
    [-1, '-1'],
    [9_007_199_254_740_991, '9007199254740991'],
    [true, 'true'],
    [false, 'false'],
    // JSON has lost digits of these already: pydantic, which reads Python's numbers, need not refuse them.
    [JSON.parse('12345678901234567890'), REFUSED],
    [JSON.parse('1.50'), REFUSED],
    [1e21, REFUSED],
    [-0, REFUSED],
    [[], REFUSED],
    [{}, REFUSED],
  ])('%j as a text', (value, text) => {
    expect(converted('string', value)).toStrictEqual(text);
  });

  test.each([
    ['true\n', true],
    [' No ', false],
    ['\ufeff0', false],
  ])('pasted white space, which pydantic refuses in booleans, does no harm: %j', (value, boolean) => {
    expect(converted('boolean', value)).toBe(boolean);
  });

  test.each(['NaN', 'Infinity', '-inf', '1e400'])('%s is no number', (value) => {
    expect(converted('number', value)).toBe(REFUSED);
  });

  test('the items of a list are converted as well', () => {
    expect(checkSettings({ ...good, domains: [' a ', 7] }, schema).values['domains']).toEqual(['a', '7']);
  });
});

describe('pasted white space', () => {
  const edges = ['\n', '\r\n', ' ', '\t', '\u00a0', '\u200b', '\u2060', '\ufeff', '\u202a', '\u200e', '\u3000'];

  test.each(edges)('%j is cut off ids, keys and addresses', (edge) => {
    const pasted = { account: 'me', intake_key: 'k-e-y', server: 'https://x.example/a', format: 'raw' };
    const raw = Object.fromEntries(Object.entries(pasted).map(([name, text]) => [name, edge + text + edge]));
    const { values, doubts } = checkSettings({ ...good, ...raw }, schema);
    expect(values).toMatchObject(pasted);
    expect(doubts).toEqual([]);
  });

  test.each(edges)('%j stays at a secret, which may end with it, and is named without it', (edge) => {
    for (const password of [`hunter22${edge}`, `${edge}hunter22`]) {
      const { values, doubts } = checkSettings({ ...good, password }, schema);
      expect(values['password']).toBe(password);
      expect(doubts).toEqual([
        expect.stringContaining('"password" (Password) begins or ends with white space or an invisible character.'),
      ]);
      expect(doubts.join()).not.toContain('hunter22');
    }
  });

  test('both spellings of a secret are kept out of the log', () => {
    expect(secretsAmong({ password: '\u200bhunter22\n' }, schema).map(({ secret }) => secret)).toEqual([
      '\u200bhunter22\n',
      'hunter22',
    ]);
    expect(textsIn('k-e-y\u2060')).toEqual(['k-e-y\u2060', 'k-e-y']);
    expect(textsIn(12345678)).toEqual(['12345678']);
  });

  test.each([
    '-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----\n',
    '\r\n-----BEGIN PRIVATE KEY-----\r\nx\r\n',
  ])('around PEM means nothing, and its lines stay: %j', (password) => {
    const { values, doubts } = checkSettings({ ...good, password }, schema);
    expect(values['password']).toBe(password);
    expect(doubts).toEqual([]);
  });

  test.each(['"a key"', "'a-key'", '“a-key”', ' "a-key"\n'])(
    'quotation marks stay, and are named: %j',
    (intake_key) => {
      const { values, doubts } = checkSettings({ ...good, intake_key }, schema);
      expect(values['intake_key']).toBe(intake_key.trim());
      expect(doubts).toEqual([expect.stringContaining('"intake_key" (Intake key) stands in quotation marks.')]);
      expect(doubts.join()).not.toContain('key"\n');
    },
  );

  test.each(['it"s', '"', 'a "quoted" word'])('other quotation marks are nothing to name: %j', (intake_key) => {
    expect(checkSettings({ ...good, intake_key }, schema).doubts).toEqual([]);
  });
});

describe('a wrong setting is answered by a sentence with its title, what it should be, and what it is', () => {
  test.each([
    [
      { frequency: 0 },
      '"frequency" (Frequency) must be an integer between 1 and 86400 (how often new time is read, in seconds), not 0.',
    ],
    [{ frequency: 'soon' }, '(how often new time is read, in seconds), not "soon".'],
    [{ frequency: '1.5' }, ', not "1.5".'],
    [{ frequency: { seconds: 5 } }, ', not a JSON object.'],
    [{ frequency: 'cl1ent~Secret.0f~the~appl1cation' }, ', not a text of 32 characters.'],
    [{ ratio: -1 }, '"ratio" must be a number of at least 0, not -1.'],
    [{ compress: 'maybe' }, '"compress" (Compress) must be true or false, not "maybe".'],
    [{ format: 'xml' }, '"format" (Format) must be one of "raw", "normalized", not "xml".'],
    [{ format: 7 }, '"format" (Format) must be one of "raw", "normalized", not "7".'],
    [{ account: ['me'] }, '"account" (Account name) must be text, not a list.'],
    [{ password: ['hunter22'] }, '"password" (Password) must be text, not a list.'],
    [{ domains: 'a' }, '"domains" (Domains) must be a list whose items are each text, not "a".'],
    [
      { password: JSON.parse('12345678901234567890') as number },
      '"password" (Password) must be text: it is a number, of which JSON does not keep every digit. Put it in quotes.',
    ],
    [
      { intake_key: 1.5 },
      '"intake_key" (Intake key) must be text: it is a number, of which JSON does not keep every digit.',
    ],
  ])('%j', (wrong, sentence) => {
    expect(messageFor({ ...good, ...wrong })).toContain(sentence);
  });

  test.each([
    ['http://intake.example', '"http://intake.example"'],
    ['ftp://intake.example', '"ftp://intake.example"'],
    ['intake.example', 'a text of 14 characters'],
    ['https://me:hunter22@intake.example', 'a text of 34 characters'],
    ['https://intake.example/?key=hunter22', 'a text of 36 characters'],
    ['https://intake.example/#x', 'a text of 25 characters'],
    ['http://127.0.0.1.attacker.example/', '"http://127.0.0.1.attacker.example/"'],
    ['https://', '"https://"'],
    ['https://a b', '"https://a b"'],
  ])('the address %s', (server, given) => {
    expect(messageFor({ ...good, server })).toBe(
      `"server" (Server) must be an https:// address without user name, ? and # (http:// for loopback hosts only), not ${given}.${END}`,
    );
  });

  test.each([
    'https://intake.example',
    'HTTPS://Intake.Example:8443/api/v1/',
    'https://bücher.example/ä',
    'http://127.0.0.1:8080/x',
    'http://localhost',
    'http://[::1]:1',
  ])('the address %s is taken', (server) => {
    expect(checkSettings({ ...good, server }, schema).values['server']).toBe(server);
  });

  test('one for each, all at once, and the value of a secret is in none', () => {
    const message = messageFor({ account: {}, password: ['hunter22'], frequency: 1.5, server: 'no', colour: 'red' });
    expect(message.match(/must be/g)).toHaveLength(4);
    expect(message).not.toContain('hunter22');
    expect(message).toMatch(/Correct the settings in the playbook\. .*ignores them: "colour"/);
  });
});

describe('rules that a card cannot say', () => {
  const rules: SettingsRules = ({ account, ratio }) =>
    account === 'you' && ratio === undefined ? ['"ratio" is missing.'] : [];

  test('are asked about settings that are converted, with their defaults', () => {
    const seen: unknown[] = [];
    checkSettings({ ...good, ratio: '0.5' }, schema, (settings) => {
      seen.push(settings['ratio'], settings['frequency']);
      return [];
    });
    expect(seen).toEqual([0.5, 60]);
  });

  test('are told beside what the card says', () => {
    expect(messageFor({ ...good, account: 'you' }, rules)).toBe(`"ratio" is missing.${END}`);
    expect(messageFor({ ...good, account: 'you', compress: 'x' }, rules)).toBe(
      `"compress" (Compress) must be true or false, not "x". "ratio" is missing.${END}`,
    );
    expect(messageFor(good, rules)).toBe('all right');
  });
});

test('secrets are found by the card’s list, however deep', () => {
  const found = secretsAmong({ password: ['one', { two: 'three' }], account: 'me' }, schema);
  expect(found.map(({ secret }) => secret)).toEqual(['one', 'three']);
});
