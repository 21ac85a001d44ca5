import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer, request, type RequestOptions, type ServerOptions } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { selfSignedCertificate } from '@local/testbed';
import { HttpClient } from '../../src/http/http-client.js';
import { explainCode } from '../../src/http/network-error.js';
import { beyondProxy, startConnectProxy } from '../support/connect-proxy.js';

const DAY_MS = 86_400_000;

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of cleanup.splice(0).reverse()) await close();
});

/** The `host:port` of a server on loopback. */
async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanup.push(() => server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

interface Counterpart {
  /** What its certificate, of 30 days, takes for the present. */
  readonly nowMs?: number;
  readonly server?: ServerOptions;
}

/** A server with a certificate of its own, and what a client trusts it by. */
async function secureServer({ nowMs, server }: Counterpart = {}): Promise<{ host: string; ca: string }> {
  const { certificate, privateKey } = selfSignedCertificate('loopback', 'ec', nowMs);
  const host = await listen(createServer({ cert: certificate, key: privateKey, ...server }));
  return { host, ca: certificate };
}

/** The code with which Node.js refuses a connection, or is refused. */
async function codeOf(host: string, options: RequestOptions = {}): Promise<string> {
  const [error] = (await once(request(`https://${host}`, { ...options, agent: false }).end(), 'error')) as [
    NodeJS.ErrnoException,
  ];
  return error.code!;
}

const untrusted =
  /^\w+, as nobody trusted here vouches for its certificate: where a proxy opens TLS, .* NODE_EXTRA_CA_CERTS naming the file of the company's CA$/;
const outOfDate = /^\w+, as its certificate has expired or is not valid yet: check the clock of this machine and,/;
const otherName = /^\w+, as its certificate is for another name: check the address,/;
const noHandshake = /^\w+, as the two ends found no TLS in common: check that the address and its port speak https,/;

describe('what Node.js says of a server', () => {
  test('whose certificate nobody vouches for leads to the CA of a proxy', async () => {
    const { host } = await secureServer();
    expect(explainCode(await codeOf(host))).toMatch(untrusted);
  });

  test.each([
    ['has expired', -60],
    ['is not valid yet', 60],
  ])('whose certificate %s leads to the clock', async (_when, days) => {
    const { host, ca } = await secureServer({ nowMs: Date.now() + days * DAY_MS });
    expect(explainCode(await codeOf(host, { ca }))).toMatch(outOfDate);
  });

  test('whose certificate has another name leads to the address', async () => {
    const { host, ca } = await secureServer();
    expect(explainCode(await codeOf(host, { ca, servername: 'intake.example' }))).toMatch(otherName);
  });

  test('that speaks no TLS leads to address and port', async () => {
    expect(explainCode(await codeOf(await listen(createHttpServer())))).toMatch(noHandshake);
  });

  test('that speaks old versions only leads to proxies', async () => {
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    const { host, ca } = await secureServer({ server: old });
    expect(explainCode(await codeOf(host, { ca }))).toMatch(/versions before TLS 1\.2$/);
  });

  test.each(['SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'])(
    'with a chain that ends at a stranger, %s, leads to the CA of a proxy',
    (code) => {
      expect(explainCode(code)).toMatch(untrusted);
    },
  );

  test.each(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EPROXYREFUSED', 'no answer'])(
    'that has nothing to do with TLS stays as it is: %s',
    (code) => {
      expect(explainCode(code)).toBe(code);
    },
  );
});

describe('the HTTP client', () => {
  const before = process.env;
  afterEach(() => {
    process.env = before;
  });

  function get(host: string) {
    const http = new HttpClient({ userAgent: 'test' });
    cleanup.push(() => http.close());
    const signal = new AbortController().signal;
    return http.send({ method: 'GET', url: `https://${host}`, headers: {}, responseMs: 60_000, signal });
  }

  async function throughProxy(host: string): Promise<string> {
    const proxy = await startConnectProxy();
    cleanup.push(() => proxy.close());
    process.env = { ...before, HTTPS_PROXY: proxy.url, NO_PROXY: '', no_proxy: '' };
    return new URL(beyondProxy(`https://${host}`)).host;
  }

  const code = 'DEPTH_ZERO_SELF_SIGNED_CERT';

  test.each([
    ['directly', (host: string) => Promise.resolve(host)],
    ['through a tunnel', throughProxy],
  ])('tells %s what a refused certificate means, and that nothing was sent', async (_signInScenario, take) => {
    const host = await take((await secureServer()).host);
    await expect(get(host)).rejects.toMatchObject({
      perhapsArrived: false,
      message: `no answer from ${host} (${explainCode(code)})`,
    });
  });

  test.each([
    ['directly', (host: string) => Promise.resolve(host)],
    ['through a tunnel', throughProxy],
  ])('tells %s that a server speaks no TLS', async (_signInScenario, take) => {
    const host = await take(await listen(createHttpServer()));
    await expect(get(host)).rejects.toThrow(
      /^no answer from .* \(\w+, as the two ends found no TLS in common: check .*\)$/,
    );
  });

  test('tells what the certificate of a proxy means', async () => {
    const { host } = await secureServer();
    process.env = { ...before, HTTPS_PROXY: `https://${host}`, NO_PROXY: '', no_proxy: '' };
    await expect(get('intake.example')).rejects.toMatchObject({
      perhapsArrived: false,
      message: `no answer from intake.example (EPROXYUNREACHABLE: the proxy ${host} cannot be reached (${explainCode(code)}))`,
    });
  });
});
