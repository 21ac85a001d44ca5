import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { HttpError, MethodError, readBody, respondWithJson } from '../http/messages.js';
import { type Handler, listenOnLoopback, type LoopbackServer } from '../http/loopback-server.js';
import type { Refused } from '../wire/playbook.js';
import { type ApiOptions, apiRoutes } from './api.js';
import { parseFields } from './body-shapes.js';
import { findRoute } from './find-route.js';
import { checkRequest } from './guard.js';
import { PageFiles } from './page-files.js';
import { SECURITY_HEADERS } from './security-headers.js';

export interface PageServerOptions extends ApiOptions {
  /** The port to try first. */
  readonly port: number;
  /** The built page. */
  readonly pageFolder: string;
  /** The module's logo. */
  readonly logo: string;
}

const MAX_BODY_BYTES = 256 * 1024;
const PORTS_TO_TRY = 100;
const LAST_PORT = 65_535;

/**
 * Serves the page and its API on 127.0.0.1, on the first port from `port` on that is free; port 0 takes any.
 *
 * @throws what `listen` throws: EADDRINUSE as `code` where none of a hundred ports is free.
 */
export async function startPageServer(options: PageServerOptions): Promise<LoopbackServer> {
  const token = randomBytes(24).toString('base64url');
  const files = new PageFiles({ folder: options.pageFolder, logo: options.logo, token });
  const routes = apiRoutes(options);

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    checkRequest(request, request.socket.localPort ?? 0, token);
    const { pathname, searchParams: query } = readAddress(request.url ?? '');
    if (pathname !== '/api' && !pathname.startsWith('/api/')) {
      await sendFile(files, pathname, request, response);
      return;
    }
    const { response: perform, parts } = findRoute(routes, request.method ?? '', pathname);
    const body = parseFields(await readBody(request, { maxBytes: MAX_BODY_BYTES, acceptGzip: false }));
    const { status, body: answered } = await perform({ query, body, part: (name) => parts[name] ?? '' });
    if (answered === undefined) response.writeHead(status).end();
    else respondWithJson(response, status, answered);
  }

  return listenFrom(options.port, async (request, response) => {
    response.setHeaders(SECURITY_HEADERS);
    try {
      await respond(request, response);
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      if (error instanceof MethodError) response.setHeader('Allow', error.allowed.join(', '));
      const { problems } = error;
      const refused: Refused = { error: error.message, ...(problems && { problems }) };
      respondWithJson(response, error.status, refused);
    }
  });
}

function readAddress(address: string): URL {
  if (URL.canParse(address, 'http://page')) return new URL(address, 'http://page');
  throw new HttpError(400, 'The address cannot be read: reload the page.');
}

async function sendFile(
  files: PageFiles,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') throw new MethodError(['GET', 'HEAD']);
  const { contentType, body, isImmutable } = await files.read(path);
  response.writeHead(200, {
    'Content-Type': contentType,
    'Content-Length': body.length,
    ...(isImmutable && { 'Cache-Control': 'public, max-age=31536000, immutable' }),
  });
  response.end(body);
}

async function listenFrom(first: number, handler: Handler): Promise<LoopbackServer> {
  const last = Math.min(first + PORTS_TO_TRY - 1, LAST_PORT);
  for (let port = first; ; port += 1) {
    try {
      return await listenOnLoopback(port, handler);
    } catch (error) {
      const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
      if (!isTaken || port === last) throw error;
    }
  }
}
