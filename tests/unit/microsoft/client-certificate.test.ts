import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { selfSignedCertificate } from '@local/testbed';
import { SettingsError } from '../../../src/model/errors.js';
import { readClientCertificate } from '../../../src/microsoft/sign-in/client-certificate.js';

const own = selfSignedCertificate('Message trace', 'rsa');
const other = selfSignedCertificate('Somebody else', 'rsa');
const elliptic = selfSignedCertificate('Elliptic', 'ec');

const keyOf = ({ privateKey }: { privateKey: string }) => createPrivateKey(privateKey);
const pkcs1 = keyOf(own).export({ type: 'pkcs1', format: 'pem' }).toString();
const encryption = { cipher: 'aes-256-cbc', passphrase: 'a passphrase' } as const;
const encrypted = keyOf(own)
  .export({ type: 'pkcs8', format: 'pem', ...encryption })
  .toString();
const encryptedPkcs1 = keyOf(own)
  .export({ type: 'pkcs1', format: 'pem', ...encryption })
  .toString();
const rsaPss = generateKeyPairSync('rsa-pss', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();

/** The hex digits of the certificate's SHA-256, as `openssl x509 -fingerprint -sha256` shows them, without colons. */
const thumbprintOf = ({ certificate }: { certificate: string }) =>
  new X509Certificate(certificate).fingerprint256.replaceAll(':', '').toLowerCase();

describe('certificate and key are read', () => {
  test.each([
    ['with the key first', own.privateKey + own.certificate],
    ['with the key last', own.certificate + own.privateKey],
    ['with a key in the older form, PKCS#1', own.certificate + pkcs1],
    ['from the middle of a chain', other.certificate + own.certificate + elliptic.certificate + own.privateKey],
    ['from a file of Windows', (own.certificate + own.privateKey).replaceAll('\n', '\r\n')],
    ['with line breaks that became blanks', (own.certificate + own.privateKey).replaceAll('\n', ' ')],
    ['with line breaks that became the two characters \\n', (own.certificate + own.privateKey).replaceAll('\n', '\\n')],
    [
      'with line breaks that became the four characters \\r\\n',
      (own.certificate + own.privateKey).replaceAll('\n', '\\r\\n'),
    ],
    ['without any line breaks', (own.certificate + own.privateKey).replaceAll('\n', '')],
    ['with the base64 of a block in one line', (own.certificate + own.privateKey).replaceAll(/(?<!-)\n(?!-)/g, '')],
    [
      'with the words that OpenSSL writes between the blocks',
      `Bag Attributes\n    friendlyName: trace\nsubject=CN=trace\n${own.certificate}Key Attributes: <No Attributes>\n${own.privateKey}`,
    ],
  ])('%s', (_, text) => {
    const { privateKey, thumbprint } = readClientCertificate(text);
    expect(thumbprint).toBe(thumbprintOf(own));
    expect(privateKey).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    expect(keyOf({ privateKey }).equals(keyOf(own))).toBe(true);
  });
});

const broken = (pem: string) => pem.replace(/\n.{20}/, '\nAAAAAAAAAAAAAAAAAAAA');

describe('what is wrong is said, with what to do, and nothing of the key', () => {
  test.each<[string, string, RegExp]>([
    ['no key', own.certificate, /holds no private key\. Add its PEM block, -----BEGIN PRIVATE KEY-----\./],
    ['no certificate', own.privateKey, /holds no certificate\. Add its PEM block, -----BEGIN CERTIFICATE-----\./],
    ['nothing', '', /holds no private key/],
    ['rubbish', 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC', /holds no private key/],
    ['a block without its end', own.certificate + own.privateKey.slice(0, 400), /holds no private key/],
    [
      'the key of another pair',
      own.certificate + other.privateKey,
      /belongs to another certificate\. Give both of the same pair\./,
    ],
    [
      'the certificates of others',
      other.certificate + elliptic.certificate + own.privateKey,
      /belongs to another certificate/,
    ],
    ['an elliptic key', elliptic.certificate + elliptic.privateKey, /not RSA\. Entra ID takes RSA keys/],
    ['a key for signatures of one kind only', own.certificate + rsaPss, /not RSA/],
    ['an encrypted key', own.certificate + encrypted, /encrypted\. Give the key without a passphrase\./],
    ['an encrypted key in the older form', own.certificate + encryptedPkcs1, /without a passphrase\./],
    ['a key that is broken', own.certificate + broken(own.privateKey), /has a key that cannot be read/],
    ['a certificate that is broken', broken(own.certificate) + own.privateKey, /has a certificate that cannot be read/],
  ])('%s', (_, text, sentence) => {
    let error: unknown;
    try {
      readClientCertificate(text);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(SettingsError);
    expect((error as Error).message).toMatch(sentence);
    expect((error as Error).message).toMatch(/^"client_certificate" \(Client certificate\) /);
    const told = inspect(error, { depth: Infinity, showHidden: true });
    const material = text.split('\n').filter((line) => line.length > 20 && !line.startsWith('-----'));
    for (const line of material) expect(told).not.toContain(line);
  });
});
