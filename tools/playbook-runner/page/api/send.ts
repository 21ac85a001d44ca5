import { ApiError } from './api-error.js';

export interface Response {
  readonly status: number;
  /** The status is one of success. */
  readonly ok: boolean;
  readonly text: string;
}

/** A frozen runner takes connections and says nothing. What changes something may take its time. */
const respondsWithinMs = { GET: 5_000, others: 15_000 };

/**
 * Sends one request to the runner and reads the answer to its end.
 * @throws ApiError where that has not come in time, whatever the reason
 */
export async function send(address: string, init: RequestInit, withinMs = limitOf(init)): Promise<Response> {
  try {
    const response = await fetch(address, { ...init, cache: 'no-store', signal: AbortSignal.timeout(withinMs) });
    return { status: response.status, ok: response.ok, text: await response.text() };
  } catch {
    throw new ApiError('The runner does not answer. If it has ended, start it again with: npm start', 0);
  }
}

function limitOf({ method = 'GET' }: RequestInit): number {
  return method === 'GET' ? respondsWithinMs.GET : respondsWithinMs.others;
}
