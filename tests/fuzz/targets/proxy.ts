import { HttpClient } from '../../../packages/automation-sdk-shim/src/http/http-client.js';
import { NetworkError } from '../../../packages/automation-sdk-shim/src/http/network-error.js';
import { transportWith } from '../../support/outbound.js';
import { RawServer } from '../../support/raw-server.js';
import { anyResponse } from '../../support/arbitrary-response.js';
import type { Input, OpenTarget } from '../engine/target.js';
import { expectKnown } from '../oracles/texts.js';
import { SECRETS } from '../oracles/secrets.js';
import { wireResponse } from './canned.js';
import { Listening } from './listening.js';
import { KNOWN } from './pages.js';
import { sampled } from './sampled.js';

const CONNECT_MS = 500;

/** What a proxy answers to CONNECT, and what comes through its tunnel instead of TLS. */
export async function openProxy(): Promise<OpenTarget> {
  const server = new RawServer();
  await server.open();
  const address = server.origin.replace('//', `//user:${encodeURIComponent(SECRETS.proxyPassword)}@`);
  const before = process.env['HTTPS_PROXY'];
  process.env['HTTPS_PROXY'] = address;
  return {
    seeds: seeds(),
    fresh: sampled(anyResponse.map((bytes) => [{ name: 'answer', bytes }])),
    run: (input) => run(input, server),
    close: async () => {
      if (before === undefined) delete process.env['HTTPS_PROXY'];
      else process.env['HTTPS_PROXY'] = before;
      await server.close();
    },
  };
}

function seeds(): Input[] {
  const tunnel = 'HTTP/1.1 200 Connection established\r\n\r\n';
  const bytes = (text: string) => [{ name: 'answer', bytes: Buffer.from(text, 'latin1') }];
  return [
    bytes(tunnel),
    bytes(`${tunnel}HTTP/1.1 200 OK\r\n\r\n{}`),
    // An alert of TLS: handshake failure.
    bytes(`${tunnel}\u0015\u0003\u0003\u0000\u0002\u0002\u0028`),
    bytes('HTTP/1.0 200 OK\r\nProxy-Agent: x\r\n\r\n'),
    [wireResponse(407, '<html>Who are you?</html>', { 'Proxy-Authenticate': 'Basic realm="proxy"' })],
    [wireResponse(502, 'bad gateway', { 'Content-Length': '11' })],
    [wireResponse(302, '', { Location: 'http://captive.example/' })],
    bytes(''),
  ];
}

async function run(input: Input, server: RawServer): Promise<void> {
  const listening = new Listening();
  const { signal } = new AbortController();
  const http = new HttpClient({ userAgent: 'fuzz/1.0', connectMs: CONNECT_MS });
  const headers = { Authorization: `Bearer ${SECRETS.token}` };
  try {
    server.answers = input.map(({ bytes }) => bytes);
    await http.send({ method: 'GET', url: 'https://server.example/', headers, responseMs: 2_000, signal });
  } catch (error) {
    expectKnown(error, [NetworkError]);
    listening.hear(error);
  }
  try {
    server.answers = input.map(({ bytes }) => bytes);
    const transport = transportWith({ http });
    await transport.send({ method: 'GET', url: new URL('https://graph.example/'), headers }, signal);
  } catch (error) {
    expectKnown(error, KNOWN);
    listening.hear(error);
  } finally {
    http.close();
  }
  listening.expectGoodTexts(input);
}
