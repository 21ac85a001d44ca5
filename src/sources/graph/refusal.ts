import { NotReadyError, PlanAgainError, UnavailableError } from '../../errors.js';
import { isObject } from '../../json.js';
import { errorText, parsed } from '../../microsoft/json.js';
import type { Response } from '../../microsoft/transport.js';
import { httpErrorBy, type Guidance } from '../refusals.js';

const servicePrincipal = '8bd644d1-64a1-4d4b-ae52-2e0cbf64e373';
const withoutServicePrincipal = new RegExp(`service principal-less|${servicePrincipal}`, 'i');

/** What an answer that is not a page of rows means; undefined for one that may be a page. See `refusalBy`. */
export function httpErrorOf(response: Response, isFirstPage: boolean, guidance: Guidance): Error | undefined {
  const { host, status, body, retryAfterMs } = response;
  if (isWithoutServicePrincipal(response)) {
    return new NotReadyError(
      `Microsoft Graph cannot read message traces in this tenant yet (HTTP ${status}): the service principal of Microsoft's application ${servicePrincipal} is missing or still being set up. ` +
        `If nobody has done so, an administrator creates it with: New-MgServicePrincipal -AppId ${servicePrincipal}. After that it takes some hours.`,
    );
  }
  if (status === 429)
    // Without Retry-After, Microsoft's guidance on throttling asks for exponential waits: those are the client's own.
    return new UnavailableError(`${host} asks for fewer requests (HTTP 429): others in the tenant use the quota too.`, {
      retryAfterMs: retryAfterMs ?? 0,
    });
  const hidden = status === 500 ? hiddenHttpError(body) : undefined;
  if (hidden !== undefined) return httpErrorOf({ ...response, status: 400, body: hidden }, isFirstPage, guidance);
  // Its clock and ours differ: what lies in its future now will not in a moment.
  if (status === 400 && isFirstPage && /\bfuture\b/i.test(body))
    return new PlanAgainError(`Microsoft Graph takes the present for the future (HTTP 400: ${errorText(body)}).`);
  return httpErrorBy('Microsoft Graph', response, isFirstPage, guidance);
}

function isWithoutServicePrincipal({ status, body }: Response): boolean {
  return (status === 401 || status === 403) && withoutServicePrincipal.test(body);
}

/**
 * A bad request that comes as an error of the service's own: seen on one tenant, with the reason in an inner exception.
 */
function hiddenHttpError(body: string): string | undefined {
  const response = parsed(body);
  const error = isObject(response) ? response['error'] : undefined;
  const inner = isObject(error) ? (error['innererror'] ?? error['innerError']) : undefined;
  const exception = isObject(inner) ? inner['internalexception'] : undefined;
  const message = isObject(exception) ? exception['message'] : undefined;
  return typeof message === 'string' && message !== '' ? message : undefined;
}
