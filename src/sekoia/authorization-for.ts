import { type Api, APIS, scopeOf } from '../microsoft/clouds.js';
import type { Guidance } from '../microsoft/classify-response.js';
import type { Transport } from '../microsoft/http/transport.js';
import {
  type Authorization,
  BasicAuthorization,
  BearerAuthorization,
  type Token,
} from '../microsoft/sign-in/authorization.js';
import { CertificateWatch } from '../microsoft/sign-in/client-certificate.js';
import type { Identity } from '../microsoft/sign-in/entra-id.js';
import { endpointSecrets, missingPermission, type WantedPermission } from '../microsoft/sign-in/token.js';
import { TokenFile } from '../microsoft/sign-in/token-file.js';
import { SettingsError } from '../model/errors.js';
import type { Addresses } from '../settings/options.js';
import type { Access, Proof } from './access.js';

interface PermissionCheckOptions {
  readonly api: Api;
  readonly wanted: WantedPermission;
  readonly guidance: Guidance;
  readonly warn: (sentence: string) => void;
}

/**
 * Names a permission that a fresh token lacks, before the first query is refused. Where the API is not known to refuse
 * without it, that is a warning, once.
 */
class PermissionCheck {
  readonly #options: PermissionCheckOptions;
  #hasWarned = false;

  constructor(options: PermissionCheckOptions) {
    this.#options = options;
  }

  /** @throws SettingsError where the API would refuse the token */
  check(token: string): void {
    const { api, wanted, guidance, warn } = this.#options;
    const problem = missingPermission(wanted, token);
    if (problem === undefined) return;
    if (APIS[api].refusesWithoutPermission) throw new SettingsError(problem, { remedy: guidance.refused });
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    warn(`${problem} ${guidance.refused} Reading is tried all the same. [MT-PERMISSION]`);
  }
}

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

type SignInAddresses = Omit<Addresses, 'apiUrl'>;

type RequestToken = (signal: AbortSignal) => Promise<Token>;

// Microsoft's library takes a fifth of the module's start, and HTTP Basic never needs it: it is loaded with the first
// request for a token, and once. A failure to load it is no refusal: the error leaves `run()`.
const byEntraId = () => import('../microsoft/sign-in/entra-id.js');
const byManagedIdentity = () => import('../microsoft/sign-in/managed-identity.js');

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
  const scope = addresses.tokenScope ?? scopeOf(api, apiUrl);
  const request = tokenRequestFor(access, scope, addresses, means);
  // Only what the standard scopes stand for is known.
  const check =
    addresses.tokenScope === undefined
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

/** How a token is asked for, for an access that needs one. */
export function tokenRequestFor(
  { credentials, authorityUrl }: Access,
  scope: string,
  addresses: SignInAddresses,
  { transport, directTransport, hide, dateMs, warn }: SignInMeans,
): RequestToken {
  if (credentials.kind === 'managed') {
    for (const secret of endpointSecrets(process.env)) hide(secret);
    const identity = { clientId: credentials.clientId, scope, transport: directTransport };
    return async (signal) => (await byManagedIdentity()).requestManagedIdentityToken(identity, signal);
  }
  if (credentials.kind !== 'token') throw new TypeError('HTTP Basic needs no token');
  const { tenant, clientId, identity: proof } = credentials;
  const identity = identityOf(proof, hide, dateMs);
  const signIn = { authorityUrl: authorityUrl ?? addresses.authorityUrl, tenant, clientId, identity, scope };
  const watch =
    'clientCertificate' in proof
      ? new CertificateWatch({ endsMs: proof.clientCertificate.endsMs, nowMs: dateMs, warn })
      : undefined;
  return async (signal) => {
    watch?.check();
    return (await byEntraId()).requestToken(signIn, transport, signal);
  };
}

function identityOf(proof: Proof, hide: SignInMeans['hide'], nowMs: () => number): Identity {
  return 'federatedToken' in proof ? { tokenFile: new TokenFile({ ...proof.federatedToken, hide, nowMs }) } : proof;
}

export function permissionFor(api: Api, credentials: Access['credentials']): WantedPermission {
  const byAccount = credentials.kind === 'token' && 'accountName' in credentials.identity;
  const claim = byAccount ? 'scp' : 'roles';
  return { claim, name: APIS[api].permissions[claim] };
}
