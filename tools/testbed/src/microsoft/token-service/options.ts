import { defaultServiceOptions, type ServiceOptions } from '../service/service-front.js';
import { allPermissions, type FederatedCredential } from './issued-tokens.js';
import { TokenError } from './aadsts.js';

/** An identity that Azure gives to a machine. */
export interface ManagedIdentity {
  readonly kind: 'system-assigned' | 'user-assigned';
  readonly clientId: string;
}

/** The tenant as its administrator has set it up, and how its token service behaves. */
export interface TokenServiceOptions extends ServiceOptions {
  /** The tenant's GUID; requests may also name one of its domains. */
  tenantId: string;
  /** The application that is registered in the tenant. */
  clientId: string;
  clientSecret: string;
  /** The application's certificates, PEM. */
  certificates: readonly string[];
  /** Whose tokens stand for the application. */
  federatedCredentials: readonly FederatedCredential[];
  /** The identities that are assigned to the machine. */
  managedIdentities: readonly ManagedIdentity[];
  /** What a process on the machine must show to the endpoint of App Service: its IDENTITY_HEADER. */
  identityHeader: string;
  /**
   * Whether access tokens tell nothing to who reads them. Those of Entra ID do today, which Microsoft does not promise.
   */
  opaqueTokens: boolean;
  /** Whether the application may sign accounts in without a secret of its own. */
  publicClientFlows: boolean;
  /** What an administrator has consented to, for the application and for accounts that use it. */
  permissions: readonly string[];
  tokenLifetimeSeconds: number;
  /** As many wrong passwords in a row lock the account, */
  lockoutAttempts: number;
  /** for as long as that. */
  lockoutSeconds: number;
}

export const defaultOptions: Readonly<TokenServiceOptions> = {
  ...defaultServiceOptions,
  tenantId: '3f6b2c1e-8d47-4b5a-9c20-7e1f5a9d4c36',
  clientId: 'a4c81d92-5b3e-4f67-8a19-2d6c0b7e5f14',
  clientSecret: 'demo~cl1ent.Secret',
  certificates: [],
  federatedCredentials: [],
  managedIdentities: [],
  identityHeader: '5c8e1f72-identity-header',
  opaqueTokens: false,
  publicClientFlows: true,
  permissions: allPermissions,
  tokenLifetimeSeconds: 3_599,
  lockoutAttempts: 10,
  lockoutSeconds: 60,
};

/** A request for a token, as its form tells it; a field that it lacks is an empty text. */
export interface TokenRequest {
  /** From the path: a GUID, a domain, or `organizations`. */
  readonly tenant: string;
  readonly grantType: 'client_credentials' | 'password';
  readonly clientId: string;
  readonly clientSecret: string;
  /** A JWT signed with the application's certificate. */
  readonly clientAssertion: string;
  readonly scopes: readonly string[];
  readonly userName: string;
  readonly password: string;
  /** Whether the answer is to say in `client_info` whose account it is; MSAL asks so. */
  readonly clientInfo: boolean;
}

/** Reads a form. Throws TokenRefusal where it lacks something or asks for another grant. */
export function readTokenRequest(tenant: string, form: URLSearchParams): TokenRequest {
  const grantType = needed(form, 'grant_type');
  if (grantType !== 'client_credentials' && grantType !== 'password') throw new TokenError(70003);
  const assertionType = form.get('client_assertion_type');
  const signed = assertionType === 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
  return {
    tenant,
    grantType,
    clientId: needed(form, 'client_id'),
    clientSecret: form.get('client_secret') ?? '',
    clientAssertion: signed ? needed(form, 'client_assertion') : '',
    scopes: needed(form, 'scope').trim().split(/\s+/),
    userName: grantType === 'password' ? needed(form, 'username') : '',
    password: grantType === 'password' ? needed(form, 'password') : '',
    clientInfo: form.get('client_info') === '1',
  };
}

function needed(form: URLSearchParams, name: string): string {
  const value = form.get(name) ?? '';
  if (value.trim() === '') throw new TokenError(900144);
  return value;
}
