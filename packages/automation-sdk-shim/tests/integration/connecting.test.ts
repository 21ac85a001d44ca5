import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect, type LookupFunction, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createAgents } from '../../src/http/agents.js';
import { neverConnected } from '../../src/http/network-error.js';
import { respond, startLoopback } from '../support/loopback.js';

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of cleanup.splice(0).reverse()) await close();
});

/** Node.js asks for all addresses of a host at once. */
function found(...addresses: string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  return (_host, _options, done) => done(null, all);
}

/** An address and port of loopback that lets no connection come about: a stopped process whose queue is full. */
async function blackHole(address: string, port: number): Promise<{ wake: () => void }> {
  const script = `require('net').createServer((s) => s.destroy()).listen({ host: '${address}', port: ${port}, backlog: 1 }, () => console.log('up'))`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  cleanup.push(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  child.kill('SIGSTOP');
  const fillers: Socket[] = Array.from({ length: 8 }, () => connect(port, address).on('error', () => undefined));
  cleanup.push(() => fillers.forEach((socket) => socket.destroy()));
  await new Promise((resolve) => setTimeout(resolve, 300));
  return { wake: () => child.kill('SIGCONT') };
}

function get(agents: ReturnType<typeof createAgents>, port: number): Promise<number | undefined> {
  cleanup.push(() => agents.http.destroy());
  return new Promise((resolve, reject) => {
    request({ host: 'server.example', port, agent: agents.http }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

const CONNECT_MS = 10_000;

describe('a host with several addresses', () => {
  test('of which the first leads nowhere is reached by the next one, in a part of the time', async () => {
    const server = await startLoopback((_request, response) => respond(response, 200, {}));
    cleanup.push(() => server.close());
    const port = Number(new URL(server.url).port);
    await blackHole('127.0.0.2', port);
    expect(await get(createAgents(CONNECT_MS, {}, found('127.0.0.2', '127.0.0.1')), port)).toBe(200);
  });

  test('of which the first takes longer than 250 ms is still reached by it', async () => {
    const free = await startLoopback(() => undefined);
    const port = Number(new URL(free.url).port);
    await free.close();
    const { wake } = await blackHole('127.0.0.2', port);
    setTimeout(wake, 400);
    // The answer is a closed connection. The second address has no listener and would not have given that.
    const failed: unknown = await get(createAgents(CONNECT_MS, {}, found('127.0.0.2', '127.0.0.3')), port).catch(
      (error: unknown) => error,
    );
    expect(failed).toMatchObject({ code: 'ECONNRESET' });
    expect(neverConnected(failed)).toBe(false);
  });

  test('of which none can be reached has not been connected to', async () => {
    const free = await startLoopback(() => undefined);
    const port = Number(new URL(free.url).port);
    await free.close();
    await blackHole('127.0.0.2', port);
    const failed: unknown = await get(createAgents(2_000, {}, found('127.0.0.2', '127.0.0.3')), port).catch(
      (error: unknown) => error,
    );
    expect(neverConnected(failed)).toBe(true);
  });
});

describe('whether a request has certainly not arrived', () => {
  const failure = (syscall: string | undefined, code: string) => Object.assign(new Error(code), { code, syscall });
  const all = (...errors: Error[]) => Object.assign(new AggregateError(errors), { code: 'ETIMEDOUT' });

  test.each<[string, unknown, boolean]>([
    ['ETIMEDOUT of connect', failure('connect', 'ETIMEDOUT'), true],
    ['ETIMEDOUT of read', failure('read', 'ETIMEDOUT'), false],
    ['ETIMEDOUT of write', failure('write', 'ETIMEDOUT'), false],
    ['EHOSTUNREACH of read, as a dead connection gives it', failure('read', 'EHOSTUNREACH'), false],
    ['ENETUNREACH of connect', failure('connect', 'ENETUNREACH'), true],
    ['ECONNRESET', failure('read', 'ECONNRESET'), false],
    ['EAI_AGAIN', failure('getaddrinfo', 'EAI_AGAIN'), true],
    ['all addresses in vain', all(failure('connect', 'ETIMEDOUT'), failure('connect', 'ENETUNREACH')), true],
    ['one of them after connecting', all(failure('connect', 'ETIMEDOUT'), failure('read', 'ECONNRESET')), false],
    ['our own limit', failure(undefined, 'ECONNECTTIMEDOUT'), true],
    ['a certificate', failure(undefined, 'SELF_SIGNED_CERT_IN_CHAIN'), true],
    ['no code', new Error('x'), false],
  ])('%s', (_what, error, expected) => {
    expect(neverConnected(error)).toBe(expected);
    expect(neverConnected(Object.assign(new Error('of axios'), { code: 'ETIMEDOUT', cause: error }))).toBe(expected);
  });
});
