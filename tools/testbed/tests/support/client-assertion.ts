import { constants, createHash, sign, X509Certificate } from 'node:crypto';
import type { CertificateWithKey } from '../../src/index.js';

/** What a signed statement is to say, and how it is to be signed. */
export interface Statement {
  readonly signer: CertificateWithKey;
  /** The certificate that it names; by default the signer's. */
  readonly named?: CertificateWithKey;
  readonly algorithm: 'RS256' | 'PS256';
  readonly claims: object;
}

const paddings = { RS256: constants.RSA_PKCS1_PADDING, PS256: constants.RSA_PKCS1_PSS_PADDING };

/**
 * The form's fields that carry it. RS256 comes with the older thumbprint, PS256 with the newer one, as MSAL does it.
 */
export function assertionFields({ signer, named = signer, algorithm, claims }: Statement): Record<string, string> {
  const { raw } = new X509Certificate(named.certificate);
  const thumbprint =
    algorithm === 'RS256'
      ? { x5t: createHash('sha1').update(raw).digest('base64url') }
      : { 'x5t#S256': createHash('sha256').update(raw).digest('base64url') };
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const content = `${part({ alg: algorithm, typ: 'JWT', ...thumbprint })}.${part(claims)}`;
  const key = { key: signer.privateKey, padding: paddings[algorithm], saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  return {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: `${content}.${sign('sha256', Buffer.from(content), key).toString('base64url')}`,
  };
}
