import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import {
  CLIENT_CHECK_MS,
  CLIENT_HEADERS_MS,
  CLIENT_REQUEST_MS,
  MAX_CLIENT_CONNECTIONS,
  MAX_CLIENT_HEADER_BYTES,
  MAX_REQUESTS_PER_CONNECTION,
} from '../budgets.js';
import { errorLine } from '../log/foreign-text.js';
import type { Log } from '../log/log.js';

/**
 * Keeps at most `max` connections open. One more closes the oldest connection of the address that holds most.
 *
 * Node's own `maxConnections` turns away the newest one instead: a client that holds that many shuts out all others.
 */
function boundConnections(server: Server, max: number): void {
  const byAge = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    byAge.add(socket);
    socket.once('close', () => byAge.delete(socket));
    if (byAge.size <= max) return;
    const dropped = oldestOfTheBusiestClient(byAge);
    if (dropped !== undefined) byAge.delete(dropped);
    dropped?.destroy();
  });
}

function oldestOfTheBusiestClient(byAge: ReadonlySet<Socket>): Socket | undefined {
  const counts = new Map<string | undefined, number>();
  for (const { remoteAddress } of byAge) counts.set(remoteAddress, (counts.get(remoteAddress) ?? 0) + 1);
  const max = Math.max(...counts.values());
  return [...byAge].find(({ remoteAddress }) => counts.get(remoteAddress) === max);
}

/** Limits that keep slow or many clients from tying up the module. */
const LIMITS = {
  headersTimeout: CLIENT_HEADERS_MS,
  requestTimeout: CLIENT_REQUEST_MS,
  keepAliveTimeout: CLIENT_HEADERS_MS,
  connectionsCheckingInterval: CLIENT_CHECK_MS,
  maxHeaderSize: MAX_CLIENT_HEADER_BYTES,
};
const METHODS = ['GET', 'HEAD'];

export interface Page {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export interface GetServerOptions {
  /** What is served, for the log: "health". */
  readonly name: string;
  /** 0 for any free port. */
  readonly port: number;
  /** The configuration value that sets the port. */
  readonly portName: string;
  /** By path, such as "/health". */
  readonly pages: Readonly<Record<string, () => Page | Promise<Page>>>;
  readonly log: Log;
}

export interface GetServer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Answers GET on a few paths, and HEAD as GET without the body: 404 for other paths, 405 for other methods. Where the
 * port is not available, logs that and returns undefined: collecting matters more than being watched.
 */
export function startGetServer(options: GetServerOptions): Promise<GetServer | undefined> {
  const server = createServer(LIMITS, (request, response) => void respond(request, response, options));
  server.maxRequestsPerSocket = MAX_REQUESTS_PER_CONNECTION;
  server.setTimeout(CLIENT_REQUEST_MS);
  boundConnections(server, MAX_CLIENT_CONNECTIONS);
  return new Promise((resolve) => {
    server.on('error', (error: NodeJS.ErrnoException) => {
      options.log.warning(
        `The ${options.name} port ${options.port} cannot be used (${error.code ?? error.message}): there is no ${options.name} answer. Free the port or choose another in the value "${options.portName}".`,
      );
      resolve(undefined);
    });
    server.listen(options.port, () => {
      const { port } = server.address() as AddressInfo;
      const [path, ...more] = Object.keys(options.pages);
      const also = more.map((each) => ` GET ${each} answers there, too.`).join('');
      options.log.info(`GET ${path} on port ${port} answers ${options.name}.${also}`);
      resolve({
        port,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            server.closeAllConnections();
          }),
      });
    });
  });
}

async function respond(request: IncomingMessage, response: ServerResponse, options: GetServerOptions): Promise<void> {
  const page = await pageFor(request, options);
  response.writeHead(page.status, {
    'Content-Type': page.contentType,
    'Content-Length': Buffer.byteLength(page.body),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...(page.status === 405 ? { Allow: METHODS.join(', ') } : {}),
  });
  response.end(page.body);
}

async function pageFor(request: IncomingMessage, options: GetServerOptions): Promise<Page> {
  const path = request.url?.split('?')[0] ?? '';
  const page = Object.hasOwn(options.pages, path) ? options.pages[path] : undefined;
  if (page === undefined) return plain(404, `Only ${Object.keys(options.pages).join(' and ')} is here.\n`);
  if (!METHODS.includes(request.method ?? '')) return plain(405, 'Only GET and HEAD are answered.\n');
  try {
    return await page();
  } catch (error) {
    options.log.error(`The ${options.name} answer could not be made (${errorLine(error)}). Please report it.`);
    return plain(500, `The ${options.name} answer could not be made; see the log.\n`);
  }
}

function plain(status: number, body: string): Page {
  return { status, contentType: 'text/plain; charset=utf-8', body };
}
