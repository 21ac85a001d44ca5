import { UnavailableError } from '../errors.js';
import type { Response } from './transport.js';

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
