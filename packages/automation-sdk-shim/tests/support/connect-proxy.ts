import { once } from 'node:events';
import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

/** In the certificates of the simulator, too. */
const NAME = 'server.example';

export interface ConnectProxyOptions {
  /** Without exactly these every request is answered 407. They stand in `url`. */
  readonly credentials?: { readonly user: string; readonly password: string };
  /** The status that every CONNECT is answered with instead of a tunnel. */
  readonly refuse?: number;
}

export interface ConnectProxy {
  /** For HTTPS_PROXY or HTTP_PROXY, with the credentials. */
  readonly url: string;
  /** `host:port` of each CONNECT, also of refused ones. */
  readonly connects: string[];
  /** The absolute address of each other request. */
  readonly requests: string[];
  close(): Promise<void>;
}

/** The server on loopback under a name that goes through proxies: loopback itself never does. */
export function beyondProxy(url: string): string {
  const named = new URL(url);
  named.hostname = NAME;
  return named.href.replace(/\/$/, '');
}

/**
 * A real HTTP proxy on loopback, on which server.example is loopback: tunnels for CONNECT, and forwards requests in
 * absolute form.
 */
export async function startConnectProxy({ credentials, refuse }: ConnectProxyOptions = {}): Promise<ConnectProxy> {
  const connects: string[] = [];
  const requests: string[] = [];
  const sockets = new Set<Duplex>();
  const track = (socket: Duplex) => {
    sockets.add(socket.on('error', () => undefined).on('close', () => sockets.delete(socket)));
  };
  const expected =
    credentials && `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64')}`;
  const isAllowed = ({ headers }: IncomingMessage) => headers['proxy-authorization'] === expected;

  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    if (isAllowed(request)) forward(request, response);
    else response.writeHead(407).end();
  });
  server.on('connection', track);
  server.on('connect', (request, client) => {
    const target = request.url ?? '';
    connects.push(target);
    const status = isAllowed(request) ? refuse : 407;
    if (status === undefined) track(tunnel(target, client));
    else client.end(`HTTP/1.1 ${status} Refused\r\nContent-Length: 0\r\n\r\n`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  url.username = credentials?.user ?? '';
  url.password = credentials?.password ?? '';
  return {
    url: url.href,
    connects,
    requests,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function tunnel(target: string, client: Duplex): Duplex {
  const { hostname, port } = new URL(`tunnel://${target}`);
  const upstream = connect(Number(port), addressOf(hostname), () => {
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    client.pipe(upstream).pipe(client);
  });
  client.on('close', () => upstream.destroy());
  return upstream.on('close', () => client.destroy());
}

function addressOf(hostname: string): string {
  return hostname === NAME ? '127.0.0.1' : hostname;
}

/** A proxy keeps what is meant for it to itself. */
function forward(request: IncomingMessage, response: ServerResponse): void {
  const headers = { ...request.headers };
  delete headers['proxy-authorization'];
  delete headers['proxy-connection'];
  const target = new URL(request.url ?? '');
  target.hostname = addressOf(target.hostname);
  const onward = send(target, { method: request.method, headers }, (reply) => {
    response.writeHead(reply.statusCode ?? 502, reply.headers);
    reply.pipe(response);
  });
  onward.on('error', () => response.writeHead(502).end());
  request.pipe(onward);
}
