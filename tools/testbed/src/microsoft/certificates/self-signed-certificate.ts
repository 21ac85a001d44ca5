import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  BasicConstraints,
  Certificate,
  Extension,
  Extensions,
  GeneralName,
  id_ce_basicConstraints,
  id_ce_subjectAltName,
  Name,
  RelativeDistinguishedName,
  SubjectAlternativeName,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from '@peculiar/asn1-x509';

/** A certificate with its key, both PEM. */
export interface CertificateWithKey {
  readonly certificate: string;
  readonly privateKey: string;
}

const COMMON_NAME = '2.5.4.3';
const DAY_MS = 86_400_000;
const VALID_DAYS = 30;

const SIGNATURE_ALGORITHMS = {
  /** ecdsa-with-SHA256 */
  ec: new AlgorithmIdentifier({ algorithm: '1.2.840.10045.4.3.2' }),
  /** sha256WithRSAEncryption, whose parameters are NULL */
  rsa: new AlgorithmIdentifier({ algorithm: '1.2.840.113549.1.1.11', parameters: null }),
};

/**
 * Makes a certificate (X.509 version 3) that vouches for itself: `ec` for a server on this machine, `rsa` also for an
 * application, whose statements to Entra ID must be signed with RSA. node:crypto can read certificates, but not make
 * any.
 */
export function selfSignedCertificate(name: string, keyType: 'ec' | 'rsa', nowMs = Date.now()): CertificateWithKey {
  const { publicKey, privateKey } = keyPair(keyType);
  const tbsCertificate = toBeSigned(name, publicKey, SIGNATURE_ALGORITHMS[keyType], nowMs);
  const certificate = new Certificate({
    tbsCertificate,
    signatureAlgorithm: tbsCertificate.signature,
    signatureValue: bytesOf(sign('sha256', Buffer.from(AsnConvert.serialize(tbsCertificate)), privateKey)),
  });
  return {
    certificate: pem(Buffer.from(AsnConvert.serialize(certificate))),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function keyPair(keyType: 'ec' | 'rsa'): { publicKey: KeyObject; privateKey: KeyObject } {
  return keyType === 'ec'
    ? generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
    : generateKeyPairSync('rsa', { modulusLength: 2048 });
}

function toBeSigned(name: string, publicKey: KeyObject, signature: AlgorithmIdentifier, nowMs: number): TBSCertificate {
  const commonName = new AttributeTypeAndValue({
    type: COMMON_NAME,
    value: new AttributeValue({ utf8String: name }),
  });
  const issuerAndSubject = new Name([new RelativeDistinguishedName([commonName])]);
  return new TBSCertificate({
    version: Version.v3,
    // Its first bit must be clear: it is a whole number of at least 0.
    serialNumber: bytesOf(Buffer.concat([Buffer.from([0x40]), randomBytes(15)])),
    signature,
    issuer: issuerAndSubject,
    subject: issuerAndSubject,
    // Valid from yesterday on: the clock of the machine that checks it may be behind.
    validity: new Validity({ notBefore: new Date(nowMs - DAY_MS), notAfter: new Date(nowMs + VALID_DAYS * DAY_MS) }),
    subjectPublicKeyInfo: AsnConvert.parse(publicKey.export({ type: 'spki', format: 'der' }), SubjectPublicKeyInfo),
    extensions: new Extensions([
      // It is an authority for itself: OpenSSL trusts no other kind of root.
      extension(id_ce_basicConstraints, true, new BasicConstraints({ cA: true })),
      extension(id_ce_subjectAltName, false, LOOPBACK_NAMES),
    ]),
  });
}

/** The names of this machine's loopback interface, and one for tests whose proxy stands for the way to it. */
const LOOPBACK_NAMES = new SubjectAlternativeName([
  new GeneralName({ dNSName: 'localhost' }),
  new GeneralName({ dNSName: 'server.example' }),
  new GeneralName({ iPAddress: '127.0.0.1' }),
]);

function extension(id: string, critical: boolean, value: unknown): Extension {
  return new Extension({ extnID: id, critical, extnValue: new OctetString(AsnConvert.serialize(value)) });
}

/** A copy: a Buffer may be a part of a larger ArrayBuffer. */
function bytesOf(bytes: Buffer): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

function pem(content: Buffer): string {
  const lines = content.toString('base64').replace(/(.{64})(?=.)/g, '$1\n');
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}
