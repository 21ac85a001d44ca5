import { NotReadyError } from '../../model/errors.js';
import { isObject } from '../../model/json.js';
import type { ClientOptions } from '../http/client.js';
import { parsed } from '../http/json.js';
import type { Response } from '../http/transport.js';

/** Microsoft's own application that reads message traces for Graph; each tenant needs a service principal of it. */
const READER_APPLICATION = '8bd644d1-64a1-4d4b-ae52-2e0cbf64e373';
/** A look-up explains a refusal: it must not hold up the next try. */
const LOOKUP_TIMEOUT_MS = 10_000;

/** What the directory says of it. */
export type ServicePrincipalState = 'present' | 'absent' | 'disabled';

/** Why Graph refuses, by what the directory says, and what is done about it. */
const REASONS: Readonly<Record<ServicePrincipalState, readonly [sentence: string, remedy: string]>> = {
  absent: [
    `Microsoft Graph cannot read message traces in this tenant yet: it has no service principal of Microsoft's application ${READER_APPLICATION}.`,
    `An administrator creates it with: New-MgServicePrincipal -AppId ${READER_APPLICATION}. After that it takes some hours.`,
  ],
  present: [
    `Microsoft Graph cannot read message traces in this tenant yet: the service principal of Microsoft's application ${READER_APPLICATION} is there, but not active yet.`,
    'That takes some hours after it was created. There is nothing to do.',
  ],
  disabled: [
    `Microsoft Graph cannot read message traces in this tenant: the service principal of Microsoft's application ${READER_APPLICATION} is disabled.`,
    'An administrator enables it in Entra ID, Enterprise applications, Properties: Enabled for users to sign in.',
  ],
};

/** The error of a tenant whose service principal is in that state while Graph refuses. */
export function notReady(state: ServicePrincipalState): NotReadyError {
  return new NotReadyError(...REASONS[state]);
}

/**
 * Tells an absent service principal from one that is still activating, which Graph refuses in the same words. Looking
 * it up takes the permission Application.Read.All, which the module does not need: without it, the sentence about both
 * stays. No request of the message traces' quota. Source: Microsoft Graph, "Get servicePrincipal".
 */
export class ServicePrincipalLookup {
  readonly #url: URL;
  readonly #options: Pick<ClientOptions, 'transport' | 'authorization'>;
  #isForbidden = false;

  constructor(apiUrl: string, options: Pick<ClientOptions, 'transport' | 'authorization'>) {
    const base = apiUrl.replace(/\/+$/, '');
    this.#url = new URL(`${base}/servicePrincipals(appId='${READER_APPLICATION}')?$select=id,accountEnabled`);
    this.#options = options;
  }

  /**
   * The error with the exact reason, where it is that refusal and the reason is found in time; else the error as it is.
   */
  async explained(error: unknown, signal: AbortSignal): Promise<unknown> {
    if (!(error instanceof NotReadyError) || this.#isForbidden) return error;
    try {
      const state = await this.state(signal);
      return state === undefined ? error : notReady(state);
    } catch {
      // Whatever went wrong with the look-up says nothing about the refusal that it was to explain.
      return error;
    }
  }

  /**
   * Undefined where the directory does not say, which without the permission is always.
   * @throws UnavailableError, SettingsError where the look-up fails
   */
  async state(signal: AbortSignal): Promise<ServicePrincipalState | undefined> {
    return this.#stateIn(await this.#ask(AbortSignal.any([signal, AbortSignal.timeout(LOOKUP_TIMEOUT_MS)])));
  }

  async #ask(signal: AbortSignal): Promise<Response> {
    const { transport, authorization } = this.#options;
    const headers = { Authorization: await authorization.header(signal) };
    return transport.send({ method: 'GET', url: this.#url, headers }, signal);
  }

  #stateIn({ status, body }: Response): ServicePrincipalState | undefined {
    // A permission granted later comes with a later start.
    this.#isForbidden = status === 401 || status === 403;
    // A 404 of anything but Graph itself, such as a proxy's, is no answer to the question.
    if (status === 404) return body.includes('Request_ResourceNotFound') ? 'absent' : undefined;
    if (status !== 200) return undefined;
    const found = parsed(body);
    if (!isObject(found) || typeof found['id'] !== 'string') return undefined;
    return found['accountEnabled'] === false ? 'disabled' : 'present';
  }
}
