import { UnavailableError } from '../errors.js';
import type { Answer } from './transport.js';

/** An answer whose status says that nothing is wrong with the question, as an error; undefined for every other. */
export function unavailable({ host, status, retryAfterMs = 0 }: Answer): UnavailableError | undefined {
  if (status === 429) return new UnavailableError(`${host} asks for fewer requests (HTTP 429).`, { retryAfterMs });
  if (status !== 408 && status < 500) return undefined;
  // 503 and Retry-After speak of the service; any other 5xx can be about what was asked for.
  const mayBeTheRange = status >= 500 && status !== 503 && retryAfterMs === 0;
  return new UnavailableError(`${host} is not available (HTTP ${status}).`, { retryAfterMs, mayBeTheRange });
}
