import type { Authorization } from '../microsoft/authorization.js';
import { BasicAuthorization } from '../microsoft/basic-authorization.js';
import { BearerAuthorization, type Token } from '../microsoft/bearer-authorization.js';
import { CertificateWatch } from '../microsoft/certificate-watch.js';
import { scopeOf, type Api } from '../microsoft/clouds.js';
import { requestToken, type Identity } from '../microsoft/entra-id.js';
import { endpointSecrets, requestManagedIdentityToken } from '../microsoft/managed-identity.js';
import type { WantedPermission } from '../microsoft/permissions.js';
import { TokenFile } from '../microsoft/token-file.js';
import type { Transport } from '../microsoft/transport.js';
import type { Access, Proof } from './access.js';
import { PermissionCheck } from './permission-check.js';

export interface SignInMeans {
  readonly transport: Transport;
  /** Without any proxy: for the endpoint of a managed identity. */
  readonly directTransport: Transport;
  /** Keeps a secret out of everything that is said, until the function that it returns is called. */
  readonly hide: (secret: string) => () => void;
  /** Milliseconds since any instant; never set back. */
  readonly now: () => number;
  /** Milliseconds since 1970, by Microsoft's clock where that is known. */
  readonly dateMs: () => number;
  /** Logs a warning. */
  readonly warn: (sentence: string) => void;
}

export interface SignInAddresses {
  readonly authority_url: string;
  /** Derived from the API's address where it is absent. */
  readonly token_scope?: string;
}

type RequestToken = (signal: AbortSignal) => Promise<Token>;

/** What proves to an API who asks, as an access says. */
export function authorizationFor(
  access: Access,
  apiUrl: string,
  addresses: SignInAddresses,
  means: SignInMeans,
): Authorization {
  const { api, credentials, guidance } = access;
  const { hide, now, warn } = means;
  if (credentials.kind === 'basic') {
    const basic = new BasicAuthorization(credentials.accountName, credentials.accountPassword);
    hide(basic.value);
    return basic;
  }
  const scope = addresses.token_scope ?? scopeOf(api, apiUrl);
  const request = requestFor(access, scope, addresses, means);
  // Only what the standard scopes stand for is known.
  const check =
    addresses.token_scope === undefined
      ? new PermissionCheck({ api, wanted: permissionFor(api, credentials), guidance, warn })
      : undefined;
  return new BearerAuthorization({
    requestToken: async (signal) => {
      const token = await request(signal);
      check?.check(token.text);
      return token;
    },
    now,
    hide,
  });
}

function requestFor(
  { credentials, authorityUrl }: Access,
  scope: string,
  addresses: SignInAddresses,
  { transport, directTransport, hide, dateMs, warn }: SignInMeans,
): RequestToken {
  if (credentials.kind === 'managed') {
    for (const secret of endpointSecrets(process.env)) hide(secret);
    const identity = { clientId: credentials.clientId, scope, transport: directTransport };
    return (signal) => requestManagedIdentityToken(identity, signal);
  }
  if (credentials.kind !== 'token') throw new TypeError('HTTP Basic needs no token');
  const { tenant, clientId, identity: proof } = credentials;
  const identity = identityOf(proof, hide, dateMs);
  const signIn = { authorityUrl: authorityUrl ?? addresses.authority_url, tenant, clientId, identity, scope };
  const watch =
    'clientCertificate' in proof
      ? new CertificateWatch({ endsMs: proof.clientCertificate.endsMs, nowMs: dateMs, warn })
      : undefined;
  return (signal) => {
    watch?.check();
    return requestToken(signIn, transport, signal);
  };
}

function identityOf(proof: Proof, hide: SignInMeans['hide'], nowMs: () => number): Identity {
  return 'federatedToken' in proof ? { tokenFile: new TokenFile({ ...proof.federatedToken, hide, nowMs }) } : proof;
}

/**
 * Source: Microsoft's page of the API's permissions, which names no higher one; for the old service, other collectors.
 */
function permissionFor(api: Api, credentials: Access['credentials']): WantedPermission {
  const byAccount = credentials.kind === 'token' && 'accountName' in credentials.identity;
  const claim = byAccount ? 'scp' : 'roles';
  if (api === 'graph') return { claim, name: 'ExchangeMessageTrace.Read.All' };
  return { claim, name: byAccount ? 'ReportingWebService.Read' : 'ReportingWebService.Read.All' };
}
