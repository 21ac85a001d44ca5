import { createServer, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** An answer of the tenant, on its way to the module. */
export interface PassingResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface AlteringFront {
  /** Such as `http://127.0.0.1:41234`. */
  readonly origin: string;
  /** What each request gets instead of the tenant's answer; by default the answer as it is. */
  alter: (response: PassingResponse, url: URL) => PassingResponse;
  /** When each request came, in ms since 1970. */
  readonly askedAtMs: number[];
  close(): Promise<void>;
}

/** In the links that lead to a page of the front's own making; the tenant never sees it. */
const PAGE_OF_FRONT = 'front-page';
const PASSED_HEADERS = ['content-type', 'date', 'retry-after'];

/** Stands between the module and the simulated tenant's APIs. Links of the answers lead through it again. */
export async function startAlteringFront(tenantOrigin: string): Promise<AlteringFront> {
  const server = createServer((request, response) => {
    front.askedAtMs.push(Date.now());
    void forward(request)
      .then((response) => front.alter(response, new URL(request.url ?? '/', front.origin)))
      .then(
        ({ status, headers, body }) => response.writeHead(status, headers).end(body),
        () => response.destroy(),
      );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function forward(request: IncomingMessage): Promise<PassingResponse> {
    const { method = 'GET', url = '/' } = request;
    const { authorization, accept, prefer } = request.headers;
    const sent = { authorization, accept, prefer };
    const headers = Object.entries(sent).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
    const body = await text(request);
    const target = new URL(url, tenantOrigin);
    target.searchParams.delete(PAGE_OF_FRONT);
    // The tenant gets the query as the module has spelled it, where nothing had to be taken out.
    const asked = url.includes(PAGE_OF_FRONT) ? target.href : tenantOrigin + url;
    const response = await fetch(asked, { method, headers, ...(body !== '' && { body }) });
    const passed = PASSED_HEADERS.flatMap((name) => {
      const value = response.headers.get(name);
      return value === null ? [] : [[name, value] as const];
    });
    const page = (await response.text()).replaceAll(tenantOrigin, origin);
    return { status: response.status, headers: Object.fromEntries(passed), body: page };
  }

  const front: AlteringFront = {
    origin,
    alter: (response) => response,
    askedAtMs: [],
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return front;
}

/** A link that was not given before: the tenant answers it as it answers `url`. */
export function nextPageOf(url: URL, number: number): string {
  const link = new URL(url);
  link.searchParams.set(PAGE_OF_FRONT, String(number));
  return link.href;
}

/** The rows of a page and its link, whichever API gave it. */
export interface PageParts {
  readonly rows: readonly unknown[];
  readonly nextLink: string | undefined;
}

/** Alters a page of either API; every other answer passes as it is. */
export function alterPage(response: PassingResponse, alter: (page: PageParts) => PageParts): PassingResponse {
  if (response.status !== 200) return response;
  const body = JSON.parse(response.body) as {
    d?: { results: unknown[]; __next?: string };
    value?: unknown[];
    '@odata.nextLink'?: string;
  };
  if (body.d !== undefined) {
    const { rows, nextLink } = alter({ rows: body.d.results, nextLink: body.d.__next });
    const d = { ...body.d, results: rows, __next: nextLink };
    return { ...response, body: JSON.stringify({ ...body, d }) };
  }
  if (body.value === undefined) return response;
  const { rows, nextLink } = alter({ rows: body.value, nextLink: body['@odata.nextLink'] });
  return { ...response, body: JSON.stringify({ ...body, value: rows, '@odata.nextLink': nextLink }) };
}
