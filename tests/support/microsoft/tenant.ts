import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { selfSignedCertificate, startSimulator, type Simulator } from '@local/testbed';
import { readClientCertificate } from '../../../src/microsoft/sign-in/client-certificate.js';
import { requestToken, type Identity, type SignIn } from '../../../src/microsoft/sign-in/entra-id.js';
import type { Token } from '../../../src/microsoft/sign-in/authorization.js';
import { TokenFile } from '../../../src/microsoft/sign-in/token-file.js';
import { federatedCredential, serviceAccountToken } from '../federation.js';
import { transportWith } from '../outbound.js';
import { account, application } from '../sign-in-scenarios.js';

const pair = selfSignedCertificate('Message trace', 'rsa');

const folder = mkdtempSync(join(tmpdir(), 'tenant-'));
const federatedToken = serviceAccountToken();
writeFileSync(join(folder, 'token'), federatedToken);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Whose certificate the tenant does not know. */
export const stranger = selfSignedCertificate('Somebody else', 'rsa');

export const certificateOf = ({ certificate, privateKey }: typeof pair): Identity => ({
  clientCertificate: readClientCertificate(certificate + privateKey),
});

/** All ways to sign in. */
export const identities = {
  'an application with its secret': { clientSecret: application.clientSecret },
  'an application with its certificate': certificateOf(pair),
  'an application with a federated token': {
    tokenFile: new TokenFile({
      path: join(folder, 'token'),
      source: 'a test',
      hide: () => () => undefined,
      nowMs: Date.now,
      pauseMs: 1,
    }),
  },
  'an account with its password': account,
} as const satisfies Record<string, Identity>;

export type IdentityName = keyof typeof identities;

export const identityNames = Object.keys(identities) as IdentityName[];

/**
 * What must not be told to anybody: secrets, in the forms in which a request carries them too, and each line of the
 * key.
 */
export const secrets: readonly string[] = [
  ...[application.clientSecret, account.accountPassword].flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    new URLSearchParams([['', secret]]).toString().slice(1),
  ]),
  ...pair.privateKey.split('\n').filter((line) => line.length > 20 && !line.startsWith('-----')),
  federatedToken,
  'client_assertion=',
];

/** A tenant with Entra ID, in which all of them may sign in; the caller closes it. */
export function startTenant(): Promise<Simulator> {
  return startSimulator({
    options: account,
    tokenService: {
      ...application,
      certificates: [pair.certificate],
      federatedCredentials: [federatedCredential],
      retryAfterSeconds: 17,
    },
  });
}

export function signInTo(simulator: Simulator, identity: Identity, changes: Partial<SignIn> = {}): SignIn {
  return {
    authorityUrl: simulator.authorityUrl,
    tenant: application.tenantId,
    clientId: application.clientId,
    identity,
    scope: 'https://graph.microsoft.com/.default',
    ...changes,
  };
}

export function askForToken(signIn: SignIn, signal = new AbortController().signal): Promise<Token> {
  return requestToken(signIn, transportWith(), signal);
}

/** What is thrown instead of a token. */
export async function httpErrorTo(signIn: SignIn): Promise<Error> {
  const error: unknown = await askForToken(signIn).catch((thrown: unknown) => thrown);
  if (error instanceof Error) return error;
  throw new Error('there was a token after all');
}
