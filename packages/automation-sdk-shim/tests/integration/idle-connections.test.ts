import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { HttpClient } from '../../src/http/http-client.js';

const http = new HttpClient({ userAgent: 'test' });
let server: Server;
let connections: Socket[];
let address: string;

beforeEach(async () => {
  connections = [];
  server = createServer((request, response) => request.resume().on('end', () => response.end('{}')));
  // Longer than the test: the connection must not be closed from here.
  server.keepAliveTimeout = 300_000;
  server.on('connection', (socket: Socket) => connections.push(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const send = () =>
  http.send({ method: 'GET', url: address, headers: {}, responseMs: 30_000, signal: new AbortController().signal });

test('a connection is used again at once, and closed from this side when it is idle for seconds', async () => {
  for (let times = 0; times < 3; times += 1) expect((await send()).status).toBe(200);
  expect(connections).toHaveLength(1);
  await once(connections[0]!, 'close');
  expect((await send()).status).toBe(200);
  expect(connections).toHaveLength(2);
});

test('an answer may take longer than a connection may be idle', async () => {
  expect((await send()).status).toBe(200);
  server.prependListener('request', (_request, response) => {
    const end = response.end.bind(response);
    response.end = ((...parts: Parameters<typeof end>) => {
      setTimeout(() => end(...parts), 6_000);
      return response;
    }) as typeof response.end;
  });
  expect((await send()).status).toBe(200);
  expect(connections).toHaveLength(1);
});
