/** What an application's signed statement must fit. */
import { createHash, X509Certificate } from 'node:crypto';
import { TokenError } from './aadsts.js';
import {
  checkFederatedToken,
  type Claims,
  type FederatedCredential,
  findResource,
  isSignedBy,
  isTimely,
  readToken,
  type Resource,
  type SignedToken,
} from './issued-tokens.js';
import type { Account } from '../http/messages.js';
import type { TokenRequest, TokenServiceOptions } from './options.js';

interface AssertionExpectation {
  readonly clientId: string;
  /** The application's certificates, PEM. */
  readonly certificates: readonly string[];
  /** Whose tokens the application trusts besides. */
  readonly federatedCredentials: readonly FederatedCredential[];
  /** What a statement of its own may name as its audience: the token endpoint, or the issuer. */
  readonly audiences: readonly string[];
  readonly nowMs: number;
}

/**
 * Checks what proves an application without a secret (RFC 7523): a statement that it has signed itself, by its
 * certificate, or a token of an authority that it trusts.
 */
class ClientAssertions {
  /** The identifiers (`jti`) of statements that were accepted: each stands for one request. */
  readonly #used = new Set<string>();

  /** Throws TokenRefusal. */
  check(assertion: string, expected: AssertionExpectation): void {
    const token = readToken(assertion);
    const { iss } = token.claims;
    // Which of the two it is, its issuer says; an authority's name is an address.
    if (typeof iss === 'string' && /^https?:\/\//.test(iss)) {
      // Made once and used until it ends.
      checkFederatedToken(token, expected);
      return;
    }
    checkOwnStatement(token, expected);
    const { jti } = token.claims;
    if (typeof jti !== 'string') return;
    if (this.#used.has(jti)) throw new TokenError(50013);
    this.#used.add(jti);
  }
}

function checkOwnStatement(
  token: SignedToken,
  { clientId, certificates, audiences, nowMs }: AssertionExpectation,
): void {
  const certificate = certificates.map((pem) => new X509Certificate(pem)).find(namedBy(token.header));
  if (certificate === undefined || !isSignedBy(token, certificate.publicKey)) throw new TokenError(700027);
  if (Date.parse(certificate.validTo) <= nowMs) throw new TokenError(700027);
  const { iss, sub, aud } = token.claims;
  if (iss !== clientId || sub !== clientId) throw new TokenError(700021);
  if (!audiences.some((name) => name === aud)) throw new TokenError(700023);
  if (!isTimely(token.claims, nowMs)) throw new TokenError(700024);
}

/** Whether a certificate is the one that the header names by its thumbprint. */
function namedBy(header: Claims): (certificate: X509Certificate) => boolean {
  return ({ raw }) => {
    const thumbprint = (algorithm: string): string => createHash(algorithm).update(raw).digest('base64url');
    return header['x5t#S256'] === thumbprint('sha256') || header['x5t'] === thumbprint('sha1');
  };
}

/** Locks an account for a while after too many wrong passwords in a row. Times are milliseconds since 1970. */
class AccountLock {
  #failures = 0;
  #untilMs = -Infinity;

  locked(nowMs: number): boolean {
    return nowMs < this.#untilMs;
  }

  fail(nowMs: number, { attempts, seconds }: { readonly attempts: number; readonly seconds: number }): void {
    this.#failures++;
    if (this.#failures < attempts) return;
    this.#failures = 0;
    this.#untilMs = nowMs + seconds * 1000;
  }

  succeed(): void {
    this.#failures = 0;
  }
}

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
