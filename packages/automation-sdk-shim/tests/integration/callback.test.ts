import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { SendEventError } from '../../src/errors.js';
import { HttpClient } from '../../src/http/http-client.js';
import { Callback } from '../../src/module/platform.js';
import { respond, startLoopback, type Handler, type Loopback } from '../support/loopback.js';

const http = new HttpClient({ userAgent: 'sekoiaio-module/test-1.0.0' });
const NEVER = new AbortController().signal;
let platform: Loopback;
let handle: Handler;

beforeEach(async () => {
  handle = (_request, response) => respond(response, 200, {});
  platform = await startLoopback((request, response) => handle(request, response));
});
afterEach(() => platform.close());

function callback(secondMs = 0.01): Callback {
  return new Callback({ url: `${platform.url}/callback`, token: 'the-token', http, secondMs });
}

/** What `sending` threw. */
async function failureOf(sending: Promise<unknown>): Promise<unknown> {
  return sending.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
}

describe('the callback', () => {
  test('sends JSON with the token, and gives the answer', async () => {
    handle = (_request, response) => respond(response, 200, { taken: true });
    const { text } = await callback().send('PATCH', '{"status":"running"}', NEVER);
    expect(text).toBe('{"taken":true}');
    expect(platform.received[0]).toMatchObject({ method: 'PATCH', path: '/callback' });
    expect(platform.received[0]!.headers).toMatchObject({
      authorization: 'Bearer the-token',
      'content-type': 'application/json',
      'user-agent': 'sekoiaio-module/test-1.0.0',
    });
    expect(platform.received[0]!.json()).toEqual({ status: 'running' });
  });

  test.each([400, 401, 404, 429])('takes %i as final', async (status) => {
    handle = (_request, response) => respond(response, status, 'no, the-token');
    const failure = await failureOf(callback().send('POST', '{}', NEVER));
    expect(failure).toBeInstanceOf(SendEventError);
    expect(failure).toMatchObject({ status });
    expect((failure as Error).message).toMatch(/it answered \d+\. Check the playbook/);
    expect((failure as Error).message).not.toContain('the-token');
    expect(platform.received).toHaveLength(1);
  });

  test.each(['500', '503', '302', 'a connection that breaks'])('tries again after %s', async (what) => {
    handle = (_request, response) => {
      if (platform.received.length > 3) respond(response, 200, {});
      else if (/^\d/.test(what)) respond(response, Number(what), '', { Location: '/elsewhere' });
      else response.destroy();
    };
    await callback().send('POST', '{"n":1}', NEVER);
    expect(platform.received.map((request) => request.json())).toEqual([{ n: 1 }, { n: 1 }, { n: 1 }, { n: 1 }]);
    expect(platform.received.every(({ path }) => path === '/callback')).toBe(true);
  });

  test('gives up after ten tries, and says with which status', async () => {
    handle = (_request, response) => respond(response, 502, '');
    expect(await failureOf(callback().send('POST', '{}', NEVER))).toMatchObject({ status: 502 });
    expect(platform.received).toHaveLength(10);
  });

  test('waits longer each time: 2, 4, 8 of its seconds', async () => {
    const times: number[] = [];
    handle = (_request, response) => {
      times.push(performance.now());
      respond(response, times.length > 3 ? 200 : 500, '');
    };
    await callback(10).send('POST', '{}', NEVER);
    const waits = times.slice(1).map((time, index) => time - times[index]!);
    for (const [index, wait] of waits.entries()) expect(wait).toBeGreaterThanOrEqual(10 * 2 ** (index + 1) - 1);
  });

  test('is interrupted by the stop, in a wait as in a request', async () => {
    for (const status of [503, undefined]) {
      const stop = new AbortController();
      const reported = new Promise<void>((resolve) => {
        handle = (_request, response) => {
          if (status !== undefined) respond(response, status, '');
          resolve();
        };
      });
      const sending = failureOf(callback(1_000).send('POST', '{}', stop.signal));
      await reported;
      stop.abort();
      expect(await sending).toMatchObject({ name: 'AbortError' });
    }
    expect(platform.received).toHaveLength(2);
  });
});
