import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Health } from '../../src/health.js';
import { HttpClient } from '../../src/http/http-client.js';
import { NetworkError } from '../../src/http/network-error.js';
import { startGetServer, type GetServer, type Page } from '../../src/http/get-server.js';
import { Redactor } from '../../src/log/redactor.js';
import { respond, startLoopback } from '../support/loopback.js';
import { recordedLog } from '../support/recorded-log.js';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

const NEVER = new AbortController().signal;

async function serve(page: () => Page | Promise<Page>): Promise<{ url: string; server: GetServer }> {
  const { log } = recordedLog();
  const server = await startGetServer({
    name: 'health',
    port: 0,
    portName: 'liveness_port',
    pages: { '/health': page },
    log,
  });
  opened.push(server!);
  return { url: `http://127.0.0.1:${server!.port}`, server: server! };
}

const fine = (): Page => ({ status: 200, contentType: 'text/plain', body: 'fine' });

describe('a server for a few pages', () => {
  test('answers GET on its path, with or without a query, and nothing else [F-47]', async () => {
    const { url } = await serve(fine);
    expect(await (await fetch(`${url}/health?full=1`)).text()).toBe('fine');
    expect((await fetch(`${url}/`)).status).toBe(404);
    expect((await fetch(`${url}/health/x`)).status).toBe(404);
    const post = await fetch(`${url}/health`, { method: 'POST', body: 'x' });
    expect(post.status).toBe(405);
    expect(post.headers.get('allow')).toBe('GET, HEAD');
  });

  test.each(['PUT', 'DELETE', 'OPTIONS', 'PATCH'])('answers %s with 405, and elsewhere with 404', async (method) => {
    const { url } = await serve(fine);
    expect((await fetch(`${url}/health`, { method })).status).toBe(405);
    expect((await fetch(`${url}/elsewhere`, { method })).status).toBe(404);
  });

  test.each([
    ['/health', 200],
    ['/health?full=1', 200],
    ['/elsewhere', 404],
  ])('answers HEAD %s as GET, without the body', async (path, status) => {
    const { url } = await serve(fine);
    const [head, get] = [await fetch(url + path, { method: 'HEAD' }), await fetch(url + path)];
    expect([head.status, get.status]).toEqual([status, status]);
    for (const name of ['content-type', 'content-length', 'cache-control'])
      expect(head.headers.get(name)).toBe(get.headers.get(name));
    expect(await head.text()).toBe('');
    expect(Number(head.headers.get('content-length'))).toBe((await get.text()).length);
  });

  test('cuts off a client that does not finish its request', async () => {
    const { server } = await serve(fine);
    const slow = connect(server.port, '127.0.0.1');
    slow.write('GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Never');
    const parts: Buffer[] = [];
    slow.on('data', (part: Buffer) => parts.push(part));
    await once(slow, 'close');
    expect(Buffer.concat(parts).toString()).toMatch(/^HTTP\/1.1 408 /);
  });

  /** Connections that begin a request and never finish it. */
  async function holdHalfOpen(port: number, count: number, localAddress = '127.0.0.1'): Promise<Socket[]> {
    const sockets = Array.from({ length: count }, () => connect({ port, host: '127.0.0.1', localAddress }));
    for (const socket of sockets) socket.on('error', () => undefined);
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    for (const socket of sockets) socket.write('GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Never: ');
    const close = () => {
      for (const socket of sockets) socket.destroy();
      return Promise.resolve();
    };
    opened.push({ close });
    return sockets;
  }

  test.each([[64], [1_000]])('answers every probe while %i half-open requests are held', async (count) => {
    const { url, server } = await serve(fine);
    await holdHalfOpen(server.port, count);
    const statuses: number[] = [];
    for (let probe = 0; probe < 20; probe += 1) statuses.push((await fetch(`${url}/health`)).status);
    expect(statuses).toEqual(Array(20).fill(200));
  });

  test('keeps the connection of one address while another address opens hundreds', async () => {
    const { server } = await serve(fine);
    const [monitor] = (await holdHalfOpen(server.port, 1, '127.0.0.2')) as [Socket];
    await holdHalfOpen(server.port, 300);
    const answered = once(monitor, 'data');
    monitor.write('1\r\n\r\n');
    expect(String((await answered)[0])).toMatch(/^HTTP\/1.1 200 /);
  });

  test('answers a hundred requests on a connection and ends it, however many were sent at once', async () => {
    let made = 0;
    const { server } = await serve(() => ({ ...fine(), body: String((made += 1)) }));
    const client = connect(server.port, '127.0.0.1');
    client.on('error', () => undefined).resume();
    client.write('GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'.repeat(5_000));
    await once(client, 'close');
    expect(made).toBe(100);
  });

  test('refuses headers of more than 8 KiB with 431', async () => {
    const { url } = await serve(fine);
    const headers = { 'X-Large': 'x'.repeat(9_000) };
    expect((await fetch(`${url}/health`, { headers })).status).toBe(431);
  });

  test.each([
    '/health/../health',
    '//health',
    '/%68ealth',
    '/health/',
    '/HEALTH',
    '/..%2f..%2fetc/passwd',
    '/__proto__',
  ])('does not know the path %s', async (path) => {
    const { server } = await serve(fine);
    const client = connect(server.port, '127.0.0.1');
    client.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`);
    expect(String((await once(client, 'data'))[0])).toMatch(/^HTTP\/1.1 404 /);
  });

  test.each([
    ['CONNECT to elsewhere', 'CONNECT a.example:443 HTTP/1.1\r\nHost: a.example\r\n\r\n', ''],
    ['TRACE', 'TRACE /health HTTP/1.1\r\nHost: a\r\n\r\n', 'HTTP/1.1 405 '],
    ['an address of another host', 'GET http://a.example/health HTTP/1.1\r\nHost: a\r\n\r\n', 'HTTP/1.1 404 '],
    ['no host', 'GET /health HTTP/1.1\r\n\r\n', 'HTTP/1.1 400 '],
    [
      'two lengths, to hide a second request',
      'GET /health HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n',
      'HTTP/1.1 400 ',
    ],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'HTTP/1.1 400 '],
  ])('a request with %s gets no page', async (_what, text, begins) => {
    const { server } = await serve(() => Promise.reject(new Error('no page is wanted')));
    const client = connect(server.port, '127.0.0.1').on('error', () => undefined);
    client.write(text);
    const said = await Promise.race([once(client, 'data').then(String), once(client, 'close').then(() => '')]);
    expect(said.slice(0, begins.length || undefined)).toBe(begins);
  });

  test('a page that cannot be made is a 500 without details', async () => {
    const { url } = await serve(() => Promise.reject(new Error('inner detail')));
    const response = await fetch(`${url}/health`);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('inner detail');
  });

  test('closing does not wait for clients that hold their connection', async () => {
    const { server } = await serve(fine);
    const idle = connect(server.port, '127.0.0.1');
    await once(idle, 'connect');
    const gone = once(idle, 'close');
    await server.close();
    await gone;
    opened.pop();
  });
});

describe('health', () => {
  function healthWith(secondsWithoutEvents: number, lastHeartbeatThreshold = 0) {
    const clock = { nowMs: Date.parse('2026-03-01T12:00:00Z') };
    const now = () => clock.nowMs;
    const health = new Health({ redactor: new Redactor(), secondsWithoutEvents, lastHeartbeatThreshold, now });
    const fields = () => JSON.parse(health.liveness().body) as Record<string, unknown>;
    return { health, clock, fields };
  }

  test('answers the platform’s fields, with times in UTC without a zone', () => {
    const { health, clock, fields } = healthWith(100);
    clock.nowMs += 5_000;
    health.heartbeat();
    health.countError();
    expect(fields()).toEqual({
      status: 'ok',
      reasons: [],
      last_events_time: '2026-03-01T12:00:00.000',
      last_heartbeat: '2026-03-01T12:00:05.000',
      seconds_without_events_threshold: 100,
      last_heartbeat_threshold: 0,
      error_count: 1,
    });
  });

  test('is a 500 after the threshold with neither an event nor completed work, and a 200 after the next', () => {
    const { health, clock, fields } = healthWith(100);
    clock.nowMs += 99_999;
    expect(health.liveness().status).toBe(200);
    clock.nowMs += 1;
    expect(health.liveness().status).toBe(500);
    expect(fields()).toMatchObject({
      status: 'degraded',
      reasons: [{ matter: 'liveness', reason: 'No event was delivered and no work completed for 100 s.' }],
    });
    health.countError();
    health.eventsDelivered();
    expect(health.liveness().status).toBe(200);
    expect(fields()['error_count']).toBe(0);
  });

  test('stays a 200 in a quiet tenant, whose work is completed without events', () => {
    const { health, clock } = healthWith(100);
    for (let hours = 0; hours < 48; hours += 1) {
      clock.nowMs += 60_000;
      health.heartbeat();
      clock.nowMs += 60_000;
      expect(health.liveness().status).toBe(200);
    }
  });

  test('allows more quiet to a trigger that works at longer intervals, and never less', () => {
    const { health, clock, fields } = healthWith(100);
    health.allowQuiet(300);
    health.allowQuiet(50);
    expect(fields()['seconds_without_events_threshold']).toBe(300);
    clock.nowMs += 299_000;
    expect(health.liveness().status).toBe(200);
    clock.nowMs += 1_000;
    expect(health.liveness().status).toBe(500);
    const unlimited = healthWith(0);
    unlimited.health.allowQuiet(300);
    expect(unlimited.fields()['seconds_without_events_threshold']).toBe(0);
  });

  test('is a 500 without a heartbeat for the threshold; a delivery is one too', () => {
    const { health, clock, fields } = healthWith(0, 60);
    clock.nowMs += 59_999;
    expect(health.liveness().status).toBe(200);
    clock.nowMs += 1;
    expect(health.liveness().status).toBe(500);
    expect(fields()).toMatchObject({
      last_heartbeat_threshold: 60,
      reasons: [{ reason: 'No heartbeat was given for 60 s.' }],
    });
    health.heartbeat();
    expect(health.liveness().status).toBe(200);
    clock.nowMs += 60_000;
    expect(health.liveness().status).toBe(500);
    health.eventsDelivered();
    expect(health.liveness().status).toBe(200);
  });

  test('is a 500 when the loop hangs: no sign of life for two hours beyond the wait that it announced', () => {
    const hourMs = 3_600_000;
    const { health, clock, fields } = healthWith(0);
    clock.nowMs += 100 * hourMs;
    expect(health.liveness().status).toBe(200);
    health.alive(24 * hourMs);
    clock.nowMs += 26 * hourMs - 1;
    expect(health.liveness().status).toBe(200);
    clock.nowMs += 1;
    expect(health.liveness().status).toBe(500);
    expect(fields()).toMatchObject({
      reasons: [{ matter: 'liveness', reason: 'The trigger hangs: its loop shows no sign of life.' }],
    });
    health.alive();
    expect(health.liveness().status).toBe(200);
  });

  test('counts errors and time since the last delivery', () => {
    const { health, clock } = healthWith(0);
    clock.nowMs += 5_000;
    health.countError();
    expect(health.record()).toEqual({ errorCount: 1, aliveMs: 5_000, withoutEventsMs: 5_000 });
    health.eventsDelivered();
    clock.nowMs += 1_000;
    expect(health.record()).toEqual({ errorCount: 0, aliveMs: 6_000, withoutEventsMs: 1_000 });
  });

  test('thresholds of 0 mean never', () => {
    const { health, clock } = healthWith(0);
    clock.nowMs += 1e10;
    expect(health.liveness().status).toBe(200);
  });

  test('no trouble makes it a 500: it is in the body, by its matter, with since when, until it is over', () => {
    const { health, clock, fields } = healthWith(0);
    health.degraded('mine');
    clock.nowMs += 1_000;
    health.misconfigured('theirs', 'intake');
    clock.nowMs += 1_000;
    health.degraded('mine still');
    expect(health.liveness().status).toBe(200);
    expect(fields()).toMatchObject({
      status: 'misconfigured',
      reasons: [
        { matter: 'trigger', status: 'degraded', reason: 'mine still', since: '2026-03-01T12:00:00.000Z' },
        { matter: 'intake', status: 'misconfigured', reason: 'theirs', since: '2026-03-01T12:00:01.000Z' },
      ],
    });
    health.restored('intake');
    expect(fields()['status']).toBe('degraded');
    health.restored();
    expect(fields()).toMatchObject({ status: 'ok', reasons: [] });
  });

  test('is ready from the first success on, as long as nothing is wrong', () => {
    const { health } = healthWith(0);
    expect(health.readiness().status).toBe(503);
    health.heartbeat();
    expect(health.readiness().status).toBe(200);
    health.degraded('The intake is away.', 'intake');
    expect(health.readiness().status).toBe(503);
    expect(health.readiness().body).toBe(health.liveness().body);
    health.restored('intake');
    expect(health.readiness().status).toBe(200);
  });

  test('the trigger’s fields are added but replace none of the platform’s', () => {
    const { health, fields } = healthWith(0);
    let rows = 1;
    health.extend(() => ({ rows, error_count: 99, status: 'mine' }));
    rows = 2;
    expect(fields()).toMatchObject({ rows: 2, error_count: 0, status: 'ok' });
  });
});

describe('the HTTP client', () => {
  const http = new HttpClient({ userAgent: 'test' });
  const get = (url: string, responseMs = 5_000, signal = NEVER) =>
    http.send({ method: 'GET', url, headers: { Authorization: 'Bearer abcdef' }, responseMs, signal });

  test('an answer that does not come in time is a network error that names the host and no header', async () => {
    const silent = await startLoopback(() => undefined);
    opened.push(silent);
    const error: unknown = await get(silent.url, 30).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NetworkError);
    expect(error).toMatchObject({ perhapsArrived: true, message: expect.stringContaining('within 0.03 s') as unknown });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('abcdef');
    expect((error as Error).cause).toBeUndefined();
  });

  test('an answer that never ends in size is cut off', async () => {
    const endless = await startLoopback((_request, response) => {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(1_000_000, 120)));
      };
      response.on('drain', more);
      more();
    });
    opened.push(endless);
    await expect(get(endless.url, 30_000)).rejects.toBeInstanceOf(NetworkError);
  });

  test('connections are used again', async () => {
    let sockets = 0;
    const server = await startLoopback((_request, response) => {
      if (response.socket?.listenerCount('counted') === 0) sockets += 1;
      response.socket?.on('counted', () => undefined);
      respond(response, 200, {});
    });
    opened.push(server);
    for (let index = 0; index < 3; index += 1) await get(server.url);
    expect(sockets).toBe(1);
  });

  test('a connection that is not made in time certainly carried nothing [F-02]', async () => {
    // A TLS handshake without an answer: connected, and yet no connection.
    const mute = createServer().listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const impatient = new HttpClient({ userAgent: 'test', connectMs: 30 });
    const url = `https://127.0.0.1:${(mute.address() as AddressInfo).port}`;
    const request = { method: 'GET', url, headers: {}, responseMs: 20_000, signal: NEVER } as const;
    await expect(impatient.send(request)).rejects.toMatchObject({
      perhapsArrived: false,
      message: expect.stringContaining('ECONNECTTIMEDOUT') as unknown,
    });
    impatient.close();
    mute.close();
  });
});
