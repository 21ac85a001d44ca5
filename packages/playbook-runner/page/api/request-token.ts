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
 */
export async function renewRequestToken(): Promise<boolean> {
  const answer = await fetch('/', { cache: 'no-store' });
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const before = token;
  token = readToken(page);
  return token !== before;
}

function readToken(page: Document): string {
  return page.querySelector<HTMLMetaElement>('meta[name="request-token"]')?.content ?? '';
}
