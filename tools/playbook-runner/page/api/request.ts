import type { Refused } from '../../src/wire/playbook.js';
import { ApiError } from './api-error.js';
import { renewRequestToken, requestToken } from './request-token.js';
import { type Answer, send } from './send.js';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * One call to the runner.
 * @returns the answer's JSON; undefined where it has no content
 * @throws ApiError where the runner refuses or does not answer
 */
export async function request(method: Method, path: string, body?: unknown): Promise<unknown> {
  let answer = await send(path, call(method, body));
  // A runner that was started again has another token: the page takes it over and tries once more.
  if (answer.status === 403 && method !== 'GET' && (await renewRequestToken())) {
    answer = await send(path, call(method, body));
  }
  if (answer.ok) return answer.status === 204 ? undefined : JSON.parse(answer.text);
  const refused = readRefusal(answer);
  throw new ApiError(refused.error, answer.status, refused.problems);
}

function call(method: Method, body: unknown): RequestInit {
  if (method === 'GET') return { method };
  return {
    method,
    headers: { 'content-type': 'application/json', 'x-request-token': requestToken() },
    body: JSON.stringify(body ?? {}),
  };
}

function readRefusal({ status, text }: Answer): Refused {
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
