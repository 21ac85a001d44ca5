import { afterEach, expect, test } from '@jest/globals';
import { startPlatform, type LogEntry, type Platform, type PlatformOptions } from '../../../src/index.js';

const ENTRY: LogEntry = { date: '2026-11-23T09:30:00.250000', level: 'warning', message: 'late' };

let platform: Platform;
afterEach(() => platform.close());

async function open(options: Partial<PlatformOptions> = {}): Promise<void> {
  platform = await startPlatform({ token: 'bearer', ...options });
}

function ask(method: string, path: string, body?: unknown, token = 'bearer'): Promise<Response> {
  return fetch(new URL(path, platform.callbackUrl), {
    method,
    headers: { Authorization: `Bearer ${token}` },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

test('records callbacks and answers them', async () => {
  await open();
  expect(platform.callbackUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback$/);
  expect((await ask('POST', '/callback', { name: 'run', event: { a: 1 } })).status).toBe(200);
  expect((await ask('PATCH', '/callback', { status: 'running' })).status).toBe(200);
  expect(platform.records().requests).toMatchObject([
    { method: 'POST', path: '/callback', authorized: true, body: { name: 'run', event: { a: 1 } } },
    { method: 'PATCH', path: '/callback', authorized: true, body: { status: 'running' } },
  ]);
});

test('answers 401 without the right token, and records neither token', async () => {
  await open({ secrets: { password: 'p' } });
  expect((await ask('GET', '/secrets', undefined, 'wrong')).status).toBe(401);
  expect((await ask('GET', '/secrets')).status).toBe(200);
  expect(platform.records().requests.map(({ authorized }) => authorized)).toEqual([false, true]);
  expect(JSON.stringify(platform.records())).not.toMatch(/bearer|wrong/i);
});

test('hands out secrets, to triggers and to validators', async () => {
  await open({ secrets: { password: 'p' } });
  expect(await (await ask('PATCH', '/callback', { status: 'running' })).json()).toEqual({
    module_configuration: { value: { password: 'p' } },
  });
  expect(await (await ask('GET', '/secrets')).json()).toEqual({ value: { password: 'p' } });
});

test('takes log entries and tells of them', async () => {
  const told: LogEntry[] = [];
  await open({ onLog: (entry) => told.push(entry) });
  const logged = platform.until(({ logs }) => logs.some(({ message }) => message === 'late'));
  const other: LogEntry = { date: '2026-11-23T09:30:01', level: 'critical', message: 'stopped' };
  expect((await ask('POST', '/logs', { logs: [ENTRY, other] })).status).toBe(200);
  expect((await logged).logs).toEqual([ENTRY, other]);
  expect(told).toEqual([ENTRY, other]);
});

test.each([
  ['a body without logs', {}, 'logs'],
  ['a date with a zone', { logs: [ENTRY, { ...ENTRY, date: '2026-11-23T09:30:00Z' }] }, 'logs[1].date'],
  ['an unknown level', { logs: [{ ...ENTRY, level: 'warn' }] }, 'logs[0].level'],
  ['a message that is no text', { logs: [{ ...ENTRY, message: 1 }] }, 'logs[0].message'],
  ['an entry that is no object', { logs: ['late'] }, 'logs[0].date'],
])('answers 400 to %s and keeps none of its entries', async (_what, body, named) => {
  await open();
  const response = await ask('POST', '/logs', body);
  expect(response.status).toBe(400);
  expect(await response.text()).toContain(named);
  expect(platform.records().logs).toEqual([]);
});

test('answers 404 to other paths and 405 to other methods', async () => {
  await open();
  expect((await ask('GET', '/other')).status).toBe(404);
  expect((await ask('GET', '/callback')).status).toBe(405);
  expect((await ask('POST', '/secrets', {})).status).toBe(405);
  expect((await ask('GET', '/logs')).status).toBe(405);
});

test('fails at the endpoint that was told to, and there only', async () => {
  await open();
  platform.faults.logs.failNext('503');
  platform.faults.callback.startOutage('reset-after-reading');
  expect((await ask('POST', '/logs', { logs: [ENTRY] })).status).toBe(503);
  await expect(ask('POST', '/callback', {})).rejects.toThrow('fetch failed');
  expect((await ask('GET', '/secrets')).status).toBe(200);
  expect((await ask('POST', '/logs', { logs: [ENTRY] })).status).toBe(200);
  platform.faults.callback.endOutage();
  expect((await ask('POST', '/callback', {})).status).toBe(200);
  expect(platform.records().logs).toEqual([ENTRY]);
});

test('keeps the last records only', async () => {
  await open({ keep: 1 });
  for (const message of ['a', 'b', 'c']) await ask('POST', '/logs', { logs: [{ ...ENTRY, message }] });
  expect(platform.records()).toMatchObject({ requests: [{}], logs: [{ message: 'c' }] });
});
