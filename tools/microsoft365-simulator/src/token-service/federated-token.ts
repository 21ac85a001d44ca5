import { createPublicKey } from 'node:crypto';
import { TokenError } from './aadsts.js';
import { isSignedBy, isTimely, type SignedToken } from './jwt.js';

/** A federated identity credential of the application: which tokens of another authority stand for it. */
export interface FederatedCredential {
  /** Such as the OIDC issuer of a Kubernetes cluster. */
  readonly issuer: string;
  /** Such as `system:serviceaccount:default:collector`. */
  readonly subject: string;
  readonly audience: string;
  /** The public keys that the issuer publishes, PEM. Entra ID fetches them; here they are given. */
  readonly keys: readonly string[];
}

/**
 * Checks a token of another authority as Entra ID does: issuer, subject, audience, letter by letter, then signature and
 * time. Throws TokenRefusal.
 */
export function checkFederatedToken(
  token: SignedToken,
  {
    federatedCredentials,
    nowMs,
  }: { readonly federatedCredentials: readonly FederatedCredential[]; readonly nowMs: number },
): void {
  const { iss, sub, aud } = token.claims;
  const ofIssuer = federatedCredentials.filter(({ issuer }) => issuer === iss);
  if (ofIssuer.length === 0) throw new TokenError(700211);
  const ofSubject = ofIssuer.filter(({ subject }) => subject === sub);
  if (ofSubject.length === 0) {
    const inAnyCase = ofIssuer.some(({ subject }) => subject.toLowerCase() === String(sub).toLowerCase());
    throw new TokenError(inAnyCase ? 7002138 : 700213);
  }
  const audiences = [aud].flat();
  const credential = ofSubject.find(({ audience }) => audiences.includes(audience));
  if (credential === undefined) throw new TokenError(700212);
  if (!credential.keys.some((pem) => isSignedBy(token, createPublicKey(pem)))) throw new TokenError(7000272);
  if (!isTimely(token.claims, nowMs)) throw new TokenError(700024);
}
