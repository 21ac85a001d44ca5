import { createServer, type RequestListener } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { ApiError, type Response, send } from '../../../page/api/request.js';

const cleanup: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(cleanup.splice(0).map((close) => close()));
});

/** Listens on loopback until the test has ended, and answers its address. */
async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanup.push(async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function failure(response: Promise<Response>): Promise<unknown> {
  return response.then(
    ({ status }) => `an answer with status ${status}`,
    (error: unknown) => error,
  );
}

describe('what the page sends', () => {
  test.each([200, 503])('has an answer with status %d, whole', async (status) => {
    const address = await listen((request, response) => {
      response.writeHead(status).end(`${request.method} ${request.url}`);
    });
    expect(await send(address, { method: 'PUT' })).toEqual({ status, ok: status === 200, text: 'PUT /' });
  });

  test.each<[string, RequestListener]>([
    ['says nothing', () => undefined],
    ['begins an answer that does not end', (_, response) => response.writeHead(200).write('{')],
  ])('fails in time with a runner that %s', async (_, listener) => {
    const error = await failure(send(await listen(listener), {}, 100));
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 0, message: expect.stringContaining('npm start') });
  });

  test('fails with a runner that ends its connection', async () => {
    const address = await listen((request) => request.socket.destroy());
    expect(await failure(send(address, {}))).toBeInstanceOf(ApiError);
  });
});
