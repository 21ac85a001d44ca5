import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { anyCharacter } from '../support/any-character.js';
import { Redactor } from '../../src/log/redactor.js';
import { runs } from '../support/runs.js';

const secretText = fc
  .string({ unit: anyCharacter, minLength: 4, maxLength: 40 })
  .filter((text) => text.trim().length >= 4);
/** Texts in which secrets collide with each other, with the mask and with characters of patterns. */
const nastySecret = fc
  .array(fc.constantFrom('*', 'a', 'b', '.', '"', '\\', '/', '+', '\n', 'é'), { minLength: 4, maxLength: 8 })
  .map((parts) => parts.join(''))
  .filter((text) => text.trim().length >= 4);

describe('the redactor', () => {
  test('no secret survives in any text, in any of its spellings', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(secretText, nastySecret), { minLength: 1, maxLength: 4 }),
        fc.array(fc.oneof(fc.string(), fc.constantFrom('***', '*', 'a', '"')), { minLength: 1, maxLength: 6 }),
        (secrets, between) => {
          const redactor = new Redactor();
          for (const secret of secrets) redactor.add(secret);
          const spellings = secrets.flatMap((secret) => [
            secret,
            Buffer.from(secret).toString('base64'),
            Buffer.from(secret).toString('base64url'),
            encodeURIComponent(Buffer.from(secret).toString()),
            JSON.stringify(secret).slice(1, -1),
          ]);
          const text = between.map((part, index) => `${part}${spellings[index % spellings.length] ?? ''}`).join('');
          const redacted = redactor.redact(text);
          for (const spelling of spellings) expect(redacted).not.toContain(spelling);
        },
      ),
      runs(300),
    );
  });

  test('a mask beside other text does not spell a secret', () => {
    const redactor = new Redactor();
    redactor.add('abcd');
    redactor.add('***x');
    expect(redactor.redact('abcdx')).toBe('***');
  });

  test('the rest of the text stays', () => {
    const redactor = new Redactor();
    redactor.add('s3cret/+key');
    expect(redactor.redact('key=s3cret/+key&x=1, s3cret%2f%2Bkey')).toBe('key=***&x=1, ***');
  });

  test('a longer secret that begins with a shorter one leaves no rest', () => {
    const redactor = new Redactor();
    redactor.add('pass');
    redactor.add('password-of-mine');
    expect(redactor.redact('<password-of-mine>')).toBe('<***>');
  });

  test('JSON is found scrubbed and still JSON, names included', () => {
    const redactor = new Redactor();
    redactor.add('","x":"');
    redactor.add('name-of-mine');
    const text = redactor.stringify({ 'name-of-mine': [{ a: '1","x":"2' }], n: 1, z: null });
    expect(JSON.parse(text)).toEqual({ '***': [{ a: '1***2' }], n: 1, z: null });
  });

  test('what is shorter than four characters is refused, so that the caller can say so', () => {
    const redactor = new Redactor();
    expect(redactor.add('abc')).toBe(false);
    expect(redactor.add('    ')).toBe(false);
    expect(redactor.redact('abc')).toBe('abc');
  });

  test('a secret that is removed is no longer replaced, and the others still are', () => {
    const redactor = new Redactor();
    for (const secret of ['old-token', 'new-token', 'key-of-mine']) redactor.add(secret);
    redactor.remove('old-token');
    expect(redactor.redact('old-token new-token key-of-mine')).toBe('old-token *** ***');
    redactor.remove('new-token');
    redactor.remove('key-of-mine');
    expect(redactor.redact('new-token key-of-mine')).toBe('new-token key-of-mine');
  });

  test('a secret that was added twice must be removed twice', () => {
    const redactor = new Redactor();
    redactor.add('token-of-mine');
    redactor.add('token-of-mine');
    redactor.remove('token-of-mine');
    expect(redactor.redact('token-of-mine')).toBe('***');
    redactor.remove('token-of-mine');
    redactor.remove('token-of-mine');
    expect(redactor.redact('token-of-mine')).toBe('token-of-mine');
    redactor.add('token-of-mine');
    expect(redactor.redact('token-of-mine')).toBe('***');
  });

  test.each(['\n', '\r\n'])(
    'each long line of a key is a secret of its own, its armour and short lines are not (%j)',
    (end) => {
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
      const lines = pem.trim().split('\n');
      const redactor = new Redactor();
      redactor.add(['note', ...lines].join(end));
      const longLines = lines.filter((line) => line.length >= 20 && !line.startsWith('-----'));
      expect(longLines.length).toBeGreaterThan(20);
      for (const line of longLines) expect(redactor.redact(`<${line}>`)).toBe('<***>');
      for (const line of ['note', lines[0]!, lines.at(-1)!]) expect(redactor.redact(line)).toBe(line);
      const inJson = JSON.stringify(['note', ...lines].join(end));
      for (const line of lines.slice(1, -1)) expect(redactor.redact(inJson)).not.toContain(line);
    },
  );

  test('a long token is found among many secrets in a long text', () => {
    const token = randomBytes(1_500).toString('base64url');
    const redactor = new Redactor();
    redactor.add(token);
    for (let index = 0; index < 50; index += 1) redactor.add(randomBytes(48).toString('base64'));
    // Seven characters of the token, again and again: what costs the most.
    const text = `${token.slice(0, 7)} `.repeat(50_000);
    expect(redactor.redact(text + token)).toBe(`${text}***`);
    // Almost the token is its secret as well.
    expect(redactor.redact(`${token.slice(1)}, ${token.slice(0, -1)}`)).toBe('***, ***');
  });
});
