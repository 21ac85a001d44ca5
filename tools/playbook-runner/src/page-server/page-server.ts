import { InvalidSettingsError } from '../playbooks/stored-playbook.js';
import {
  type Handler,
  HttpError,
  listenOnLoopback,
  type LoopbackServer,
  MethodError,
  readBody,
  respondWithJson,
} from '@local/testbed';
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Refused } from '../wire/playbook.js';
import { type ApiOptions, apiRoutes, parseFields } from './api.js';
import { PageFiles } from './page-files.js';

interface Found<Response> {
  readonly response: Response;
  /** What stands in the path for `:id` and the like, by name. */
  readonly parts: Readonly<Record<string, string>>;
}

/**
 * The route for a request. HEAD is answered as GET is.
 *
 * @param routes by method and path, such as `PUT /api/playbooks/:id`
 * @throws {HttpError} 404, or a MethodRefusal where the path is known with other methods.
 */
function findRoute<Response>(
  routes: Readonly<Record<string, Response>>,
  method: string,
  path: string,
): Found<Response> {
  const asked = method === 'HEAD' ? 'GET' : method;
  const methods: string[] = [];
  for (const [route, response] of Object.entries(routes)) {
    const [routeMethod = '', pattern = ''] = route.split(' ');
    const parts = match(pattern, path);
    if (parts === undefined) continue;
    if (routeMethod === asked) return { response, parts };
    methods.push(...(routeMethod === 'GET' ? ['GET', 'HEAD'] : [routeMethod]));
  }
  if (methods.length === 0) throw new HttpError(404, 'There is no such address: reload the page.');
  throw new MethodError(methods);
}

function match(pattern: string, path: string): Readonly<Record<string, string>> | undefined {
  const [expected, given] = [pattern.split('/'), path.split('/')];
  if (expected.length !== given.length) return undefined;
  const parts: Record<string, string> = {};
  for (const [position, name] of expected.entries()) {
    const part = given[position] ?? '';
    if (name.startsWith(':')) parts[name.slice(1)] = decode(part);
    else if (name !== part) return undefined;
  }
  return parts;
}

/** What cannot be decoded names nothing. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}

const READING: readonly (string | undefined)[] = ['GET', 'HEAD'];

/**
 * Lets through what comes from the page of this server, or from a program on this machine that knows the token.
 *
 * Listening on 127.0.0.1 is not enough: a web page anywhere can make its reader's browser send requests there (Origin
 * and Sec-Fetch-Site tell), can let a name of its own point to 127.0.0.1 (Host tells), and other programs of this
 * machine have pages too (the port tells).
 *
 * @param port of this server
 * @param token that changes must carry in `x-request-token`; the page has it from its HTML, which no other page may
 *   read
 * @throws {HttpError} 403; 415 for a change that is not sent as JSON.
 */
function checkRequest({ method, headers }: IncomingMessage, port: number, token: string): void {
  const host = headers.host ?? '';
  if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`) {
    throw new HttpError(403, `This page answers to its own address only: open http://127.0.0.1:${port}.`);
  }
  const { origin } = headers;
  const site = headers['sec-fetch-site'];
  if (
    (origin !== undefined && origin !== `http://${host}`) ||
    !(site === undefined || site === 'same-origin' || site === 'none')
  ) {
    throw new HttpError(403, `Other pages may not ask here: open http://127.0.0.1:${port} itself.`);
  }
  if (READING.includes(method)) return;
  if (!isSame(headers['x-request-token'], token)) {
    throw new HttpError(403, 'The request does not carry the token of this run of the runner: reload the page.');
  }
  if (headers['content-type']?.split(';')[0]?.trim().toLowerCase() !== 'application/json') {
    throw new HttpError(415, 'The request is not JSON: send Content-Type: application/json.');
  }
}

function isSame(given: string | readonly string[] | undefined, token: string): boolean {
  const bytes = Buffer.from(typeof given === 'string' ? given : '');
  const expected = Buffer.from(token);
  return bytes.length === expected.length && timingSafeEqual(bytes, expected);
}

/** On every answer: nothing from elsewhere is loaded, and no other site may show or read the answer. */
const SECURITY_HEADERS = new Map([
  [
    'Content-Security-Policy',
    [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self'",
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
  ],
  ['X-Content-Type-Options', 'nosniff'],
  ['Referrer-Policy', 'no-referrer'],
  ['Cross-Origin-Opener-Policy', 'same-origin'],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
  ['Cache-Control', 'no-store'],
]);

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
      const refused: Refused = {
        error: error.message,
        ...(error instanceof InvalidSettingsError && { problems: error.problems }),
      };
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
