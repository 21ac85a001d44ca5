import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readBody, responseText } from '../../../src/http/messages.js';
import { listenOnLoopback, type LoopbackServer } from '../../../src/http/loopback-server.js';

let server: LoopbackServer;
let sockets: Socket[];
beforeEach(async () => {
  sockets = [];
  server = await listenOnLoopback(0, async (request, response) => {
    responseText(response, 200, 'text/plain', await readBody(request, { maxBytes: 100, acceptGzip: false }));
  });
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await server.close();
});

function open(): Socket {
  const socket = connect(server.port, '127.0.0.1').on('error', () => undefined);
  sockets.push(socket);
  return socket;
}

/** What the server sent until it closed the connection, or "still open" after 25 s. */
async function endOf(socket: Socket): Promise<string> {
  const parts: Buffer[] = [];
  socket.on('data', (part: Buffer) => parts.push(part));
  const closed = once(socket, 'close').then(() => Buffer.concat(parts).toString());
  return Promise.race([closed, sleep(25_000, 'still open', { ref: false })]);
}

test.concurrent.each([
  ['headers never end', 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Never'],
  ['body never ends', 'POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 50\r\n\r\nx'],
  ['chunks never end', 'POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n'],
])('a request whose %s is answered with 408 and closed', async (_, text) => {
  const own = await listenOnLoopback(0, async (request) => {
    await readBody(request, { maxBytes: 100, acceptGzip: false });
  });
  const socket = connect(own.port, '127.0.0.1').on('error', () => undefined);
  socket.write(text);
  expect(await endOf(socket)).toMatch(/^HTTP\/1.1 408 /);
  await own.close();
});

test('no more than 256 connections are open, and the server answers again once they end', async () => {
  const held = Array.from({ length: 400 }, open);
  const turnedAway = () => held.filter((socket) => socket.closed).length;
  while (turnedAway() < 400 - 256) await sleep(50);
  await sleep(500);
  expect(turnedAway()).toBe(400 - 256);
  for (const socket of held) socket.destroy();
  // The server learns of their ends a moment later.
  while ((await statusOf(server.origin)) !== 200) await sleep(50);
});

/** Undefined where there is no answer within a second. */
async function statusOf(url: string): Promise<number | undefined> {
  return fetch(url, { signal: AbortSignal.timeout(1_000) }).then(
    ({ status }) => status,
    () => undefined,
  );
}
