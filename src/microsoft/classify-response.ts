import { OutOfReachError, RangeRefusedError, SettingsError, UnavailableError } from '../model/errors.js';
import type { Response } from './http/transport.js';
import { excerpt } from '@sekoia/automation-sdk-shim';
import { errorText } from './http/json.js';
import { DeadLinkError } from './paging/detours.js';

/**
 * An answer whose status says that nothing is wrong with the question, as an error; undefined for every other.
 * @param explanation what the answer itself says, in one line, for services whose answers hold no secrets
 */
export function unavailable(
  { host, status, retryAfterMs = 0 }: Response,
  explanation?: string,
): UnavailableError | undefined {
  const why = explanation === undefined ? `HTTP ${status}` : `HTTP ${status}: ${explanation}`;
  if (status === 429) return new UnavailableError(`${host} asks for fewer requests (${why}).`, { retryAfterMs });
  if (status !== 408 && status < 500) return undefined;
  // 503 and Retry-After speak of the service; any other 5xx can be about what was asked for.
  const mayBeTheRange = status >= 500 && status !== 503 && retryAfterMs === 0;
  return new UnavailableError(`${host} is not available (${why}).`, { retryAfterMs, mayBeTheRange });
}

/** What the operator does, in terms of the settings that there are: who builds a source knows them. */
export interface Guidance {
  /** When the API refuses who asks. */
  readonly refused: string;
  /** When there is no message trace at the address. */
  readonly absent: string;
  /** Whether a refusal counts towards locking an account, since each request carries its password. */
  readonly mayLock?: boolean;
}

const dayMs = 86_400_000;

/**
 * What an answer that is no page of rows means, whichever API gave it, as an error whose class says what to do next;
 * undefined for one that may be a page.
 * @param service the API, as the beginning of a sentence
 * @param isFirstPage later pages are reached by links of the service's own making, which may be dead
 */
export function httpErrorBy(
  service: string,
  response: Response,
  isFirstPage: boolean,
  guidance: Guidance,
): Error | undefined {
  const { status, body, location } = response;
  const text = () => errorText(body);
  if (isSignIn(response))
    return new SettingsError(`${service} sent us to a sign-in page.`, { remedy: guidance.refused });
  if (status === 401 || status === 403)
    return new SettingsError(`${service} refused access (HTTP ${status}: ${text()}).`, {
      remedy: guidance.refused,
      mayLock: status === 401 && guidance.mayLock === true,
    });
  if (status >= 300 && status < 400)
    return new SettingsError(
      `${service} redirects to ${excerpt(location ?? '') || 'no address'}, where no credentials are sent.`,
      { remedy: 'Check api_url.' },
    );
  if (!isFirstPage && [400, 404, 410].includes(status))
    return new DeadLinkError(`${service} gave a link to a page that it does not know (HTTP ${status}: ${text()}).`);
  if (status === 404 || status === 410)
    return new SettingsError(`There is no message trace at this address (HTTP ${status}).`, {
      remedy: guidance.absent,
    });
  if (status === 400) return refusedQuery(service, text());
  if (status < 200 || status > 299)
    return unavailable(response, text()) ?? new UnavailableError(`${service} answered HTTP ${status} (${text()}).`);
  return undefined;
}

/**
 * Who asks is sent to Microsoft's sign-in: a redirect to it, or its page, such as where HTTP Basic is off. Any other
 * page of HTML is some gateway's, and passes.
 */
function isSignIn({ status, body, location = '' }: Response): boolean {
  if (status >= 400) return false;
  return signInHosts.test(location) || (/^\s*<(!doctype html|html)/i.test(body) && signInHosts.test(body));
}

const signInHosts = /login\.(microsoftonline|partner\.microsoftonline|live|windows)\.|Sign in to your account/i;

function refusedQuery(service: string, text: string): Error {
  const days = historyDays(text);
  return days === undefined
    ? new RangeRefusedError(`${service} refused the query (HTTP 400: ${text}).`)
    : new OutOfReachError(`${service} keeps ${days} days (${text}).`, days * dayMs);
}

/** `… can't be older than 30 days …` → 30. */
function historyDays(text: string): number | undefined {
  const days = Number(
    /older than (?:the )?(?:last |past )?(\d{1,3}) days?/i.exec(text)?.[1] ??
      /(?:last|past) (\d{1,3}) days?/i.exec(text)?.[1],
  );
  return days >= 1 ? days : undefined;
}
