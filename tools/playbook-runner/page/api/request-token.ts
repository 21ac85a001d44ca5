import { ApiError } from './api-error.js';
import { send } from './send.js';

/**
 * Calls that change something carry the token of the runner's process, which the page got with its HTML.
 * A runner that was started again has another one.
 */
let token = readToken(document);

export function requestToken(): string {
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
  const before = token;
  token = told;
  return token !== before;
}

function readToken(page: Document): string {
  return page.querySelector<HTMLMetaElement>('meta[name="request-token"]')?.content ?? '';
}
