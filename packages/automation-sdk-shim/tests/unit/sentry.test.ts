import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../src/json.js';
import { leavingEvent, type SentrySdk, startSentry } from '../../src/log/sentry.js';
import { Redactor } from '../../src/log/redactor.js';
import { recordedLog } from '../support/recorded-log.js';

const SECRET = 'the-password';

/** An SDK that records its calls. */
function pretendSdk(closes = true) {
  const calls: unknown[] = [];
  const sdk: SentrySdk = {
    init: (options) => calls.push(['init', options]),
    captureException: (error, { captureContext }) => calls.push(['exception', error.message, captureContext]),
    captureMessage: (message, level) => calls.push(['message', message, level]),
    close: (limitMs) => {
      calls.push(['close', limitMs]);
      return Promise.resolve(closes);
    },
  };
  return { sdk, calls };
}

function start(load: () => Promise<SentrySdk>, dsn = 'https://key@sentry.example/1') {
  const recorded = recordedLog();
  const { log, redactor } = recorded;
  redactor.add(SECRET);
  const options = { dsn, environment: 'test', release: 'a@1', tags: { module: 'A' }, redactor, log, load };
  return { recorded, log, starting: startSentry(options) };
}

describe('errors for Sentry', () => {
  test('are exceptions and entries of error and critical, each once', async () => {
    const { sdk, calls } = pretendSdk();
    const { log, starting } = start(() => Promise.resolve(sdk));
    log.reportTo((await starting)!);
    log.info('fine');
    log.warning('late');
    log.error(`wrong with ${SECRET}`);
    log.error(`wrong with ${SECRET}`);
    log.critical('crashed');
    log.exception(new Error('inner'), 'The trigger failed.');
    log.exception('a text', 'Thrown.');
    expect(calls.slice(1)).toEqual([
      ['message', 'wrong with ***', 'error'],
      ['message', 'crashed', 'fatal'],
      ['exception', 'inner', { level: 'error', extra: { message: 'The trigger failed.\nError: inner' } }],
      ['message', 'Thrown.\na thrown string: a text', 'error'],
    ]);
  });

  test('are told who sends them, and nothing is gathered besides', async () => {
    const { sdk, calls } = pretendSdk();
    await start(() => Promise.resolve(sdk)).starting;
    expect(calls[0]).toEqual([
      'init',
      expect.objectContaining({
        dsn: 'https://key@sentry.example/1',
        environment: 'test',
        release: 'a@1',
        initialScope: { tags: { module: 'A' } },
        defaultIntegrations: false,
        maxBreadcrumbs: 0,
        sendDefaultPii: false,
        includeLocalVariables: false,
      }),
    ]);
  });

  test('are sent before the end, within the limit; what is left is said', async () => {
    const { sdk, calls } = pretendSdk(false);
    const { recorded, starting } = start(() => Promise.resolve(sdk));
    await (await starting)!.close(2_500);
    expect(calls.at(-1)).toEqual(['close', 2_500]);
    expect(recorded.at('warning')).toEqual(['Some errors could not be sent to Sentry before the stop.']);
  });

  test.each([
    [
      'that is not installed',
      Object.assign(new Error('gone'), { code: 'ERR_MODULE_NOT_FOUND' }),
      'npm install @sentry/node',
    ],
    ['that does not work', new Error(`broken by ${SECRET}`), 'Sentry cannot be used (Error: broken by ***)'],
  ])('are not reported with a package %s, which is a debug entry', async (_what, failure, words) => {
    const { recorded, starting } = start(() => Promise.reject(failure));
    expect(await starting).toBeUndefined();
    expect(recorded.at('debug')[0]).toContain(words);
  });

  test.each(['nonsense', 'https://sentry.example/1', 'https://key@other.example', 'ftp://key@sentry.example/1'])(
    'are not reported to "%s", which is a debug entry',
    async (dsn) => {
      const { sdk, calls } = pretendSdk();
      const { recorded, starting } = start(() => Promise.resolve(sdk), dsn);
      expect(await starting).toBeUndefined();
      expect(calls).toEqual([]);
      expect(recorded.at('debug')[0]).toContain('"sentry_dsn"');
      expect(recorded.at('debug')[0]).not.toContain(dsn);
    },
  );
});

test('of an event only what happened, and where in the code, leaves the process, scrubbed', () => {
  const redactor = new Redactor();
  redactor.add(SECRET);
  const frame = { filename: '/app/a.js', function: 'run', lineno: 3, colno: 4, in_app: true };
  const event: JsonObject = {
    event_id: 'e1',
    timestamp: 1.5,
    level: 'error',
    platform: 'node',
    release: 'a@1',
    environment: 'test',
    tags: { module: `A ${SECRET}` },
    extra: { message: `failed with ${SECRET}`, headers: { authorization: 'Basic x' } },
    exception: {
      values: [
        {
          type: 'Error',
          value: `no ${Buffer.from(SECRET).toString('base64')}`,
          mechanism: { type: 'generic', handled: true },
          config: { headers: 'x' },
          stacktrace: {
            frames: [{ ...frame, vars: { password: 'x' }, context_line: 'x', pre_context: ['x'], post_context: ['x'] }],
          },
        },
      ],
    },
    request: { headers: { cookie: 'x' }, data: 'x' },
    breadcrumbs: [{ data: { url: 'x' } }],
    user: { ip_address: 'x' },
    contexts: { trace: {}, state: 'x' },
    server_name: 'x',
    modules: { x: '1' },
  };
  expect(leavingEvent(event, redactor)).toEqual({
    event_id: 'e1',
    timestamp: 1.5,
    level: 'error',
    platform: 'node',
    release: 'a@1',
    environment: 'test',
    tags: { module: 'A ***' },
    extra: { message: 'failed with ***' },
    exception: {
      values: [
        {
          type: 'Error',
          value: 'no ***',
          mechanism: { type: 'generic', handled: true },
          stacktrace: { frames: [frame] },
        },
      ],
    },
  });
  expect(leavingEvent({ message: 'only this' }, redactor)).toEqual({ message: 'only this' });
});
