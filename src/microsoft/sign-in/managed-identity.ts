/** An identity that Azure gives to a machine or container. */
import { excerpt, MAX_TOKEN_RESPONSE_BYTES, noteTokenFields, TOKEN_JSON } from '@sekoia/automation-sdk-shim';
import { AsyncLocalStorage } from 'node:async_hooks';
import {
  AuthError,
  type INetworkModule,
  ManagedIdentityApplication,
  type NetworkRequestOptions,
  type NetworkResponse,
} from '@azure/msal-node';
import { SettingsError, UnavailableError } from '../../model/errors.js';
import { isObject } from '../../model/json.js';
import type { Token } from './authorization.js';
import { errorText, number, parseJson, text } from '../http/json.js';
import { tokenOf } from './token.js';
import type { Response, Transport } from '../http/transport.js';
import { unavailable } from '../classify-response.js';

export interface ManagedIdentity {
  /** Of a user-assigned identity; undefined: the system-assigned one. */
  readonly clientId: string | undefined;
  /** What the token is for, such as `https://graph.microsoft.com/.default`. */
  readonly scope: string;
  /**
   * Goes to the machine's own endpoint: never through a proxy, as the endpoint proves who asks by where the request
   * comes from.
   */
  readonly transport: Transport;
}

/** The endpoint is on the machine or next to it: where no answer comes in this time, there is none. */
const RESPONSE_TIMEOUT_MS = 20_000;
const ONLY_IN_AZURE =
  'If this lasts, there is no managed identity here: credential managed_identity works in Azure only, in what has an identity assigned.';

/**
 * Asks Azure for the token of a managed identity: App Service and Container Apps name their endpoint in
 * IDENTITY_ENDPOINT and IDENTITY_HEADER, virtual machines and AKS have one at 169.254.169.254. Which of them it is, and
 * how it is asked, the library knows.
 * @throws SettingsError with what the operator does, UnavailableError
 */
export async function requestManagedIdentityToken(identity: ManagedIdentity, signal: AbortSignal): Promise<Token> {
  const { clientId, scope, transport } = identity;
  const request = new EndpointRequest(transport, signal);
  try {
    const application = new ManagedIdentityApplication({
      ...(clientId !== undefined && { managedIdentityIdParams: { userAssignedClientId: clientId } }),
      system: { networkClient, disableInternalRetries: true },
    });
    const asked = { resource: scope, forceRefresh: true };
    const result = await requests.run(request, () => application.acquireToken(asked));
    return tokenOf(result, 'The managed identity endpoint');
  } catch (error) {
    signal.throwIfAborted();
    if (request.failure !== undefined) throw request.failure;
    // An address in the environment that is none, or a Cloud Shell that knows no user-assigned identities.
    if (error instanceof AuthError)
      throw new SettingsError(`No managed identity can be used here (${excerpt(error.errorCode)}). ${ONLY_IN_AZURE}`);
    throw error;
  }
}

const requests = new AsyncLocalStorage<EndpointRequest>();

/**
 * The library keeps the network module of the process's first request for all later ones
 * (`ManagedIdentityClient.identitySource` is static), and with it what belongs to that request alone. This one looks up
 * whose turn it is.
 */
const networkClient: INetworkModule = {
  sendGetRequestAsync: (url, options) => current().send('GET', url, options),
  sendPostRequestAsync: (url, options) => current().send('POST', url, options),
};

function current(): EndpointRequest {
  const request = requests.getStore();
  if (request === undefined) throw new TypeError('a request of the library outside of requestManagedIdentityToken');
  return request;
}

class EndpointRequest {
  readonly #transport: Transport;
  readonly #signal: AbortSignal;
  /** Why it came to nothing; the library passes on an error of its own instead. */
  failure: Error | undefined;

  constructor(transport: Transport, signal: AbortSignal) {
    this.#transport = transport;
    this.#signal = signal;
  }

  async send<T>(
    method: 'GET' | 'POST',
    address: string,
    { headers = {}, body }: NetworkRequestOptions = {},
  ): Promise<NetworkResponse<T>> {
    const url = new URL(address);
    const deadline = AbortSignal.timeout(RESPONSE_TIMEOUT_MS);
    try {
      const request = {
        method,
        url,
        headers,
        maxResponseBytes: MAX_TOKEN_RESPONSE_BYTES,
        ...(body !== undefined && { body }),
      };
      const response = await this.#transport.send(request, AbortSignal.any([this.#signal, deadline]));
      return { status: response.status, headers: {}, body: fieldsOf(response) as T };
    } catch (error) {
      this.failure = deadline.aborted
        ? new UnavailableError(`${url.host} gave no answer within ${RESPONSE_TIMEOUT_MS / 1000} s. ${ONLY_IN_AZURE}`)
        : withHint(error as Error);
      throw this.failure;
    }
  }
}

function withHint(error: Error): Error {
  return error instanceof UnavailableError
    ? new UnavailableError(`${error.message} ${ONLY_IN_AZURE}`, { retryAfterMs: error.retryAfterMs })
    : error;
}

/**
 * What we need of a token's answer, where it has the type that it should have: the library trusts that all of it has.
 */
function fieldsOf(response: Response): object {
  const { host, status } = response;
  // While Azure updates the endpoint of a machine it answers 404 or 410; elsewhere 404 is all that such an address
  // answers.
  const away =
    status === 404 || status === 410
      ? new UnavailableError(`${host} has no managed identity endpoint at present (HTTP ${status}).`)
      : unavailable(response);
  if (away !== undefined) throw away;
  if (status < 200 || status > 299) throw httpError(response);
  const fields = parseJson(response.body, host, TOKEN_JSON);
  if (!isObject(fields)) return {};
  noteTokenFields(Object.entries(fields));
  // Seconds since 1970, as text or number, or ISO 8601.
  const expiresOn = number(fields['expires_on']) ?? text(fields['expires_on']);
  return { access_token: text(fields['access_token']), token_type: 'Bearer', expires_on: expiresOn };
}

function httpError({ host, status, body }: Response): SettingsError {
  return new SettingsError(
    `Azure gave no token for the managed identity (${host} answered HTTP ${status}: ${errorText(body)}). ` +
      'See that the identity is assigned to what the module runs in. For a user-assigned identity, client_id is its client ID; for the system-assigned one, leave client_id empty.',
  );
}
