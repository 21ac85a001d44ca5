import {
  type AuthenticationResult,
  AuthError,
  ConfidentialClientApplication,
  type Configuration,
  type INetworkModule,
  type NetworkRequestOptions,
  type NetworkResponse,
  PublicClientApplication,
} from '@azure/msal-node';
import { excerpt, MAX_TOKEN_RESPONSE_BYTES, noteTokenFields, TOKEN_JSON } from '@sekoia/automation-sdk-shim';
import type { Transport } from '../http/transport.js';
import { unavailable } from '../classify-response.js';
import { number, parseJson, text } from '../http/json.js';
import { isObject, type JsonObject, type JsonValue } from '../../model/json.js';
import { SettingsError, UnavailableError } from '../../model/errors.js';
import { aadstsCode, guidanceFor, isPassing } from './aadsts.js';
import type { Token } from './authorization.js';
import type { ClientCertificate } from './client-certificate.js';
import { tokenOf } from './token.js';
import type { TokenFile } from './token-file.js';

/**
 * Carries the requests of Microsoft's authentication library over our own transport: the same limits, proxies and
 * metrics.
 */
class MsalNetwork implements INetworkModule {
  readonly #transport: Transport;
  readonly #signal: AbortSignal;
  #failure: Error | undefined;

  constructor(transport: Transport, signal: AbortSignal) {
    this.#transport = transport;
    this.#signal = signal;
  }

  /** Why the last request came to nothing; the library passes on an error of its own instead. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  sendGetRequestAsync<T>(url: string, options?: NetworkRequestOptions): Promise<NetworkResponse<T>> {
    return this.#send('GET', url, options);
  }

  sendPostRequestAsync<T>(url: string, options?: NetworkRequestOptions): Promise<NetworkResponse<T>> {
    return this.#send('POST', url, options);
  }

  async #send<T>(
    method: 'GET' | 'POST',
    url: string,
    options: NetworkRequestOptions = {},
  ): Promise<NetworkResponse<T>> {
    const { headers = {}, body } = options;
    const request = {
      method,
      url: new URL(url),
      headers,
      maxResponseBytes: MAX_TOKEN_RESPONSE_BYTES,
      ...(body !== undefined && { body }),
    };
    // Includes the assertion that the library has signed, because the server can echo what was sent.
    noteTokenFields(new URLSearchParams(body));
    try {
      const response = await this.#transport.send(request, this.#signal);
      const away = unavailable(response);
      if (away !== undefined) throw away;
      const fields = fieldsOf(parseJson(response.body, response.host, TOKEN_JSON));
      return { status: response.status, headers: {}, body: fields as T };
    } catch (error) {
      this.#failure = error as Error;
      throw error;
    }
  }
}

const texts = ['access_token', 'token_type', 'error', 'error_description', 'suberror'] as const;
const numbers = ['expires_in', 'ext_expires_in', 'refresh_in'] as const;

/**
 * The fields that we need from an answer, where they have the expected type. The library trusts that all fields have
 * it, and would read ID tokens that we did not request. A missing field is no error to the library.
 */
function fieldsOf(response: JsonValue): JsonObject {
  if (!isObject(response)) return {};
  noteTokenFields(Object.entries(response));
  const fields = [
    ...texts.map((name) => [name, text(response[name])]),
    ...numbers.map((name) => [name, number(response[name])]),
  ];
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined)) as JsonObject;
}

/**
 * Who signs in, and how it is proved: an application by its secret, certificate or token of another authority, an
 * account by its password.
 */
export type Identity =
  | { readonly clientSecret: string }
  | { readonly clientCertificate: ClientCertificate }
  | { readonly tokenFile: TokenFile }
  | { readonly accountName: string; readonly accountPassword: string };

export interface SignIn {
  /** Such as `https://login.microsoftonline.com`; http on loopback. */
  readonly authorityUrl: string;
  /** The tenant's GUID, or one of its domains. */
  readonly tenant: string;
  readonly clientId: string;
  readonly identity: Identity;
  /** What the token is for, such as `https://graph.microsoft.com/.default`. */
  readonly scope: string;
}

/**
 * Asks Entra ID for a token: OAuth 2.0 with client credentials or with the password of an account. Keeps nothing: the
 * library remembers refusals by itself and gives them again without asking, so each request is made by a client of its
 * own.
 * @throws SettingsError with what the operator does, UnavailableError
 */
export async function requestToken(signIn: SignIn, transport: Transport, signal: AbortSignal): Promise<Token> {
  const network = new MsalNetwork(transport, signal);
  let result: AuthenticationResult | null;
  try {
    result = await acquire(signIn, network, signal);
  } catch (error) {
    signal.throwIfAborted();
    throw network.failure ?? httpError(error, signIn);
  }
  return tokenOf(result, hostOf(signIn));
}

function acquire(signIn: SignIn, network: MsalNetwork, signal: AbortSignal): Promise<AuthenticationResult | null> {
  const { identity, scope } = signIn;
  const scopes = [scope];
  const configuration = configurationOf(signIn, network);
  if ('accountName' in identity) {
    const { accountName: username, accountPassword: password } = identity;
    // The one grant in which a service account can prove itself; deprecated, since it cannot answer a second factor.
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- see above
    return new PublicClientApplication(configuration).acquireTokenByUsernamePassword({ scopes, username, password });
  }
  const auth = { ...configuration.auth, ...proofOf(identity, signal) };
  return new ConfidentialClientApplication({ ...configuration, auth }).acquireTokenByClientCredential({ scopes });
}

function proofOf(
  identity: Exclude<Identity, { readonly accountName: string }>,
  signal: AbortSignal,
): Partial<Configuration['auth']> {
  if ('clientSecret' in identity) return { clientSecret: identity.clientSecret };
  if ('tokenFile' in identity) return { clientAssertion: () => identity.tokenFile.read(signal) };
  const { privateKey, thumbprint } = identity.clientCertificate;
  return { clientCertificate: { privateKey, thumbprintSha256: thumbprint } };
}

/** With the endpoints given, the library looks nothing up: one request for one token. */
function configurationOf({ authorityUrl, tenant, clientId }: SignIn, networkClient: MsalNetwork): Configuration {
  const base = `${authorityUrl.replace(/\/+$/, '')}/${encodeURIComponent(tenant)}`;
  const endpoints = {
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    token_endpoint: `${base}/oauth2/v2.0/token`,
    issuer: `${base}/v2.0`,
    jwks_uri: `${base}/discovery/v2.0/keys`,
  };
  return {
    auth: {
      clientId,
      // It takes https only. The name counts for nothing: requests go to the endpoints above.
      authority: base.replace(/^http:/, 'https:'),
      knownAuthorities: [new URL(authorityUrl).host],
      authorityMetadata: JSON.stringify(endpoints),
    },
    system: { networkClient, disableInternalRetries: true },
  };
}

function httpError(error: unknown, signIn: SignIn): Error {
  // What a bug throws is no refusal.
  if (!(error instanceof AuthError)) return error as Error;
  const code = aadstsCode(error.errorMessage);
  const isTemporary = error.errorCode === 'temporarily_unavailable' || (code !== undefined && isPassing(code));
  const what = code === undefined ? excerpt(error.errorCode) : `AADSTS${code}`;
  if (isTemporary || what === '')
    return new UnavailableError(`${hostOf(signIn)} gives no token now (${what || 'no reason given'}).`);
  const presented = 'tokenFile' in signIn.identity ? ` ${signIn.identity.tokenFile.presented}` : '';
  return new SettingsError(`Entra ID refused to sign ${nameOf(signIn)} in (${what}).`, {
    remedy: `${guidanceFor(code)}${presented}`,
    mayLock: 'accountName' in signIn.identity,
  });
}

function nameOf({ identity, clientId }: SignIn): string {
  return 'accountName' in identity ? `the account ${identity.accountName}` : `the application ${clientId}`;
}

function hostOf({ authorityUrl }: SignIn): string {
  return new URL(authorityUrl).host;
}
