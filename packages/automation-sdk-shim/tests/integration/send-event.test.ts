import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import type { DataStore } from '../../src/data/data-store.js';
import { ConfigurationError } from '../../src/errors.js';
import { Health } from '../../src/health.js';
import { HttpClient } from '../../src/http/http-client.js';
import type { JsonObject } from '../../src/json.js';
import { Callback } from '../../src/module/platform.js';
import { Trigger, type TriggerContext } from '../../src/module/trigger.js';
import { respond, startLoopback, type Loopback } from '../support/loopback.js';
import { recordedLog } from '../support/recorded-log.js';

class Watcher extends Trigger {
  static override readonly lastHeartbeatThreshold = 60;

  override run(): Promise<void> {
    return Promise.resolve();
  }

  send(name: string, event: JsonObject, directory?: string): Promise<void> {
    return this.sendEvent(name, event, directory);
  }

  beat(): void {
    this.heartbeat();
  }
}

const http = new HttpClient({ userAgent: 'test' });
let platform: Loopback;
let nowMs: number;
let health: Health;

beforeEach(async () => {
  platform = await startLoopback((_request, response) => respond(response, 200, {}));
  nowMs = Date.parse('2026-03-01T12:00:00Z');
  const { redactor } = recordedLog();
  const { secondsWithoutEvents, lastHeartbeatThreshold } = Watcher;
  health = new Health({ redactor, secondsWithoutEvents, lastHeartbeatThreshold, now: () => nowMs });
});
afterEach(() => platform.close());

function watcher(callback: Callback | undefined): Watcher {
  const { log, redactor } = recordedLog();
  // Nothing of it is used here.
  const data = { name: 'data folder' } as unknown as DataStore;
  const context: TriggerContext = {
    settings: {},
    given: new Set(),
    moduleSettings: {},
    log,
    stopping: new AbortController().signal,
    data,
    metrics: new Registry(),
    health,
    redactor,
    http,
    intakeUrl: undefined,
    callback,
  };
  return new Watcher(context);
}

const onPlatform = () => watcher(new Callback({ url: `${platform.url}/callback`, token: 'the-token', http }));

describe('an event for the playbook', () => {
  test('is posted with an id of the request’s own, and is a sign of life', async () => {
    const trigger = onPlatform();
    health.countError();
    nowMs += 59_000;
    await trigger.send('found', { file: 'a' }, 'events/1');
    await trigger.send('found', { file: 'b' });
    const [first, second] = platform.received.map((request) => request.json() as JsonObject);
    const id = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4/) as unknown;
    expect(first).toEqual({ name: 'found', event: { file: 'a' }, request_id: id, directory: 'events/1' });
    expect(second).toEqual({ name: 'found', event: { file: 'b' }, request_id: id });
    expect(first!['request_id']).not.toBe(second!['request_id']);
    expect(platform.received[0]).toMatchObject({ method: 'POST', path: '/callback' });
    expect(health.record()).toMatchObject({ errorCount: 0, withoutEventsMs: 0 });
  });

  test.each(['', '/etc', '..', 'events/../../x', './x', 'events//1'])(
    'is not sent with the directory "%s"',
    async (directory) => {
      await expect(onPlatform().send('found', {}, directory)).rejects.toBeInstanceOf(RangeError);
      expect(platform.received).toHaveLength(0);
    },
  );

  test('has nowhere to go where the module is run by hand', async () => {
    await expect(watcher(undefined).send('found', {})).rejects.toBeInstanceOf(ConfigurationError);
  });
});

test('a trigger that says it is alive is healthy for its threshold', () => {
  const trigger = onPlatform();
  nowMs += 59_000;
  trigger.beat();
  nowMs += 59_000;
  expect(health.liveness().status).toBe(200);
  nowMs += 1_000;
  expect(health.liveness().status).toBe(500);
});
