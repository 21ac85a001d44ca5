/** The OpenID Connect document of a tenant; every address in it leads to the origin that the client used itself. */
import { type Account, htmlResponse, jsonResponse, readBody, type Response } from '../http/messages.js';
import type { IncomingMessage } from 'node:http';
import type { FaultPlan } from '../../faults/fault-plan.js';
import type { RequestLog } from '../http/request-log.js';
import { InvalidInputError } from '../../errors.js';
import { type Due, dueWithoutPage, ServiceFront } from '../service/service-front.js';
import { TokenError } from './aadsts.js';
import { type Grant, Grants } from './grants.js';
import type { IssuedTokens } from './issued-tokens.js';
import { decideIdentity, isIdentityPath } from './managed-identity.js';
import { defaultOptions, readTokenRequest, type TokenServiceOptions } from './options.js';
import {
  aadstsFault,
  type AadstsFault,
  aadstsWording,
  type ErrorContext,
  faultResponse,
  identityWording,
  type TokenFault,
  tokenWording,
} from './wording.js';

function openidConfiguration(origin: string, tenant: string, tenantId: string): Response {
  const base = `${origin}/${tenant}`;
  return jsonResponse(200, {
    token_endpoint: `${base}/oauth2/v2.0/token`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt'],
    jwks_uri: `${base}/discovery/v2.0/keys`,
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    issuer: `${origin}/${tenantId}/v2.0`,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    end_session_endpoint: `${base}/oauth2/v2.0/logout`,
    tenant_region_scope: 'EU',
    cloud_instance_name: 'microsoftonline.com',
    cloud_graph_host_name: 'graph.windows.net',
    msgraph_host: 'graph.microsoft.com',
    rbac_url: 'https://pas.windows.net',
  });
}

/** Says that this host is an authority of its own, under no other name. */
function instanceDiscovery(url: URL): Response {
  const asked = url.searchParams.get('authorization_endpoint') ?? '';
  const tenant = URL.canParse(asked) ? new URL(asked).pathname.split('/')[1] : 'common';
  return jsonResponse(200, {
    tenant_discovery_endpoint: `${url.origin}/${tenant ?? 'common'}/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [{ preferred_network: url.host, preferred_cache: url.host, aliases: [url.host] }],
  });
}

/** How a request ended: with what it asked for, refused, or with a fault that was asked for. */

export type TokenResult = 'token' | 'discovery' | 'too-long' | 'identity-refused' | AadstsFault | TokenFault;

/** Whose tokens these are, besides what the options say. */
export interface TenantIdentity {
  /** Names of the tenant besides its GUID. */
  readonly domains: readonly string[];
  /** The account that can sign in; it may change. */
  readonly account: Readonly<Account>;
}

const tokenPath = /^\/([^/]+)\/oauth2\/v2\.0\/token$/i;
const configurationPath = /^\/([^/]+)\/v2\.0\/\.well-known\/openid-configuration$/i;
const instancePath = /^\/common\/discovery\/instance$/i;

/** Entra ID, as far as a collector goes to it: tokens for an application or an account, and where to ask for them. */
export class TokenService {
  readonly options: TokenServiceOptions;
  readonly requests: RequestLog<TokenResult>;
  /** They hit requests for tokens; discovery never fails. */
  readonly faults: FaultPlan<TokenFault>;
  readonly #front: ServiceFront<TokenResult, TokenFault>;
  readonly #grants: Grants;
  readonly #tokens: IssuedTokens;

  constructor(
    { domains, account }: TenantIdentity,
    tokens: IssuedTokens,
    options: Partial<TokenServiceOptions> = {},
    faultSeed = 1,
  ) {
    this.options = { ...defaultOptions, ...options };
    this.#front = new ServiceFront<TokenResult, TokenFault>(this.options, faultSeed, {
      applies: () => true,
      rowsArrive: () => false,
    });
    this.requests = this.#front.requests;
    this.faults = this.#front.faults;
    this.#grants = new Grants({
      options: this.options,
      domains: domains.map((name) => name.toLowerCase()),
      account,
    });
    this.#tokens = tokens;
  }

  /** The service's clock, in milliseconds since 1970. */
  nowMs(): number {
    return this.#front.nowMs();
  }

  /**
   * Every access token that was ever made, oldest first, also those whose answer was cut off: a test may look for them.
   */
  get issued(): readonly string[] {
    return this.#tokens.all;
  }

  /** Whether a request to that path is for this service. */
  serves(path: string): boolean {
    return isIdentityPath(path) || [tokenPath, configurationPath, instancePath].some((one) => one.test(path));
  }

  /** Decides what to answer, and writes it down in `requests`. Rejects if the client goes away before it has asked. */
  async respond(request: IncomingMessage, url: URL): Promise<Response> {
    if (isIdentityPath(url.pathname)) return this.#identity(request, url);
    const tenant = tokenPath.exec(url.pathname)?.[1];
    return tenant === undefined ? this.#discover(request, url) : this.#token(request, url, tenant);
  }

  #discover(request: IncomingMessage, url: URL): Response {
    const nowMs = this.nowMs();
    const tenant = configurationPath.exec(url.pathname)?.[1];
    const respondWith = (due: Due<TokenResult>): Response => this.#front.respondUnfailingly(request, url, nowMs, due);
    if (tenant === undefined) return respondWith(dueWithoutPage('discovery', 'missing', () => instanceDiscovery(url)));
    if (['common', 'organizations'].includes(tenant) || this.#grants.has(tenant)) {
      const document = (): Response => openidConfiguration(url.origin, tenant, this.options.tenantId);
      return respondWith(dueWithoutPage('discovery', 'missing', document));
    }
    const context = { nowMs, tenant, clientId: '', correlationId: undefined };
    return respondWith(dueWithoutPage('aadsts-90002', 'missing', () => aadstsWording(90002, context)));
  }

  /** A token for what runs on a machine of Azure, from the machine's own endpoint. */
  #identity(request: IncomingMessage, url: URL): Response {
    const nowMs = this.nowMs();
    const decided = decideIdentity(request, url, this.options);
    const due =
      'httpError' in decided
        ? dueWithoutPage<TokenResult>('identity-refused', 'wrong', () => decided.httpError)
        : dueWithoutPage<TokenResult>('token', 'right', () => {
            const grant = this.#grants.application(decided.resource);
            const { accessToken, expiresMs } = this.#issue(grant, url.origin, nowMs, { appid: decided.clientId });
            return identityWording({ accessToken, expiresMs, nowMs, resource: decided.resource.uri });
          });
    const error: ErrorContext = { nowMs, tenant: this.options.tenantId, clientId: '', correlationId: undefined };
    return this.#front.respond(request, url, nowMs, due, (kind) =>
      faultResponse(kind, { options: this.options, error, due: due.respond }),
    );
  }

  #issue(
    { resource, permissions }: Grant,
    origin: string,
    nowMs: number,
    claims: object,
  ): { readonly accessToken: string; readonly expiresMs: number } {
    const { tokenLifetimeSeconds, tenantId, opaqueTokens } = this.options;
    const expiresMs = nowMs + tokenLifetimeSeconds * 1000;
    const [iat, exp] = [nowMs, expiresMs].map((ms) => Math.floor(ms / 1000));
    const told = {
      aud: resource.uri,
      iss: `${origin}/${tenantId}/`,
      iat,
      nbf: iat,
      exp,
      // Left out where an application has none.
      ...(permissions.length > 0 && { roles: permissions }),
      tid: tenantId,
      ver: '1.0',
      ...claims,
    };
    const accessToken = this.#tokens.issue({ resource, permissions, expiresMs }, opaqueTokens ? undefined : told);
    return { accessToken, expiresMs };
  }

  async #token(request: IncomingMessage, url: URL, tenant: string): Promise<Response> {
    let form: URLSearchParams;
    try {
      form = new URLSearchParams(await readBody(request));
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      const httpError = (): Response => htmlResponse(413, 'Request Entity Too Large', error.message);
      return this.#front.respondUnfailingly(
        request,
        url,
        this.nowMs(),
        dueWithoutPage('too-long', 'missing', httpError),
      );
    }
    const nowMs = this.nowMs();
    const error: ErrorContext = {
      nowMs,
      tenant,
      clientId: form.get('client_id') ?? '',
      correlationId: form.get('client-request-id') ?? undefined,
    };
    const due = { ...this.#due(request, url, form, error), body: form.toString() };
    return this.#front.respond(request, url, nowMs, due, (kind) =>
      faultResponse(kind, { options: this.options, error, due: due.respond }),
    );
  }

  #due(request: IncomingMessage, { origin }: URL, form: URLSearchParams, context: ErrorContext): Due<TokenResult> {
    const { nowMs, tenant } = context;
    const { tokenLifetimeSeconds: lifetimeSeconds, tenantId } = this.options;
    try {
      if (request.method !== 'POST') throw new TokenError(900561);
      const asked = readTokenRequest(tenant, form);
      const grant = this.#grants.decide(asked, origin, nowMs);
      const { permissions } = grant;
      return dueWithoutPage('token', 'right', () => {
        const ofAccount = asked.grantType === 'password' && { scp: permissions.join(' '), roles: undefined };
        const { accessToken } = this.#issue(grant, origin, nowMs, { appid: asked.clientId, ...ofAccount });
        const issuer = `${origin}/${tenantId}/v2.0`;
        return tokenWording({ accessToken, permissions, lifetimeSeconds, request: asked, issuer, tenantId, nowMs });
      });
    } catch (error) {
      if (!(error instanceof TokenError)) throw error;
      return dueWithoutPage(aadstsFault(error.code), 'wrong', () => aadstsWording(error.code, context));
    }
  }
}
