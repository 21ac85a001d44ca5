import { afterEach, describe, expect, test } from '@jest/globals';
import { fetchSecrets } from '../../src/configuration/module-secrets.js';
import { isPlaceholder, overlaySecrets } from '../../src/configuration/settings.js';
import { HttpClient } from '../../src/http/http-client.js';
import { respond, startLoopback, type Handler, type Loopback } from '../support/loopback.js';

const http = new HttpClient({ userAgent: 'test' });
let platform: Loopback;
const opened: Loopback[] = [];

afterEach(async () => {
  for (const server of opened.splice(0)) await server.close();
});

async function start(handle: Handler): Promise<void> {
  platform = await startLoopback(handle);
  opened.push(platform);
}

const request = () => ({
  url: `${platform.url}/secrets`,
  token: 'the-token',
  http,
  signal: new AbortController().signal,
  tries: 10,
  responseMs: 20_000,
  needsModuleSecrets: true,
  firstWaitMs: 1,
});

describe('the platform’s secrets', () => {
  test('are asked for again until the platform gives them', async () => {
    await start((_request, response) => {
      if (platform.received.length < 4) respond(response, 503, '');
      else respond(response, 200, { value: { api_secret: 'x' }, node_value: { password: 'y' } });
    });
    expect(await fetchSecrets(request())).toEqual({ module: { api_secret: 'x' }, node: { password: 'y' } });
    expect(platform.received).toHaveLength(4);
    expect(platform.received[0]!.headers['authorization']).toBe('Bearer the-token');
  });

  test('are given up after the tries', async () => {
    await start((_request, response) => respond(response, 200, { value: null }));
    await expect(fetchSecrets(request())).rejects.toThrow('answered 200 without secrets');
    expect(platform.received).toHaveLength(10);
  });

  test.each([
    [404, true],
    [401, true],
    [429, false],
    [408, false],
    [502, false],
  ])('%i is a refusal: %s', async (status, refused) => {
    await start((_request, response) => respond(response, status, ''));
    await expect(fetchSecrets({ ...request(), tries: 2 })).rejects.toMatchObject({ refused });
    expect(platform.received).toHaveLength(2);
  });

  test.each([
    [{}, { module: {}, node: {} }],
    [
      { value: null, node_value: null },
      { module: {}, node: {} },
    ],
    [
      { value: [1], node_value: 'x' },
      { module: {}, node: {} },
    ],
    [{ node_value: { password: 1 } }, { module: {}, node: { password: 1 } }],
  ])('%j holds %j where the manifest lists none', async (body, secrets) => {
    await start((_request, response) => respond(response, 200, body));
    expect(await fetchSecrets({ ...request(), needsModuleSecrets: false })).toEqual(secrets);
  });
});

describe('placeholders', () => {
  test.each(['***', '*****', '********', ' **** ', '•••', '●●●●', '*•*•', '···'])('%j is one', (text) => {
    expect(isPlaceholder(text)).toBe(true);
  });

  test.each(['', '*', '**', '*** *', 'a***', '***a', 'p*s*w', '...', '---', '******!'])('%j is none', (text) => {
    expect(isPlaceholder(text)).toBe(false);
  });

  test('a secret replaces a setting, unless it is null or a placeholder; an empty one empties it', () => {
    const settings = { a: '*****', b: 'b', c: 'c', d: '*****' };
    expect(overlaySecrets(settings, { a: 'A', b: null, c: '***', d: '', e: 5 })).toEqual({
      a: 'A',
      b: 'b',
      c: 'c',
      d: '',
      e: 5,
    });
    expect(settings.a).toBe('*****');
  });
});
