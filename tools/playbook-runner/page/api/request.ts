import type { Refused } from '../../src/wire/playbook.js';
import { ApiError } from './api-error.js';
import { renewRequestToken, requestToken } from './request-token.js';
import { type Response, send } from './send.js';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * One call to the runner.
 * @returns the answer's JSON; undefined where it has no content
 * @throws ApiError where the runner refuses or does not answer
 */
export async function request(method: Method, path: string, body?: unknown): Promise<unknown> {
  let response = await send(path, call(method, body));
  // A runner that was started again has another token: the page takes it over and tries once more.
  if (response.status === 403 && method !== 'GET' && (await renewRequestToken())) {
    response = await send(path, call(method, body));
  }
  if (response.ok) return response.status === 204 ? undefined : JSON.parse(response.text);
  const refused = readHttpError(response);
  throw new ApiError(refused.error, response.status, refused.problems);
}

function call(method: Method, body: unknown): RequestInit {
  if (method === 'GET') return { method };
  return {
    method,
    headers: { 'content-type': 'application/json', 'x-request-token': requestToken() },
    body: JSON.stringify(body ?? {}),
  };
}

function readHttpError({ status, text }: Response): Refused {
  try {
    const body = JSON.parse(text) as Partial<Refused>;
    if (typeof body.error === 'string') {
      return { error: body.error, ...(body.problems && { problems: body.problems }) };
    }
  } catch {
    // Not the runner's own answer: its status is all there is to tell.
  }
  return { error: `The runner answered with status ${status}. Look at its output in the terminal.` };
}
