import type { Account } from '../http/messages.js';
import { TokenError } from './aadsts.js';
import { AccountLock } from './account-lock.js';
import { ClientAssertions } from './client-assertion.js';
import type { TokenServiceOptions } from './options.js';
import { findResource, type Resource } from './issued-tokens.js';
import type { TokenRequest } from './token-request.js';

export interface Tenant {
  readonly options: Readonly<TokenServiceOptions>;
  /** In lower case. */
  readonly domains: readonly string[];
  /** The one person who can sign in; read anew for each request. */
  readonly account: Readonly<Account>;
}

/** What a token request is given. */
export interface Grant {
  readonly resource: Resource;
  readonly permissions: readonly string[];
}

/** Names that stand for no tenant in particular. */
const anyTenant = ['common', 'consumers', 'organizations'];

/** Decides who gets a token, and for what. */
export class Grants {
  readonly #tenant: Tenant;
  readonly #lock = new AccountLock();
  readonly #assertions = new ClientAssertions();

  constructor(tenant: Tenant) {
    this.#tenant = tenant;
  }

  /** Throws TokenRefusal. `origin` is how the client calls this service. */
  decide(request: TokenRequest, origin: string, nowMs: number): Grant {
    const { options } = this.#tenant;
    this.#checkTenant(request);
    if (request.clientId.toLowerCase() !== options.clientId.toLowerCase()) throw new TokenError(700016);
    const resource = wantedResource(request);
    this.#checkClient(request, origin, nowMs);
    if (request.grantType === 'client_credentials') {
      // Without consent there is a token all the same, and it allows nothing.
      return this.application(resource);
    }
    this.#checkAccount(request, nowMs);
    const permissions = this.#consented(resource.delegatedPermission);
    if (permissions.length === 0) throw new TokenError(65001);
    return { resource, permissions };
  }

  /** What an application is given, or a managed identity, which an administrator permits the same. */
  application(resource: Resource): Grant {
    return { resource, permissions: this.#consented(resource.applicationPermission) };
  }

  /** Whether a name in a path is this tenant's. */
  has(tenant: string): boolean {
    const { options, domains } = this.#tenant;
    return [options.tenantId.toLowerCase(), ...domains].includes(tenant.toLowerCase());
  }

  #checkTenant({ tenant, grantType }: TokenRequest): void {
    if (this.has(tenant)) return;
    if (!anyTenant.includes(tenant)) throw new TokenError(90002);
    if (grantType === 'client_credentials') throw new TokenError(50059);
    if (tenant !== 'organizations') throw new TokenError(9001023);
  }

  #checkClient(request: TokenRequest, origin: string, nowMs: number): void {
    const { options } = this.#tenant;
    const { clientSecret, publicClientFlows, tenantId, signInOrigin } = options;
    if (request.clientAssertion !== '') {
      const audiences = [origin, signInOrigin].flatMap((base) => [
        `${base}/${request.tenant}/oauth2/v2.0/token`,
        `${base}/${tenantId}/v2.0`,
      ]);
      this.#assertions.check(request.clientAssertion, { ...options, audiences, nowMs });
    } else if (request.clientSecret !== '') {
      if (request.clientSecret !== clientSecret) throw new TokenError(7000215);
    } else if (request.grantType === 'client_credentials') {
      throw new TokenError(7000216);
    } else if (!publicClientFlows) {
      throw new TokenError(7000218);
    }
  }

  #checkAccount({ userName, password }: TokenRequest, nowMs: number): void {
    const { account, options } = this.#tenant;
    if (userName.toLowerCase() !== account.accountName.toLowerCase()) throw new TokenError(50034);
    if (this.#lock.locked(nowMs)) throw new TokenError(50053);
    if (password !== account.accountPassword) {
      this.#lock.fail(nowMs, { attempts: options.lockoutAttempts, seconds: options.lockoutSeconds });
      throw new TokenError(50126);
    }
    this.#lock.succeed();
  }

  #consented(permission: string): readonly string[] {
    return this.#tenant.options.permissions.filter((name) => name === permission);
  }
}

/** What belongs to signing in, and to no resource. */
const signInScopes = ['openid', 'profile', 'offline_access', 'email'];

function wantedResource({ grantType, scopes }: TokenRequest): Resource {
  const [scope, ...more] = scopes.filter((name) => !signInScopes.includes(name));
  if (scope === undefined || more.length > 0) throw new TokenError(70011);
  const slash = scope.lastIndexOf('/');
  if (grantType === 'client_credentials' && !scope.endsWith('/.default')) throw new TokenError(1002012);
  const resource = findResource(scope.slice(0, Math.max(0, slash)));
  if (resource === undefined) throw new TokenError(500011);
  const asked = scope.slice(slash + 1);
  if (asked !== '.default' && asked !== resource.delegatedPermission) throw new TokenError(70011);
  return resource;
}
