import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { type Handler, HttpError, listenOnLoopback, type LoopbackServer, MethodError } from '@local/testbed';
import { Hono } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { InvalidSettingsError } from '../playbooks/stored-playbook.js';
import type { Refused } from '../wire/playbook.js';
import { type ApiOptions, apiRoutes } from './api.js';
import { PageFiles } from './page-files.js';

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
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.use(async (context, next) => {
    const { incoming } = context.env;
    for (const [name, value] of SECURITY_HEADERS) context.header(name, value);
    checkRequest(incoming, incoming.socket.localPort ?? 0, token);
    await next();
  });
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (_, methods) => {
        throw new MethodError(methods);
      },
    }),
  );
  app.route('/api', apiRoutes(options));
  // Answered as a response, not thrown: only then Hono looks for other methods of this address.
  const nothingThere: Refused = { error: 'There is no such address: reload the page.' };
  app.notFound(async (context) => {
    const { path, method } = context.req;
    if (path === '/api' || path.startsWith('/api/')) return context.json(nothingThere, 404);
    if (!READING.includes(method)) throw new MethodError(['GET', 'HEAD']);
    const { contentType, body, isImmutable } = await files.read(path);
    return context.body(new Uint8Array(body), 200, {
      'Content-Type': contentType,
      'Content-Length': String(body.length),
      ...(isImmutable && { 'Cache-Control': 'public, max-age=31536000, immutable' }),
    });
  });
  app.onError((error, context) => {
    if (error instanceof MethodError) context.header('Allow', error.allowed.join(', '));
    const refused: Refused = {
      error: error instanceof HttpError ? error.message : String(error),
      ...(error instanceof InvalidSettingsError && { problems: error.problems }),
    };
    return context.json(refused, (error instanceof HttpError ? error.status : 500) as ContentfulStatusCode);
  });
  return listenFrom(
    options.port,
    getRequestListener(app.fetch, { overrideGlobalObjects: false, errorHandler: refuseUnreadable }),
  );
}

/** What comes before the app: an address or a Host that is no URL. */
function refuseUnreadable(): Response {
  const refused: Refused = { error: 'The address cannot be read: reload the page.' };
  return Response.json(refused, { status: 400, headers: [...SECURITY_HEADERS] });
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
