import { EventEmitter, once } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { SettingsError, UnavailableError } from '../../../src/model/errors.js';
import { BearerAuthorization, type Token } from '../../../src/microsoft/sign-in/authorization.js';

const [second, minute, hour] = [1000, 60_000, 3_600_000];
const { signal } = new AbortController();
const away = () => new UnavailableError('Entra ID is away.');

/** An authorization on a clock that a test moves, and a token service that answers what a test says. */
class TestBed {
  nowMs = 0;
  /** How often a token was asked for. */
  asked = 0;
  lifetimeMs = hour;
  /** How long the token service takes. */
  responseMs = 0;
  failure: Error | undefined;
  /** What is kept out of the logs at present. */
  readonly hidden = new Set<string>();
  /** What `requestToken` waits for before it answers. */
  gate: Promise<unknown> = Promise.resolve();
  readonly authorization = new BearerAuthorization({
    requestToken: () => this.#requestToken(),
    now: () => this.nowMs,
    hide: (secret) => {
      this.hidden.add(secret);
      return () => this.hidden.delete(secret);
    },
  });

  header(): Promise<string> {
    return this.authorization.header(signal);
  }

  async #requestToken(): Promise<Token> {
    const number = ++this.asked;
    await this.gate;
    this.nowMs += this.responseMs;
    if (this.failure !== undefined) throw this.failure;
    return { text: `token-${number}`, lifetimeMs: this.lifetimeMs };
  }
}

test('ten callers that wait at once share one request', async () => {
  const testBed = new TestBed();
  const gate = new EventEmitter();
  testBed.gate = once(gate, 'open');
  const waiting = Array.from({ length: 10 }, () => testBed.header());
  gate.emit('open');
  expect(await Promise.all(waiting)).toEqual(Array(10).fill('Bearer token-1'));
  expect(testBed.asked).toBe(1);
});

test('ten callers that wait for a request that fails all hear of it, and the next one asks anew', async () => {
  const testBed = new TestBed();
  testBed.failure = away();
  const results = await Promise.allSettled(Array.from({ length: 10 }, () => testBed.header()));
  expect(results).toEqual(Array(10).fill({ status: 'rejected', reason: testBed.failure }));
  expect(testBed.asked).toBe(1);
  testBed.failure = undefined;
  expect(await testBed.header()).toBe('Bearer token-2');
});

describe('a token is used until', () => {
  test.each([
    ['five minutes before its end', hour, 55 * minute],
    ['five minutes before its end, however long it lives', 24 * hour, 24 * hour - 5 * minute],
    ['a fifth of its life is left, where that is less', 10 * minute, 8 * minute],
    ['a fifth of its life is left, also when that is short', 10 * second, 8 * second],
  ])('%s', async (_, lifetimeMs, renewedAtMs) => {
    const testBed = new TestBed();
    testBed.lifetimeMs = lifetimeMs;
    await testBed.header();
    testBed.nowMs = renewedAtMs - 1;
    expect(await testBed.header()).toBe('Bearer token-1');
    testBed.nowMs = renewedAtMs;
    expect(await testBed.header()).toBe('Bearer token-2');
    expect(await testBed.header()).toBe('Bearer token-2');
    expect(testBed.asked).toBe(2);
  });

  test('its time counted from when it was asked for, not from when it came', async () => {
    const testBed = new TestBed();
    testBed.responseMs = 2 * minute;
    await testBed.header();
    testBed.responseMs = 0;
    expect(testBed.nowMs).toBe(2 * minute);
    testBed.nowMs = 55 * minute - 1;
    expect(await testBed.header()).toBe('Bearer token-1');
    testBed.nowMs = 55 * minute;
    expect(await testBed.header()).toBe('Bearer token-2');
  });
});

describe('when a renewal fails', () => {
  /** In the last five minutes of its first token. */
  async function lateInLife(): Promise<TestBed> {
    const testBed = new TestBed();
    await testBed.header();
    testBed.nowMs = 55 * minute;
    testBed.failure = away();
    return testBed;
  }

  test('the old token serves while it is good, and a new one is asked for every thirty seconds', async () => {
    const testBed = await lateInLife();
    expect(await testBed.header()).toBe('Bearer token-1');
    testBed.nowMs += 30 * second - 1;
    expect(await testBed.header()).toBe('Bearer token-1');
    expect(testBed.asked).toBe(2);
    testBed.nowMs += 1;
    expect(await testBed.header()).toBe('Bearer token-1');
    expect(testBed.asked).toBe(3);
    testBed.failure = undefined;
    testBed.nowMs += 30 * second;
    expect(await testBed.header()).toBe('Bearer token-4');
  });

  test('a new one is asked for no sooner than Entra ID has asked for, but for the end of the old one', async () => {
    const testBed = await lateInLife();
    testBed.failure = new UnavailableError('Too many requests.', { retryAfterMs: 2 * minute });
    await testBed.header();
    testBed.nowMs += 2 * minute - 1;
    await testBed.header();
    expect(testBed.asked).toBe(2);
    testBed.nowMs += 1;
    testBed.failure = new UnavailableError('Too many requests.', { retryAfterMs: 10 * minute });
    await testBed.header();
    expect(testBed.asked).toBe(3);
    testBed.nowMs = hour;
    await expect(testBed.header()).rejects.toBe(testBed.failure);
  });

  test('and the old one has ended, there is none', async () => {
    const testBed = await lateInLife();
    testBed.nowMs = hour - 1;
    expect(await testBed.header()).toBe('Bearer token-1');
    testBed.nowMs = hour;
    await expect(testBed.header()).rejects.toBe(testBed.failure);
  });

  test('for a reason that a person must see to, it is said at once', async () => {
    const testBed = await lateInLife();
    testBed.failure = new SettingsError('The client secret has expired.');
    await expect(testBed.header()).rejects.toBe(testBed.failure);
    testBed.failure = undefined;
    expect(await testBed.header()).toBe('Bearer token-3');
  });
});

test.each([
  ['a service that is away', away()],
  ['a secret that is wrong', new SettingsError('Check client_secret.')],
  ['a mistake of ours', new TypeError('undefined is no function')],
])('the first token that cannot be had, because of %s, is an error', async (_, failure) => {
  const testBed = new TestBed();
  testBed.failure = failure;
  await expect(testBed.header()).rejects.toBe(failure);
});

describe('a token that the API does not take', () => {
  test('is replaced by a new one', async () => {
    const testBed = new TestBed();
    expect(testBed.authorization.discard(await testBed.header())).toBe(true);
    expect(await testBed.header()).toBe('Bearer token-2');
    expect(await testBed.header()).toBe('Bearer token-2');
  });

  test('is not used again, also where no new one can be had', async () => {
    const testBed = new TestBed();
    testBed.authorization.discard(await testBed.header());
    testBed.failure = away();
    await expect(testBed.header()).rejects.toBe(testBed.failure);
    await expect(testBed.header()).rejects.toBe(testBed.failure);
    expect(testBed.asked).toBe(3);
  });

  test('is not replaced twice where two callers say so one after the other', async () => {
    const testBed = new TestBed();
    const old = await testBed.header();
    testBed.authorization.discard(old);
    const fresh = await testBed.header();
    expect(testBed.authorization.discard(old)).toBe(true);
    expect(await testBed.header()).toBe(fresh);
    expect(testBed.asked).toBe(2);
  });
});

test('of all tokens the present one is kept out of the logs, and no other', async () => {
  const testBed = new TestBed();
  expect([...testBed.hidden]).toEqual([]);
  await testBed.header();
  expect([...testBed.hidden]).toEqual(['token-1']);
  testBed.nowMs = 55 * minute;
  testBed.failure = away();
  await testBed.header();
  expect([...testBed.hidden]).toEqual(['token-1']);
  testBed.failure = undefined;
  testBed.nowMs += minute;
  await testBed.header();
  expect([...testBed.hidden]).toEqual(['token-3']);
  testBed.authorization.discard('Bearer token-3');
  expect([...testBed.hidden]).toEqual(['token-3']);
  await testBed.header();
  expect([...testBed.hidden]).toEqual(['token-4']);
});

test('a request is abandoned with the caller that made it', async () => {
  const stop = new AbortController();
  const authorization = new BearerAuthorization({
    requestToken: (its) => new Promise((_, reject) => its.addEventListener('abort', () => reject(its.reason as Error))),
    now: () => 0,
    hide: () => () => undefined,
  });
  const asking = authorization.header(stop.signal);
  const reason = new Error('the module stops');
  stop.abort(reason);
  await expect(asking).rejects.toBe(reason);
});
