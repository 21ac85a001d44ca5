import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import * as der from './der.js';

/** A certificate with its key, both PEM. */
export interface CertificateWithKey {
  readonly certificate: string;
  readonly privateKey: string;
}

const dayMs = 86_400_000;
const validDays = 30;

const signatureAlgorithms = {
  /** ecdsa-with-SHA256 */
  ec: der.sequence(der.objectIdentifier('1.2.840.10045.4.3.2')),
  /** sha256WithRSAEncryption, whose parameters are NULL */
  rsa: der.sequence(der.objectIdentifier('1.2.840.113549.1.1.11'), Buffer.from([0x05, 0x00])),
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
  const signature = der.bitString(sign('sha256', content, privateKey));
  return {
    certificate: pem(der.sequence(content, algorithm, signature)),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function keyPair(keyType: 'ec' | 'rsa'): { publicKey: KeyObject; privateKey: KeyObject } {
  return keyType === 'ec'
    ? generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
    : generateKeyPairSync('rsa', { modulusLength: 2048 });
}

function toBeSigned(name: string, publicKey: KeyObject, algorithm: Buffer, nowMs: number): Buffer {
  const version3 = der.explicit(0, der.integer(Buffer.from([2])));
  const serialNumber = der.integer(Buffer.concat([Buffer.from([0x40]), randomBytes(15)]));
  const commonName = der.sequence(der.objectIdentifier('2.5.4.3'), der.utf8String(name));
  const issuerAndSubject = der.sequence(der.set(commonName));
  // Valid from yesterday on: the clock of the machine that checks it may be behind.
  const validity = der.sequence(der.utcTime(nowMs - dayMs), der.utcTime(nowMs + validDays * dayMs));
  return der.sequence(
    version3,
    serialNumber,
    algorithm,
    issuerAndSubject,
    validity,
    issuerAndSubject,
    publicKey.export({ type: 'spki', format: 'der' }),
    der.explicit(3, der.sequence(basicConstraints(), loopbackNames())),
  );
}

/** It is an authority for itself: OpenSSL trusts no other kind of root. */
function basicConstraints(): Buffer {
  return der.sequence(der.objectIdentifier('2.5.29.19'), der.yes, der.octetString(der.sequence(der.yes)));
}

/**
 * subjectAltName: the names of this machine's loopback interface, and one for tests whose proxy stands for the way to
 * it.
 */
function loopbackNames(): Buffer {
  const [dnsName, ipAddress] = [2, 7];
  const names = der.sequence(
    der.implicit(dnsName, Buffer.from('localhost')),
    der.implicit(dnsName, Buffer.from('server.example')),
    der.implicit(ipAddress, Buffer.from([127, 0, 0, 1])),
  );
  return der.sequence(der.objectIdentifier('2.5.29.17'), der.octetString(names));
}

function pem(content: Buffer): string {
  const lines = content.toString('base64').replace(/(.{64})(?=.)/g, '$1\n');
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}
