import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** The few values of ASN.1's distinguished encoding (X.690) that a certificate is made of. */

function tagged(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([tag]), length(content.byteLength), content]);
}

function length(bytes: number): Buffer {
  if (bytes < 0x80) return Buffer.from([bytes]);
  const digits = Buffer.from(bytes.toString(16).padStart(bytes > 0xff ? 4 : 2, '0'), 'hex');
  return Buffer.from([0x80 | digits.byteLength, ...digits]);
}

function sequence(...items: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(items));
}

function set(...items: readonly Buffer[]): Buffer {
  return tagged(0x31, Buffer.concat(items));
}

/** A whole number of at least 0; `bytes` has its most significant byte first, and the sign bit clear. */
function integer(bytes: Buffer): Buffer {
  return tagged(0x02, bytes);
}

function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return tagged(0x06, Buffer.from([40 * first + second, ...rest.flatMap(base128)]));
}

function base128(number: number): number[] {
  const digits = [number & 0x7f];
  for (let left = number >>> 7; left > 0; left >>>= 7) digits.unshift(0x80 | (left & 0x7f));
  return digits;
}

function utf8String(text: string): Buffer {
  return tagged(0x0c, Buffer.from(text));
}

/** Between 1950 and 2049. */
function utcTime(instantMs: number): Buffer {
  const digits = new Date(instantMs).toISOString().replace(/\D/g, '').slice(2, 14);
  return tagged(0x17, Buffer.from(`${digits}Z`));
}

function bitString(content: Buffer): Buffer {
  return tagged(0x03, Buffer.concat([Buffer.from([0]), content]));
}

function octetString(content: Buffer): Buffer {
  return tagged(0x04, content);
}

const yes: Buffer = tagged(0x01, Buffer.from([0xff]));

/** A value told by its position: `[number] EXPLICIT` around another value. */
function explicit(number: number, content: Buffer): Buffer {
  return tagged(0xa0 | number, content);
}

/** `[number] IMPLICIT` in place of a simple type's own tag. */
function implicit(number: number, content: Buffer): Buffer {
  return tagged(0x80 | number, content);
}

/** A certificate with its key, both PEM. */
export interface CertificateWithKey {
  readonly certificate: string;
  readonly privateKey: string;
}

const dayMs = 86_400_000;
const validDays = 30;

const signatureAlgorithms = {
  /** ecdsa-with-SHA256 */
  ec: sequence(objectIdentifier('1.2.840.10045.4.3.2')),
  /** sha256WithRSAEncryption, whose parameters are NULL */
  rsa: sequence(objectIdentifier('1.2.840.113549.1.1.11'), Buffer.from([0x05, 0x00])),
};

/**
 * Makes a certificate (X.509 version 3) that vouches for itself: `ec` for a server on this machine, `rsa` also for an
 * application, whose statements to Entra ID must be signed with RSA. node:crypto can read certificates, but not make
 * any.
 */
export function selfSignedCertificate(name: string, keyType: 'ec' | 'rsa', nowMs = Date.now()): CertificateWithKey {
  const { publicKey, privateKey } = keyPair(keyType);
  const algorithm = signatureAlgorithms[keyType];
  const content = toBeSigned(name, publicKey, algorithm, nowMs);
  const signature = bitString(sign('sha256', content, privateKey));
  return {
    certificate: pem(sequence(content, algorithm, signature)),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function keyPair(keyType: 'ec' | 'rsa'): { publicKey: KeyObject; privateKey: KeyObject } {
  return keyType === 'ec'
    ? generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
    : generateKeyPairSync('rsa', { modulusLength: 2048 });
}

function toBeSigned(name: string, publicKey: KeyObject, algorithm: Buffer, nowMs: number): Buffer {
  const version3 = explicit(0, integer(Buffer.from([2])));
  const serialNumber = integer(Buffer.concat([Buffer.from([0x40]), randomBytes(15)]));
  const commonName = sequence(objectIdentifier('2.5.4.3'), utf8String(name));
  const issuerAndSubject = sequence(set(commonName));
  // Valid from yesterday on: the clock of the machine that checks it may be behind.
  const validity = sequence(utcTime(nowMs - dayMs), utcTime(nowMs + validDays * dayMs));
  return sequence(
    version3,
    serialNumber,
    algorithm,
    issuerAndSubject,
    validity,
    issuerAndSubject,
    publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(basicConstraints(), loopbackNames())),
  );
}

/** It is an authority for itself: OpenSSL trusts no other kind of root. */
function basicConstraints(): Buffer {
  return sequence(objectIdentifier('2.5.29.19'), yes, octetString(sequence(yes)));
}

/**
 * subjectAltName: the names of this machine's loopback interface, and one for tests whose proxy stands for the way to
 * it.
 */
function loopbackNames(): Buffer {
  const [dnsName, ipAddress] = [2, 7];
  const names = sequence(
    implicit(dnsName, Buffer.from('localhost')),
    implicit(dnsName, Buffer.from('server.example')),
    implicit(ipAddress, Buffer.from([127, 0, 0, 1])),
  );
  return sequence(objectIdentifier('2.5.29.17'), octetString(names));
}

function pem(content: Buffer): string {
  const lines = content.toString('base64').replace(/(.{64})(?=.)/g, '$1\n');
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}
