import { createHash, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import type { FederatedCredential } from '@local/testbed';

const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const otherKeys = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** What the application trusts: tokens of a cluster for one service account. */
export const federatedCredential: FederatedCredential = {
  issuer: 'https://oidc.cluster.example/',
  subject: 'system:serviceaccount:default:message-trace',
  audience: 'api://AzureADTokenExchange',
  keys: [keys.publicKey.export({ type: 'spki', format: 'pem' }).toString()],
};

/** A service account's token as Kubernetes makes it, valid for an hour, with other claims where a test wants to. */
export function serviceAccountToken(
  changes: Record<string, unknown> = {},
  { nowMs = Date.now(), isForged = false }: { readonly nowMs?: number; readonly isForged?: boolean } = {},
): string {
  const nowSeconds = Math.floor(nowMs / 1000);
  const kid = createHash('sha256')
    .update(createPublicKey(federatedCredential.keys[0]!).export({ type: 'spki', format: 'der' }))
    .digest('base64url');
  const claims = {
    aud: [federatedCredential.audience],
    iss: federatedCredential.issuer,
    sub: federatedCredential.subject,
    iat: nowSeconds,
    nbf: nowSeconds,
    exp: nowSeconds + 3600,
    'kubernetes.io': { namespace: 'default', serviceaccount: { name: 'message-trace' } },
    ...changes,
  };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const content = `${part({ alg: 'RS256', kid })}.${part(claims)}`;
  const { privateKey } = isForged ? otherKeys : keys;
  return `${content}.${sign('sha256', Buffer.from(content), privateKey).toString('base64url')}`;
}
