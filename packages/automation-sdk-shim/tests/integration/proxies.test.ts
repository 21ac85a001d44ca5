import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { selfSignedCertificate } from '@local/testbed';
import { checkProxies } from '../../src/http/proxies.js';
import { ConfigurationError } from '../../src/errors.js';
import { createAgents } from '../../src/http/agents.js';
import { HttpClient } from '../../src/http/http-client.js';
import { Redactor } from '../../src/log/redactor.js';
import { beyondProxy, startConnectProxy, type ConnectProxyOptions } from '../support/connect-proxy.js';
import { respond, startLoopback, type Loopback } from '../support/loopback.js';

const VARIABLES = ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'ALL_PROXY'].flatMap((name) => [name, name.toLowerCase()]);
/** With these, what a request trusts by itself would not count. */
const TRUST = ['REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE', 'SSL_CERT_FILE', 'SSL_CERT_DIR'];
const withoutProxies = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => ![...VARIABLES, ...TRUST].includes(name)),
);
beforeEach(() => {
  process.env = { ...withoutProxies };
});

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of cleanup.splice(0).reverse()) await close();
});

const LONG_MS = 60_000;

function client(connectMs?: number) {
  const http = new HttpClient({ userAgent: 'test', ...(connectMs === undefined ? {} : { connectMs }) });
  cleanup.push(() => http.close());
  const get = (url: string) =>
    http.send({ method: 'GET', url, headers: {}, responseMs: LONG_MS, signal: new AbortController().signal });
  return { http, get };
}

async function proxy(options?: ConnectProxyOptions) {
  const started = await startConnectProxy(options);
  cleanup.push(() => started.close());
  return { ...started, host: new URL(started.url).host };
}

/** Its address is one that goes through proxies. */
async function target(): Promise<Loopback> {
  const started = await startLoopback((_request, response) => respond(response, 200, {}));
  cleanup.push(() => started.close());
  return { ...started, url: beyondProxy(started.url) };
}

/** A server that takes connections and says nothing; `handle` gets each of them. */
async function mute(handle: (socket: Socket) => void = () => undefined) {
  const server = createServer((socket) => handle(socket.on('error', () => undefined).resume())).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanup.push(() => server.close());
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  /** Resolves once the next connection has come; `closed` once it has ended. */
  const connected = async () => {
    const [socket] = (await once(server, 'connection')) as [Socket];
    return { closed: once(socket, 'close') };
  };
  return { server, host, connected };
}

/** The address of a port without a listener. */
async function nobody(): Promise<string> {
  const { server, host } = await mute();
  server.close();
  await once(server, 'close');
  return host;
}

describe('requests to http:// addresses', () => {
  test.each(['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'])('go through the proxy in %s', async (name) => {
    const [through, server] = [await proxy(), await target()];
    process.env[name] = through.url;
    const { get } = client();
    expect((await get(`${server.url}/a?b=1`)).status).toBe(200);
    expect(through.requests).toEqual([`${server.url}/a?b=1`]);
    expect(server.received.map(({ path }) => path)).toEqual(['/a?b=1']);
  });

  test.each(['NO_PROXY', 'no_proxy'])('go directly where %s names the host', async (name) => {
    const [through, server] = [await proxy(), await target()];
    process.env['HTTP_PROXY'] = through.url;
    process.env[name] = 'elsewhere.example, server.example';
    await expect(client().get(server.url)).rejects.toThrow('ENOTFOUND');
    expect(through.requests).toEqual([]);
  });

  test('give the proxy its credentials, and the server nothing of them', async () => {
    const through = await proxy({ credentials: { user: 'me', password: 'p@ss:word' } });
    const server = await target();
    process.env['HTTP_PROXY'] = through.url;
    expect((await client().get(server.url)).status).toBe(200);
    expect(through.requests).toHaveLength(1);
    expect(Object.keys(server.received[0]!.headers)).not.toContain('proxy-authorization');
  });

  test('say to the proxy each time whose they are, also with a body and one after the other', async () => {
    const [server, through] = [await target(), await proxy({ credentials: { user: 'me', password: 'p4ssword' } })];
    process.env['HTTP_PROXY'] = through.url;
    const { http } = client();
    const url = `${server.url}/batch`;
    for (let time = 1; time <= 3; time += 1) {
      const body = Buffer.from(`{"time":${time}}`);
      const signal = new AbortController().signal;
      const { status } = await http.send({ method: 'POST', url, headers: {}, body, responseMs: LONG_MS, signal });
      expect(status).toBe(200);
    }
    expect(through.requests).toEqual([url, url, url]);
  });

  test('fail in time where the proxy cannot be reached', async () => {
    const host = await nobody();
    process.env['HTTP_PROXY'] = `http://${host}`;
    await expect(client().get('http://server.example:1')).rejects.toMatchObject({
      perhapsArrived: false,
      message: `no answer from server.example:1 (EPROXYUNREACHABLE: the proxy ${host} cannot be reached (ECONNREFUSED))`,
    });
  });
});

describe('requests to https:// addresses', () => {
  test.each(['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'])(
    'open a tunnel through the proxy in %s, and its first bytes to the server are the TLS handshake',
    async (name) => {
      const through = await proxy();
      const TLS_HANDSHAKE = 0x16;
      const firstBytes: (number | undefined)[] = [];
      const { host: loopback } = await mute((socket) => {
        socket.once('data', (data: Buffer) => {
          firstBytes.push(data[0]);
          socket.destroy();
        });
      });
      const { host } = new URL(beyondProxy(`https://${loopback}`));
      process.env[name] = through.url;
      await expect(client().get(`https://${host}`)).rejects.toThrow(`no answer from ${host} (ECONNRESET)`);
      expect(through.connects).toEqual([host]);
      expect(firstBytes).toEqual([TLS_HANDSHAKE]);
    },
  );

  test('go directly where NO_PROXY names the host', async () => {
    const through = await proxy();
    process.env['HTTPS_PROXY'] = through.url;
    process.env['NO_PROXY'] = '.example,127.0.0.1';
    await expect(client().get('https://server.example')).rejects.toThrow('ENOTFOUND');
    expect(through.connects).toEqual([]);
  });

  test.each([403, 407, 502])('that the proxy refuses with %i have not arrived, and it is named', async (status) => {
    const through = await proxy({ credentials: { user: 'me', password: 'hunter22' }, refuse: status });
    process.env['HTTPS_PROXY'] = through.url;
    const error: unknown = await client()
      .get('https://server.example')
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      name: 'NetworkError',
      perhapsArrived: false,
      message: `no answer from server.example (EPROXYREFUSED: the proxy ${through.host} answered ${status} to CONNECT)`,
    });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('hunter22');
    expect(through.connects).toEqual(['server.example:443']);
  });

  test('are refused with 407 where the credentials are wrong', async () => {
    const through = await proxy({ credentials: { user: 'me', password: 'hunter22' } });
    process.env['HTTPS_PROXY'] = `http://me:wrong@${through.host}`;
    await expect(client().get('https://server.example')).rejects.toThrow('answered 407 to CONNECT');
  });

  test('fail where the proxy cannot be reached, and have not arrived', async () => {
    const host = await nobody();
    process.env['HTTPS_PROXY'] = `http://me:hunter22@${host}`;
    await expect(client().get('https://server.example')).rejects.toMatchObject({
      perhapsArrived: false,
      message: `no answer from server.example (EPROXYUNREACHABLE: the proxy ${host} cannot be reached (ECONNREFUSED))`,
    });
  });

  test('fail where the proxy closes the connection without an answer', async () => {
    const { host } = await mute((socket) => socket.once('data', () => socket.end()));
    process.env['HTTPS_PROXY'] = `http://${host}`;
    await expect(client().get('https://server.example')).rejects.toMatchObject({
      perhapsArrived: false,
      message: expect.stringContaining('(EPROXYUNREACHABLE: ') as unknown,
    });
  });

  test.each(['http', 'https'])(
    'give up an %s:// proxy that is silent, and close the connection to it',
    async (scheme) => {
      const { host, connected } = await mute();
      process.env['HTTPS_PROXY'] = `${scheme}://${host}`;
      const connection = connected();
      await expect(client(30).get('https://server.example')).rejects.toMatchObject({
        perhapsArrived: false,
        message: `no answer from server.example (ECONNECTTIMEDOUT: no connection through the proxy ${host} within 0.03 s)`,
      });
      await (
        await connection
      ).closed;
    },
  );

  test('give up a server that is silent behind the tunnel, and close the connection to it', async () => {
    const through = await proxy();
    const { host: loopback, connected } = await mute();
    const { host } = new URL(beyondProxy(`https://${loopback}`));
    process.env['HTTPS_PROXY'] = through.url;
    const connection = connected();
    // Long enough for the tunnel, so that it is the handshake that takes too long.
    await expect(client(1_000).get(`https://${host}`)).rejects.toMatchObject({
      perhapsArrived: false,
      message: expect.stringContaining('(ECONNECTTIMEDOUT: no connection through the proxy') as unknown,
    });
    await (
      await connection
    ).closed;
  });

  test('leave no connection to a silent proxy behind when the client is closed', async () => {
    const { host, connected } = await mute();
    process.env['HTTPS_PROXY'] = `http://${host}`;
    const { http, get } = client(LONG_MS);
    const connection = connected();
    const asked = get('https://server.example').catch((error: unknown) => error);
    const { closed } = await connection;
    http.close();
    await closed;
    expect(await asked).toBeInstanceOf(Error);
  });

  test('all fail where many at once are refused', async () => {
    const through = await proxy({ refuse: 503 });
    process.env['HTTPS_PROXY'] = through.url;
    const { get } = client();
    const outcomes = await Promise.allSettled(Array.from({ length: 30 }, () => get('https://server.example')));
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
    expect(through.connects).toHaveLength(30);
  });
});

describe('requests without a proxy', () => {
  test('share eight connections to a server, however many are made at once', async () => {
    const ports = new Set<number>();
    const server = await startLoopback((_request, response) => {
      ports.add(response.socket!.remotePort!);
      respond(response, 200, {});
    });
    cleanup.push(() => server.close());
    const { get } = client();
    const responses = await Promise.all(Array.from({ length: 40 }, () => get(server.url)));
    expect(responses.map(({ status }) => status)).toEqual(Array<number>(40).fill(200));
    expect(ports.size).toBeLessThanOrEqual(8);
  });
});

describe('an agent', () => {
  test('uses tunnels again, also those that were opened at once', async () => {
    const { certificate, privateKey } = selfSignedCertificate('loopback', 'ec');
    const tls = { cert: certificate, key: privateKey };
    const server = await startLoopback((_request, response) => respond(response, 200, {}), tls);
    cleanup.push(() => server.close());
    const through = await proxy();
    process.env['HTTPS_PROXY'] = through.url;
    const agents = createAgents(LONG_MS);
    cleanup.push(() => agents.https.destroy());
    const get = async () => {
      const [response] = (await once(
        request(beyondProxy(server.url), { agent: agents.https, ca: certificate }).end(),
        'response',
      )) as [IncomingMessage];
      await once(response.resume(), 'close');
    };
    for (let round = 0; round < 3; round += 1) await Promise.all([get(), get(), get()]);
    expect(server.received).toHaveLength(9);
    expect(through.connects).toHaveLength(3);
  });

  test('shows a refusal by its code to whoever uses it', async () => {
    const through = await proxy({ refuse: 403 });
    process.env['HTTPS_PROXY'] = through.url;
    const agents = createAgents(LONG_MS);
    cleanup.push(() => agents.https.destroy());
    const { default: axios } = await import('axios');
    const asked = axios.get('https://server.example', { httpsAgent: agents.https, proxy: false });
    await expect(asked).rejects.toMatchObject({ code: 'EPROXYREFUSED' });
  });
});

describe('proxies of the environment', () => {
  function check(env: Record<string, string>): { message: string; redactor: Redactor } {
    const redactor = new Redactor();
    try {
      checkProxies(env, (_name, secret) => void redactor.add(secret));
    } catch (error) {
      if (error instanceof ConfigurationError) return { message: error.message, redactor };
      throw error;
    }
    return { message: 'all right', redactor };
  }

  test.each([
    [{}, 'all right'],
    [{ HTTPS_PROXY: 'http://proxy.example:3128', NO_PROXY: 'anything, *' }, 'all right'],
    [{ https_proxy: 'https://me:p%40ss@proxy.example', HTTPS_PROXY: 'shadowed' }, 'all right'],
    [{ HTTPS_PROXY: '' }, 'all right'],
    [{ HTTPS_PROXY: 'proxy.example:3128' }, 'all right'],
    [{ HTTPS_PROXY: ' "HTTP://me:pw@proxy.example:3128/" ' }, 'all right'],
    [{ http_proxy: 'two words' }, 'The environment variable http_proxy must be'],
    [{ all_proxy: 'socks5h://proxy.example:1080' }, 'SOCKS proxies are not supported'],
    [{ HTTPS_PROXY: 'ftp://proxy.example' }, 'The environment variable HTTPS_PROXY must be'],
    [{ ALL_PROXY: 'socks5://proxy.example' }, 'The environment variable ALL_PROXY must be'],
    [{ HTTP_PROXY: 'http://proxy.example:99999' }, 'The environment variable HTTP_PROXY must be'],
    [{ HTTP_PROXY: 'http://me:%zz@proxy.example' }, 'The environment variable HTTP_PROXY must be'],
  ])('%j: %s', (env, message) => {
    expect(check(env).message).toContain(message);
  });

  test('their passwords are hidden in every spelling, also while another one is wrong', () => {
    const { message, redactor } = check({
      HTTPS_PROXY: 'http://me:p%40ssword@proxy.example',
      HTTP_PROXY: 'socks5://hunter22',
    });
    const header = Buffer.from('me:p@ssword').toString('base64');
    expect(redactor.redact(`p%40ssword p@ssword ${header}`)).toBe('*** *** ***');
    expect(message).not.toContain('hunter22');
  });

  test('a token in place of user and password is hidden too', () => {
    const { redactor } = check({ ALL_PROXY: 'http://some-token@proxy.example' });
    expect(redactor.redact('some-token at proxy.example')).toBe('*** at proxy.example');
  });
});
