import type { Refused } from '../../src/wire/playbook.js';
import { ApiError } from './api-error.js';
import { renewRequestToken, requestToken } from './request-token.js';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

const answerWithinMs = 15_000;

/**
 * One call to the runner.
 * @returns the answer's JSON; undefined where it has no content
 * @throws ApiError where the runner refuses or does not answer
 */
export async function request(method: Method, path: string, body?: unknown): Promise<unknown> {
  let answer = await send(method, path, body);
  // A runner that was started again has another token: the page takes it over and tries once more.
  if (answer.status === 403 && method !== 'GET' && (await renewRequestToken())) {
    answer = await send(method, path, body);
  }
  if (answer.ok) return answer.status === 204 ? undefined : await answer.json();
  const refused = await readRefusal(answer);
  throw new ApiError(refused.error, answer.status, refused.problems);
}

async function send(method: Method, path: string, body: unknown): Promise<Response> {
  const changes: RequestInit =
    method === 'GET'
      ? {}
      : {
          headers: { 'content-type': 'application/json', 'x-request-token': requestToken() },
          body: JSON.stringify(body ?? {}),
        };
  try {
    return await fetch(path, {
      method,
      cache: 'no-store',
      signal: AbortSignal.timeout(answerWithinMs),
      ...changes,
    });
  } catch {
    throw new ApiError('The runner does not answer. If it has ended, start it again with: npm start', 0);
  }
}

async function readRefusal(answer: Response): Promise<Refused> {
  try {
    const body = (await answer.json()) as Partial<Refused>;
    if (typeof body.error === 'string') {
      return { error: body.error, ...(body.problems && { problems: body.problems }) };
    }
  } catch {
    // Not the runner's own answer: its status is all there is to tell.
  }
  return { error: `The runner answered with status ${answer.status}. Look at its output in the terminal.` };
}
