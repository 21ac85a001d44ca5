import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { HttpClient } from '../../src/http/http-client.js';
import { PlatformLogs, type PlatformLogsOptions } from '../../src/log/platform-logs.js';
import { respond, startLoopback, type Handler, type Loopback } from '../support/loopback.js';

interface Entry {
  date: string;
  level: string;
  message: string;
}

const http = new HttpClient({ userAgent: 'test' });
const NEVER_MS = 3_600_000;
let platform: Loopback;
let handle: Handler;
let reports: string[];

beforeEach(async () => {
  handle = (_request, response) => respond(response, 200, {});
  reports = [];
  platform = await startLoopback((request, response) => handle(request, response));
});
afterEach(() => platform.close());

function open(options: Partial<PlatformLogsOptions> = {}): PlatformLogs {
  return new PlatformLogs({
    url: `${platform.url}/logs`,
    token: 'the-token',
    http,
    report: (level, message) => reports.push(`${level}: ${message}`),
    intervalMs: NEVER_MS,
    backoff: { firstMs: 1, maxMs: 2 },
    ...options,
  });
}

function batches(): Entry[][] {
  return platform.received.map((request) => (request.json() as { logs: Entry[] }).logs);
}

describe('logs for the platform', () => {
  test('an error goes out at once, with what was waiting, as the platform expects it', async () => {
    const logs = open();
    logs.add('info', 'one');
    logs.add('error', 'two');
    await platform.arrived(1);
    await logs.close(1_000);
    expect(
      batches()
        .flat()
        .map(({ level, message }) => [level, message]),
    ).toEqual([
      ['info', 'one'],
      ['error', 'two'],
    ]);
    expect(batches().flat()[0]?.date).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}$/);
    expect(platform.received[0]).toMatchObject({ method: 'POST', path: '/logs' });
    expect(platform.received[0]?.headers['authorization']).toBe('Bearer the-token');
  });

  test('fifty entries go out without waiting for the interval, forty-nine do not', async () => {
    const logs = open();
    for (let index = 0; index < 49; index += 1) logs.add('info', `entry ${index}`);
    expect(platform.received).toHaveLength(0);
    logs.add('info', 'entry 49');
    await platform.arrived(1);
    expect(batches()[0]).toHaveLength(50);
    await logs.close(1_000);
  });

  test('the interval sends what is waiting', async () => {
    const logs = open({ intervalMs: 1 });
    logs.add('info', 'quiet');
    await platform.arrived(1);
    expect(batches()[0]?.[0]?.message).toBe('quiet');
    await logs.close(1_000);
  });

  test('only the first critical entry goes out as critical', async () => {
    const logs = open();
    logs.add('critical', 'first');
    logs.add('critical', 'second');
    await logs.close(1_000);
    expect(
      batches()
        .flat()
        .map(({ level }) => level),
    ).toEqual(['critical', 'error']);
  });

  test('what could not be sent is kept in order and sent later, and both turns are said once', async () => {
    handle = (_request, response) => respond(response, platform.received.length <= 2 ? 503 : 200, {});
    const logs = open();
    logs.add('error', 'first');
    await platform.arrived(1);
    logs.add('error', 'second');
    await platform.arrived(3);
    await logs.close(1_000);
    expect(
      batches()
        .at(-1)
        ?.map(({ message }) => message),
    ).toEqual(['first', 'second']);
    expect(reports).toEqual([
      'warning: The platform does not take logs: it answered 503. They are kept and sent later.',
      'info: The platform takes logs again.',
    ]);
  });

  test('a connection that ends once without an answer is no trouble, and one that ends twice is', async () => {
    let ends = 1;
    handle = (_request, response) => {
      if (ends > 0) response.destroy();
      else respond(response, 200, {});
      ends -= 1;
    };
    const logs = open();
    logs.add('error', 'first');
    await platform.arrived(2);
    await logs.close(1_000);
    expect(reports).toEqual([]);
    ends = 2;
    const others = open();
    others.add('error', 'second');
    await platform.arrived(5);
    await others.close(1_000);
    expect(reports).toEqual([
      expect.stringContaining('warning: The platform does not take logs'),
      'info: The platform takes logs again.',
    ]);
  });

  test('the oldest entries are dropped beyond a thousand, and their number is told', async () => {
    let open503 = true;
    handle = (_request, response) => respond(response, open503 ? 503 : 200, {});
    const logs = open({ backoff: { firstMs: NEVER_MS, maxMs: NEVER_MS } });
    logs.add('error', 'entry 0');
    await platform.arrived(1);
    while (reports.length === 0) await new Promise((resolve) => setImmediate(resolve));
    for (let index = 1; index < 1_010; index += 1) logs.add('info', `entry ${index}`);
    open503 = false;
    await logs.close(5_000);
    const sent = batches().slice(1).flat();
    expect(sent[0]?.message).toContain('10 older log entries were dropped');
    expect(sent[1]?.message).toBe('entry 10');
    expect(sent).toHaveLength(1_001);
  });

  test('a batch that is refused for good does not block those after it', async () => {
    handle = (_request, response) => respond(response, platform.received.length === 1 ? 422 : 200, {});
    const logs = open();
    logs.add('error', 'poison');
    await platform.arrived(1);
    logs.add('error', 'fine');
    await logs.close(1_000);
    expect(
      batches()
        .at(-1)
        ?.map(({ message }) => message),
    ).toEqual(['fine']);
    expect(reports.join()).toContain('refused 1 log entries with 422');
  });

  test('closing gives up on a platform that does not answer, and counts what is lost', async () => {
    handle = () => undefined;
    const logs = open();
    logs.add('error', 'first');
    await platform.arrived(1);
    logs.add('info', 'second');
    await logs.close(50);
    expect(reports.at(-1)).toBe('warning: 2 log entries could not be sent to the platform before the stop.');
  });
});
