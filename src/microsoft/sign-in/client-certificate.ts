import { createHash, createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { SettingsError } from '../../model/errors.js';

/** An application's certificate with its key, as the token request needs it. */
export interface ClientCertificate {
  /** PEM. */
  readonly privateKey: string;
  /** SHA-256 of the certificate, in hex. */
  readonly thumbprint: string;
  /** When it ends, in milliseconds since 1970. */
  readonly endsMs: number;
}

const setting = '"client_certificate" (Client certificate)';

/**
 * Reads certificate and key from one PEM text, in any order. Line breaks may have become blanks on the way through a
 * form.
 * @throws SettingsError
 */
export function readClientCertificate(text: string): ClientCertificate {
  const blocks = blocksOf(text);
  if (blocks.some(({ label }) => label === 'ENCRYPTED PRIVATE KEY'))
    throw new SettingsError(`${setting} has a key that is encrypted. Give the key without a passphrase.`);
  const key = readKey(blocks);
  const certificates = blocks.filter(({ label }) => label === 'CERTIFICATE').map(readCertificate);
  if (certificates.length === 0)
    throw new SettingsError(`${setting} holds no certificate. Add its PEM block, -----BEGIN CERTIFICATE-----.`);
  const certificate = certificates.find((each) => each.checkPrivateKey(key));
  if (certificate === undefined)
    throw new SettingsError(`${setting} holds a key that belongs to another certificate. Give both of the same pair.`);
  return {
    privateKey: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    thumbprint: createHash('sha256').update(certificate.raw).digest('hex'),
    endsMs: Date.parse(certificate.validTo),
  };
}

interface Block {
  /** `CERTIFICATE`, `PRIVATE KEY`, `RSA PRIVATE KEY` … */
  readonly label: string;
  readonly pem: string;
}

function blocksOf(text: string): Block[] {
  // Copied text may have blanks of other kinds, and characters that cannot be seen.
  const found = text
    .replace(/\p{Cf}/gu, '')
    .replace(/[^\S\r\n]/g, ' ')
    .matchAll(/-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)-----END \1-----/g);
  return Array.from(found, ([, label = '', content = '']) => {
    // Form fields of a single line turn line breaks into blanks, or into the two characters \n.
    const lines = content.replace(/\\[rn]|\s/g, '').replace(/.{64}(?=.)/g, '$&\n');
    return { label, pem: `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n` };
  });
}

function readKey(blocks: readonly Block[]): KeyObject {
  const block = blocks.find(({ label }) => label.endsWith('PRIVATE KEY'));
  if (block === undefined)
    throw new SettingsError(`${setting} holds no private key. Add its PEM block, -----BEGIN PRIVATE KEY-----.`);
  let key: KeyObject;
  try {
    key = createPrivateKey(block.pem);
  } catch {
    throw new SettingsError(`${setting} has a key that cannot be read. Give it as PEM, without a passphrase.`);
  }
  if (key.asymmetricKeyType !== 'rsa')
    throw new SettingsError(`${setting} has a key that is not RSA. Entra ID takes RSA keys for applications: use one.`);
  return key;
}

function readCertificate({ pem }: Block): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new SettingsError(`${setting} has a certificate that cannot be read. Give it as PEM.`);
  }
}

export interface CertificateWatchOptions {
  /** When the certificate ends, in milliseconds since 1970. */
  readonly endsMs: number;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  readonly warn: (sentence: string) => void;
}

const DAY_MS = 86_400_000;
const WARNING_DAYS = 30;
const REMEDY =
  'Upload a new one under Certificates & secrets of the application, and put it with its key into client_certificate.';

/** Says in good time that the application's certificate ends, once a day at most. */
export class CertificateWatch {
  readonly #options: CertificateWatchOptions;
  #warnedMs = -Infinity;

  constructor(options: CertificateWatchOptions) {
    this.#options = options;
  }

  /**
   * To be asked before each sign-in. @throws SettingsError where the certificate has ended: Entra ID would refuse it
   */
  check(): void {
    const { endsMs, nowMs, warn } = this.#options;
    const leftMs = endsMs - nowMs();
    const end = new Date(endsMs).toISOString().slice(0, 10);
    if (leftMs <= 0) throw new SettingsError(`The certificate in client_certificate ended on ${end}. ${REMEDY}`);
    if (leftMs > WARNING_DAYS * DAY_MS || nowMs() - this.#warnedMs < DAY_MS) return;
    this.#warnedMs = nowMs();
    const days = Math.ceil(leftMs / DAY_MS);
    const left = days === 1 ? '1 day' : `${days} days`;
    warn(
      `The certificate in client_certificate ends on ${end}, in ${left}. Collecting stops then; no data is lost if it is replaced soon after. ${REMEDY} [MT-EXPIRY]`,
    );
  }
}
