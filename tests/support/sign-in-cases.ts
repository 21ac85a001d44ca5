import { appServicePath, selfSignedCertificate, type TokenServiceOptions } from '@local/testbed';
import { federatedCredential, serviceAccountToken } from './federation.js';

const minute = 60_000;
const identity = 'b7a3d6c2-1f4e-4d0b-8a55-6e9c0d2b7f22';
export const day = 24 * 60 * minute;
const pair = selfSignedCertificate('Message trace', 'rsa');
const stranger = selfSignedCertificate('Somebody else', 'rsa');
const ended = selfSignedCertificate('Last year', 'rsa', Date.now() - 60 * day);
export const pem = ({ certificate, privateKey }: typeof pair) => certificate + privateKey;

/** The four ways in which an application signs in, each with what can be wrong with it. */
export interface Case {
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly tenant?: Partial<TokenServiceOptions>;
  /** The content of the token file. */
  readonly file?: string | undefined;
  readonly environment?: Readonly<Record<string, string>>;
  /** What the operator reads. */
  readonly reads: RegExp;
  /** The part of it that docs/getting-started-entra.md quotes. */
  readonly quote: string;
}

interface SignInScenario {
  readonly right: Omit<Case, 'reads' | 'quote'>;
  readonly wrong: Readonly<Record<string, Case>>;
}

export const noSecret = { client_secret: undefined };
const federated = { ...noSecret, federated_token_file: '<file>' };
const managed = { ...noSecret, tenant_id: undefined, client_id: undefined, credential: 'managed_identity' };
export const endpoint = {
  // An address of this machine that is none of loopback: only what goes directly whatever the environment says gets
  // there.
  IDENTITY_ENDPOINT: `http://0.0.0.0:<port>${appServicePath}`,
  IDENTITY_HEADER: 'header-of-the-endpoint',
};
const azure = {
  identityHeader: endpoint.IDENTITY_HEADER,
  managedIdentities: [{ kind: 'user-assigned', clientId: identity }],
} as const;

export const signInScenarios: Readonly<Record<string, SignInScenario>> = {
  'a client secret': {
    right: {},
    wrong: {
      'that is wrong': {
        quote: 'AADSTS7000215',
        settings: { client_secret: 'not-the-secret' },
        reads: /AADSTS7000215\).*Value, not its Secret ID/,
      },
      'of an application that is unknown': {
        quote: 'AADSTS700016',
        settings: { client_id: identity },
        reads: /AADSTS700016\).*correct client_id/,
      },
      'without a permission': {
        quote: 'the permission ExchangeMessageTrace.Read.All is missing',
        tenant: { permissions: [] },
        reads:
          /The sign-in works, but the permission ExchangeMessageTrace\.Read\.All is missing: the token has no permission at all/,
      },
    },
  },
  'a certificate': {
    right: { settings: { ...noSecret, client_certificate: pem(pair) }, tenant: { certificates: [pair.certificate] } },
    wrong: {
      'that is not registered': {
        quote: 'AADSTS700027',
        settings: { ...noSecret, client_certificate: pem(stranger) },
        tenant: { certificates: [pair.certificate] },
        reads: /AADSTS700027\).*upload it there/,
      },
      'that has ended': {
        quote: 'client_certificate ended on',
        settings: { ...noSecret, client_certificate: pem(ended) },
        tenant: { certificates: [ended.certificate] },
        reads: /client_certificate ended on \d{4}-\d\d-\d\d\. Upload a new one/,
      },
    },
  },
  'a federated token': {
    right: {
      settings: federated,
      file: serviceAccountToken(),
      tenant: { federatedCredentials: [federatedCredential] },
    },
    wrong: {
      'for another audience': {
        quote: 'AADSTS700212',
        file: serviceAccountToken({ aud: ['https://kubernetes.default.svc'] }),
        reads:
          /AADSTS700212\).*audience api:\/\/AzureADTokenExchange.*the audience \\"https:\/\/kubernetes\.default\.svc\\"/,
      },
      'of another issuer': {
        quote: 'AADSTS700211',
        file: serviceAccountToken({ iss: 'https://other.example' }),
        reads: /AADSTS700211\).*correct the issuer.*\\"https:\/\/other\.example\\"/,
      },
      'of another subject': {
        quote: 'AADSTS700213',
        file: serviceAccountToken({ sub: 'system:serviceaccount:default:other' }),
        reads: /AADSTS700213\).*correct the subject/,
      },
      'whose subject differs in case': {
        quote: 'AADSTS7002138',
        file: serviceAccountToken({ sub: federatedCredential.subject.toUpperCase() }),
        reads: /AADSTS7002138\).*upper and lower case/,
      },
      'signed with another key': {
        quote: 'AADSTS7000272',
        file: serviceAccountToken({}, { isForged: true }),
        reads: /AADSTS7000272\).*signed with a key/,
      },
      'that expired an hour ago': {
        quote: 'holds a token that expired at',
        file: serviceAccountToken({}, { nowMs: Date.now() - 2 * 60 * minute }),
        reads:
          /token file \S+, which \\"federated_token_file\\" \(Federated token file\) names, holds a token that expired at/,
      },
      'that is not valid yet': {
        quote: 'AADSTS700024',
        file: serviceAccountToken({}, { nowMs: Date.now() + 60 * minute }),
        reads: /AADSTS700024\)/,
      },
      'in a file that is empty': {
        quote: 'is empty',
        file: '',
        reads: /token file \S+, which \\"federated_token_file\\".* is empty/,
      },
      'in a file that does not exist': {
        quote: 'does not exist',
        file: undefined,
        reads: /token file \S+, .* does not exist\. Mount the token/,
      },
    },
  },
  'a managed identity': {
    right: { settings: { ...managed, client_id: identity }, tenant: azure, environment: endpoint },
    wrong: {
      'that is unknown': {
        quote: 'Azure gave no token for the managed identity',
        settings: { ...managed, client_id: '00000000-1111-2222-3333-444444444444' },
        tenant: azure,
        environment: endpoint,
        reads: /Azure gave no token for the managed identity .*No managed identity was found.*client_id/,
      },
      'that is system-assigned, where there is none': {
        quote: 'Azure gave no token for the managed identity',
        settings: managed,
        tenant: azure,
        environment: endpoint,
        reads: /Azure gave no token.*leave client_id empty/,
      },
      'at an endpoint that does not know the module': {
        quote: 'HTTP 401',
        settings: { ...managed, client_id: identity },
        tenant: { ...azure, identityHeader: 'another' },
        environment: endpoint,
        reads: /Azure gave no token.*HTTP 401/,
      },
      'without a permission': {
        quote: 'the permission ExchangeMessageTrace.Read.All is missing',
        settings: { ...managed, client_id: identity },
        tenant: { ...azure, permissions: [] },
        environment: endpoint,
        reads: /permission ExchangeMessageTrace\.Read\.All is missing.*up to 24 hours/,
      },
    },
  },
};
