import { TokenError } from './aadsts.js';

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
