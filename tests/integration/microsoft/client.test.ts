import { describe, expect, test } from '@jest/globals';
import { NotReadyError, PlanAgainError, SettingsError, UnavailableError } from '../../../src/model/errors.js';
import type { Authorization } from '../../../src/microsoft/sign-in/authorization.js';
import { MicrosoftClient, type ClientOptions } from '../../../src/microsoft/http/client.js';
import { Quota } from '../../../src/microsoft/http/quota.js';
import type { Response } from '../../../src/microsoft/http/transport.js';
import { unavailable } from '../../../src/microsoft/classify-response.js';
import { skipWaits } from '../../support/fast-forward.js';
import { respond, startLoopback } from '../../support/loopback.js';
import { transportWith } from '../../support/outbound.js';

const { signal } = new AbortController();
const whole = (it: Response): Response => it;

/** Gives one token until it is discarded, and then the next. */
class Tokens implements Authorization {
  readonly discarded: string[] = [];
  asked = 0;
  #number = 1;
  readonly #canRenew: boolean;

  constructor(canRenew = true) {
    this.#canRenew = canRenew;
  }

  header(): Promise<string> {
    this.asked += 1;
    return Promise.resolve(`Bearer ${this.#number}`);
  }

  discard(header: string): boolean {
    this.discarded.push(header);
    if (this.#canRenew) this.#number += 1;
    return this.#canRenew;
  }
}

function clientOf(origin: string, options: Partial<ClientOptions> = {}): MicrosoftClient {
  return new MicrosoftClient(`${origin}/api/`, {
    transport: transportWith(),
    authorization: new Tokens(),
    ...options,
  });
}

/** As the sources do it: 401 is a matter of the settings, what passes is tried again. */
function parse(it: Response): string {
  if (it.status === 401) throw new SettingsError('Check the password.');
  const away = unavailable(it);
  if (away !== undefined) throw away;
  return it.body;
}

const bearersOf = ({ received }: { received: readonly { headers: { authorization?: string | undefined } }[] }) =>
  received.map(({ headers }) => headers.authorization);

describe('a request', () => {
  test('carries the authorization of the moment and the headers of the API', async () => {
    const server = await startLoopback((_, response) => respond(response, 200, '{}'));
    const authorization = new Tokens();
    const client = clientOf(server.origin, { authorization });
    const headers = { Prefer: 'include-unknown-enum-members' };
    await client.get({ url: new URL('/api/rows?$top=1', server.origin), headers, parse: whole }, signal);
    authorization.discard('Bearer 1');
    await client.get({ url: new URL('/api/rows?$top=2', server.origin), headers, parse: whole }, signal);
    expect(server.received).toMatchObject([
      {
        method: 'GET',
        target: '/api/rows?$top=1',
        headers: { authorization: 'Bearer 1', prefer: 'include-unknown-enum-members' },
      },
      { target: '/api/rows?$top=2', headers: { authorization: 'Bearer 2', prefer: 'include-unknown-enum-members' } },
    ]);
  });

  test('gives what is made of the answer', async () => {
    const server = await startLoopback((_, response) => respond(response, 200, { value: [1, 2] }));
    const length = await clientOf(server.origin).get(
      { url: new URL(server.origin), parse: ({ body }) => body.length },
      signal,
    );
    expect(length).toBe('{"value":[1,2]}'.length);
  });

  test('never goes to another origin: another port, another name of the host, another scheme', async () => {
    const server = await startLoopback((_, response) => respond(response, 200, '{}'));
    const other = await startLoopback((_, response) => respond(response, 200, '{}'));
    const elsewhere = [
      other.origin,
      server.origin.replace('127.0.0.1', 'localhost'),
      server.origin.replace('http:', 'https:'),
    ];
    const authorization = new Tokens();
    const client = clientOf(server.origin, { authorization });
    for (const origin of elsewhere) {
      const url = new URL('/rows?$filter=secret-filter', origin);
      await expect(client.get({ url, parse: whole }, signal)).rejects.toThrow(new URL(origin).host);
      await expect(client.get({ url, parse: whole }, signal)).rejects.not.toThrow(/secret-filter/);
    }
    expect([server.received.length, other.received.length, authorization.asked]).toEqual([0, 0, 0]);
  });

  test('goes to no address that only claims the origin', async () => {
    const server = await startLoopback((_, response) => respond(response, 200, '{}'));
    const url = new URL(`blob:${server.origin}/rows`);
    await expect(clientOf(server.origin).get({ url, parse: whole }, signal)).rejects.toThrow('blob:// is not');
    expect(server.received).toHaveLength(0);
  });

  test.each(['name:secret@', 'name@', ':secret@'])(
    'keeps its credentials where the address has %s',
    async (userinfo) => {
      const server = await startLoopback((_, response) => respond(response, 200, '{}'));
      const url = new URL(server.origin.replace('//', `//${userinfo}`));
      await clientOf(server.origin).get({ url, parse: whole }, signal);
      expect(bearersOf(server)).toEqual(['Bearer 1']);
    },
  );

  test('is not sent, nor counted, where there is no authorization', async () => {
    const server = await startLoopback((_, response) => respond(response, 200, '{}'));
    const wrongSecret = new SettingsError('The client secret is wrong. Check client_secret.');
    const authorization = { header: () => Promise.reject(wrongSecret), discard: () => true };
    const quota = new Quota({ limit: 9, now: () => 0 });
    const client = clientOf(server.origin, { authorization, quota });
    await expect(client.get({ url: new URL(server.origin), parse: whole }, signal)).rejects.toBe(wrongSecret);
    expect([server.received.length, quota.used]).toEqual([0, 0]);
  });

  test('waits for an authorization that cannot be had for a while', async () => {
    skipWaits();
    const server = await startLoopback((_, response) => respond(response, 200, '{}'));
    let failures = 3;
    const header = () =>
      failures-- > 0 ? Promise.reject(new UnavailableError('Entra ID is away.')) : Promise.resolve('Bearer 1');
    const client = clientOf(server.origin, { authorization: { header, discard: () => true } });
    await client.get({ url: new URL(server.origin), parse: whole }, signal);
    expect(bearersOf(server)).toEqual(['Bearer 1']);
  });
});

describe('an answer of 401', () => {
  test('is asked again with a fresh token, at once', async () => {
    const waits = skipWaits();
    const server = await startLoopback((request, response) =>
      respond(response, request.headers.authorization === 'Bearer 1' ? 401 : 200, '{"value":[]}'),
    );
    const authorization = new Tokens();
    const client = clientOf(server.origin, { authorization });
    expect(await client.get({ url: new URL(server.origin), parse }, signal)).toBe('{"value":[]}');
    expect(bearersOf(server)).toEqual(['Bearer 1', 'Bearer 2']);
    expect([authorization.discarded, waits]).toEqual([['Bearer 1'], []]);
  });

  test('in the middle of a range costs one token, and all later pages use the new one', async () => {
    const server = await startLoopback((request, response, number) =>
      respond(response, number >= 3 && request.headers.authorization === 'Bearer 1' ? 401 : 200, '{}'),
    );
    const client = clientOf(server.origin);
    for (let page = 1; page <= 4; page += 1) await client.get({ url: new URL(server.origin), parse }, signal);
    expect(bearersOf(server)).toEqual(['Bearer 1', 'Bearer 1', 'Bearer 1', 'Bearer 2', 'Bearer 2']);
  });

  test('to a fresh token too is the last word, and is no reason to ask once more', async () => {
    const server = await startLoopback((_, response) => respond(response, 401, ''));
    const authorization = new Tokens();
    const asking = clientOf(server.origin, { authorization }).get({ url: new URL(server.origin), parse }, signal);
    await expect(asking).rejects.toThrow(SettingsError);
    expect(bearersOf(server)).toEqual(['Bearer 1', 'Bearer 2']);
    expect(authorization.discarded).toEqual(['Bearer 1']);
  });

  test('is final where no other authorization can be had', async () => {
    const server = await startLoopback((_, response) => respond(response, 401, ''));
    const authorization = new Tokens(false);
    const asking = clientOf(server.origin, { authorization }).get({ url: new URL(server.origin), parse }, signal);
    await expect(asking).rejects.toThrow(SettingsError);
    expect(server.received).toHaveLength(1);
  });

  test('that says what is not ready yet is none of the token', async () => {
    const server = await startLoopback((_, response) => respond(response, 401, ''));
    const authorization = new Tokens();
    const notReady = () => {
      throw new NotReadyError('The service principal is missing.');
    };
    const asking = clientOf(server.origin, { authorization }).get(
      { url: new URL(server.origin), parse: notReady },
      signal,
    );
    await expect(asking).rejects.toThrow(NotReadyError);
    expect([server.received.length, authorization.discarded]).toEqual([1, []]);
  });

  test.each([200, 403])('is what a fresh token is for, and not %i, whatever that is found to mean', async (status) => {
    const server = await startLoopback((_, response) => respond(response, status, ''));
    const authorization = new Tokens();
    const refused = () => {
      throw new SettingsError('Check the role.');
    };
    const asking = clientOf(server.origin, { authorization }).get(
      { url: new URL(server.origin), parse: refused },
      signal,
    );
    await expect(asking).rejects.toThrow(SettingsError);
    expect([server.received.length, authorization.discarded]).toEqual([1, []]);
  });
});

describe('the quota', () => {
  /** Two thirds of it may be used at once. */
  const limit = 90;

  test('is asked before every try: after failures, and with a fresh token', async () => {
    skipWaits();
    const statuses = [503, 401, 200];
    const server = await startLoopback((_, response, number) => respond(response, statuses[number - 1]!, '{}'));
    const quota = new Quota({ limit, now: () => 0 });
    await clientOf(server.origin, { quota }).get({ url: new URL(server.origin), parse }, signal);
    expect([server.received.length, quota.used]).toEqual([3, 3]);
  });

  test('holds a request back until it is its turn', async () => {
    const server = await startLoopback((_, response) => respond(response, 200, '{}'));
    let nowMs = 0;
    const sentBefore: number[] = [];
    const sleep = (durationMs: number) => {
      sentBefore.push(server.received.length);
      nowMs += durationMs;
      return Promise.resolve();
    };
    const client = clientOf(server.origin, { quota: new Quota({ limit: 3, now: () => nowMs, sleep }) });
    for (let number = 1; number <= 5; number += 1)
      await client.get({ url: new URL(server.origin), parse: whole }, signal);
    expect(sentBefore).toEqual([2, 4]);
  });

  test('hears of an answer of 429, and of nothing else', async () => {
    skipWaits();
    const statuses = [503, 429, 200];
    const server = await startLoopback((_, response, number) => respond(response, statuses[number - 1]!, '{}'));
    const quota = new Quota({ limit, now: () => 0 });
    const heard: number[] = [];
    quota.exceeded = () => heard.push(server.received.length);
    await clientOf(server.origin, { quota }).get({ url: new URL(server.origin), parse }, signal);
    expect(heard).toEqual([2]);
  });

  test('lets go of whoever is stopped while waiting', async () => {
    const server = await startLoopback((_, response) => respond(response, 200, '{}'));
    const stop = new AbortController();
    const quota = new Quota({ limit: 1, now: () => 0, onWait: () => stop.abort() });
    const client = clientOf(server.origin, { quota });
    await client.get({ url: new URL(server.origin), parse: whole }, stop.signal);
    await expect(client.get({ url: new URL(server.origin), parse: whole }, stop.signal)).rejects.toBeDefined();
    expect(server.received).toHaveLength(1);
  });
});

test('what is to be planned again is not asked again here', async () => {
  const waits = skipWaits();
  const server = await startLoopback((_, response) => respond(response, 400, 'in the future'));
  const told: UnavailableError[] = [];
  const planAgain = new PlanAgainError('The present is the future.');
  const client = clientOf(server.origin);
  const asking = client.get(
    {
      url: new URL(server.origin),
      parse: () => {
        throw planAgain;
      },
      onRetry: (error) => told.push(error),
    },
    signal,
  );
  await expect(asking).rejects.toBe(planAgain);
  expect([server.received.length, told, waits]).toEqual([1, [], []]);
});

describe('a refusal among answers', () => {
  const away = 'Unauthorized';

  test.each([401, 403, 404])('(HTTP %i) is asked once more after a second, and reported', async (status) => {
    const waits = skipWaits();
    const server = await startLoopback((_, response, number) =>
      number === 2 ? respond(response, status, away) : respond(response, 200, '{}'),
    );
    const client = clientOf(server.origin, { authorization: new Tokens(false) });
    const told: UnavailableError[] = [];
    const ask = () =>
      client.get({ url: new URL(server.origin), parse: refusing, onRetry: (error) => told.push(error) }, signal);
    await ask();
    await expect(ask()).resolves.toBe('{}');
    expect(server.received).toHaveLength(3);
    expect(waits).toContain(1000);
    expect(told.map(({ message }) => message)).toEqual([expect.stringContaining('so this may pass')]);
  });

  test('that comes again is thrown, as two of its kind', async () => {
    skipWaits();
    const server = await startLoopback((_, response, number) => respond(response, number === 1 ? 200 : 401, '{}'));
    const client = clientOf(server.origin, { authorization: new Tokens(false) });
    const ask = () => client.get({ url: new URL(server.origin), parse: refusing }, signal);
    await ask();
    await expect(ask()).rejects.toMatchObject({ name: 'SettingsError', refusals: 2, mayLock: true });
    // Nothing was answered since: no further try that could lock an account.
    await expect(ask()).rejects.toMatchObject({ refusals: 1 });
    expect(server.received).toHaveLength(4);
  });

  test('of a session that has never worked is thrown at once', async () => {
    const server = await startLoopback((_, response) => respond(response, 403, '{}'));
    const client = clientOf(server.origin, { authorization: new Tokens(false) });
    await expect(client.get({ url: new URL(server.origin), parse: refusing }, signal)).rejects.toMatchObject({
      refusals: 1,
    });
    expect(server.received).toHaveLength(1);
  });

  function refusing(it: Response): string {
    if (it.status !== 200) throw new SettingsError('Check the password.', { mayLock: true });
    return it.body;
  }
});
