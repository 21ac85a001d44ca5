import type { Problem, Refused } from '../../src/wire/playbook.js';

/** The runner refused a call, or did not answer. The message ends with what to do. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** Of the answer; 0 where none came. */
  readonly status: number;
  /** With 422: what is wrong with which setting. */
  readonly problems: readonly Problem[];

  constructor(message: string, status: number, problems: readonly Problem[] = []) {
    super(message);
    this.status = status;
    this.problems = problems;
  }
}

/** What to show to the operator, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'Something unexpected happened. Reload the page and try again.';
}

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

/**
 * Calls that change something carry the token of the runner's process, which the page got with its HTML.
 * A runner that was started again has another one.
 */
let token: string | undefined;

function requestToken(): string {
  token ??= readToken(document);
  return token;
}

/**
 * Asks the runner for its token as of now.
 * @returns whether it is another one, so that this is another process: what it counts has begun anew.
 * @throws ApiError where the runner does not answer with its page; then the token stays
 */
export async function renewRequestToken(): Promise<boolean> {
  const { ok, status, text } = await send('/', {});
  const told = readToken(new DOMParser().parseFromString(text, 'text/html'));
  // While the page is built anew there is none: that tells nothing of the process.
  if (!ok || told === '') {
    throw new ApiError('The runner has no page to show. If it is not being built just now, run: npm start', status);
  }
  const before = requestToken();
  token = told;
  return told !== before;
}

function readToken(page: Document): string {
  return page.querySelector<HTMLMetaElement>('meta[name="request-token"]')?.content ?? '';
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * One call to the runner.
 * @param withinMs where it may take longer than others
 * @returns the answer's JSON; undefined where it has no content
 * @throws ApiError where the runner refuses or does not answer
 */
export async function request(method: Method, path: string, body?: unknown, withinMs?: number): Promise<unknown> {
  let response = await send(path, call(method, body), withinMs);
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
