import { chmod, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Library, Refused } from '../../src/wire/playbook.js';
import type { PageClient } from '../support/page-client.js';
import { RunnerFolder } from '../support/started-runner.js';

let folder: RunnerFolder;
let client: PageClient;
let port: number;
beforeAll(async () => {
  folder = await RunnerFolder.make();
  const started = await folder.start();
  client = started.client;
  port = started.runner.port;
});
afterAll(() => folder.remove());

const added = { body: { trigger: 'message_trace' } };

describe('who may ask', () => {
  test.each([
    ['another host', { host: 'evil.example' }],
    ['a name that ends like ours', { host: 'x.localhost' }],
    ['another port in Host', { host: '127.0.0.1:1' }],
    ['no port in Host', { host: '127.0.0.1' }],
    ['a page of another origin', { origin: 'https://evil.example' }],
    ['a page on another port of loopback', { origin: 'http://127.0.0.1:1' }],
    ['a page of the same host over https', () => ({ origin: `https://127.0.0.1:${port}` })],
    ['a page without an origin of its own', { origin: 'null' }],
    ['another site, as the browser says', { 'sec-fetch-site': 'cross-site' }],
    ['another port of this machine, as the browser says', { 'sec-fetch-site': 'same-site' }],
  ])('%s is refused, reading as well as changing', async (_, headers) => {
    const foreign = typeof headers === 'function' ? headers() : headers;
    for (const path of ['/', '/api/library', '/logo.svg']) {
      const reply = await client.ask('GET', path, { headers: foreign });
      expect(reply.status).toBe(403);
      expect(reply.headers['content-security-policy']).toContain("default-src 'none'");
      expect(reply.text).not.toContain('request-token');
    }
    expect((await client.ask('POST', '/api/playbooks', { ...added, headers: foreign })).status).toBe(403);
  });

  test.each([
    ['no token', { 'x-request-token': undefined }],
    ['another token', { 'x-request-token': 'x' }],
  ])('a change with %s is refused', async (_, headers) => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const reply = await client.ask(method, '/api/playbooks', { ...added, headers });
      expect(reply.status).toBe(403);
    }
    expect((await client.ask('GET', '/api/live')).text).toContain('"playbooks":[]');
  });

  test('a change that is no JSON is refused', async () => {
    const headers = { 'content-type': 'text/plain' };
    expect((await client.ask('POST', '/api/playbooks', { ...added, headers })).status).toBe(415);
  });

  test('both names of this machine and its own origin are served', async () => {
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`]) {
      const headers = { host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' };
      expect((await client.ask('GET', '/api/library', { headers })).status).toBe(200);
    }
  });
});

describe('the page', () => {
  test('has the token and strict headers, and is answered for any path that is no file', async () => {
    const paths = ['/', '/index.html', '/some/where?x=1', '//[', '/..%2f..%2fpackage.json', '/../../../../etc/passwd'];
    for (const path of paths) {
      const { status, headers, text } = await client.ask('GET', path);
      expect(status).toBe(200);
      expect(text).toMatch(/content="[\w-]{32}"/);
      expect(headers).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': expect.stringContaining("default-src 'none'; script-src 'self'; style-src 'self';"),
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'cache-control': 'no-store',
      });
    }
  });

  test('keeps what has a hash in its name for ever', async () => {
    const { headers, text } = await client.ask('GET', '/assets/main-1a2b.js');
    expect(text).toBe('export {};');
    expect(headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
    });
  });

  test('shows the logo of the module', async () => {
    const { headers, text } = await client.ask('GET', '/logo.svg');
    expect(headers['content-type']).toBe('image/svg+xml');
    expect(text).toContain('<svg');
  });

  test('follows no link out of its folder', async () => {
    await writeFile(join(folder.path, 'outside.txt'), 'out of reach');
    await symlink(join(folder.path, 'outside.txt'), join(folder.path, 'page/link.txt'));
    await symlink(folder.path, join(folder.path, 'page/folder'));
    for (const path of ['/link.txt', '/folder/outside.txt', '/%2e%2e/outside.txt', '/assets/../../outside.txt']) {
      expect((await client.ask('GET', path)).text).toContain('request-token');
    }
  });

  test('answers HEAD without a body, and no other method', async () => {
    const { status, headers, text } = await client.ask('HEAD', '/');
    expect(status).toBe(200);
    expect(Number(headers['content-length'])).toBeGreaterThan(0);
    expect(text).toBe('');
    expect(await client.ask('POST', '/')).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
  });

  test('says which methods an address of the API answers', async () => {
    const { status, headers, text } = await client.ask('PATCH', '/api/playbooks/demo');
    expect([status, headers['allow']]).toEqual([405, 'GET, HEAD, PUT, DELETE']);
    expect((JSON.parse(text) as Refused).error).toBe('Only GET, HEAD, PUT, DELETE are answered here.');
  });

  test('says what to do where it has not been built', async () => {
    const unbuilt = await RunnerFolder.make();
    try {
      const { client: page } = await unbuilt.start();
      await rm(join(unbuilt.path, 'page'), { recursive: true });
      const { status, text } = await page.ask('GET', '/');
      expect(status).toBe(503);
      expect((JSON.parse(text) as Refused).error).toContain('npm run build');
      expect((await page.ask('GET', '/api/library')).status).toBe(200);
    } finally {
      await unbuilt.remove();
    }
  });
});

describe('the API', () => {
  test('tells of the module and its triggers', async () => {
    const library = await client.call<Library>(200, 'GET', '/api/library');
    expect(library).toMatchObject({ name: 'Microsoft 365 Message Trace', version: expect.stringMatching(/^\d+\./) });
    expect(library.triggers.map(({ trigger }) => trigger)).toEqual(['message_trace', 'message_trace_graph']);
  });

  test.each([
    ['GET', '/api', 404],
    ['GET', '/api/nothing', 404],
    ['GET', '/api/playbooks/nobody', 404],
    ['GET', '/api/playbooks/%E0%A4%A', 404],
    ['DELETE', '/api/live', 405],
    ['POST', '/api/playbooks/nobody/start', 404],
    ['GET', '/api/live?eventsAfter=-1', 400],
    ['GET', '/api\\live', 400],
    ['GET', 'http://[', 400],
  ])('answers %s %s with %d and what to do', async (method, path, status) => {
    const reply = await client.ask(method, path);
    expect(reply.status).toBe(status);
    expect((JSON.parse(reply.text) as Refused).error).toMatch(/[:.]/);
    expect(reply.headers['content-security-policy']).toBeDefined();
  });

  test.each([
    ['no JSON', '{', 400],
    ['no object', '[]', 400],
    ['no trigger', '{}', 400],
    ['a trigger that is not in the library', '{"trigger":"other"}', 422],
    ['an empty name', '{"trigger":"message_trace","name":" "}', 422],
    ['a name that is no text', '{"trigger":"message_trace","name":1}', 400],
    ['more than is read', `{"trigger":"${'x'.repeat(262_144)}"}`, 413],
  ])('refuses to add a playbook with %s', async (_, body, status) => {
    expect((await client.ask('POST', '/api/playbooks', { body })).status).toBe(status);
    expect((await client.ask('GET', '/api/live')).text).toContain('"playbooks":[]');
  });

  test.each([
    ['PATCH', '/api/tenant', []],
    ['PATCH', '/api/tenant', null],
    ['PUT', '/api/playbooks/x', { name: 'x', settings: [], secrets: {} }],
    ['PUT', '/api/playbooks/x', { name: 'x', settings: {}, secrets: { password: 1 } }],
    ['PUT', '/api/playbooks/x', { settings: {}, secrets: {} }],
  ])('refuses %s %s with a body of another shape: %j', async (method, path, body) => {
    const { error } = await client.call<Refused>(400, method, path, body);
    expect(error).toMatch(/^(The body|settings|name) is no |^A secret is no /);
  });

  test.each([
    [{ rowsPerHour: -1 }, 'rowsPerHour'],
    [{ rowsPerHour: 1e12 }, 'rowsPerHour'],
    [{ lateShare: '1' }, 'lateShare'],
    [{ faultShare: 1.01 }, 'faultShare'],
    [{ outage: 1 }, 'outage'],
    [{ constructor: 1 }, 'constructor'],
    ['{"__proto__":1}', '__proto__'],
  ])('refuses %j for the tenant, naming the field', async (body, setting) => {
    const refused = await client.call<Refused>(422, 'PATCH', '/api/tenant', body);
    expect(refused.problems).toEqual([{ setting, message: expect.any(String) }]);
  });

  test('changes some of how the tenant behaves, and leaves the rest', async () => {
    const changed = { rowsPerHour: 0, lateShare: 0.5, faultShare: 0, outage: true };
    expect(await client.call(200, 'PATCH', '/api/tenant', { rowsPerHour: 0, lateShare: 0.5, outage: true })).toEqual(
      changed,
    );
    expect((await client.call<{ tenant: object }>(200, 'GET', '/api/live')).tenant).toEqual(changed);
  });
});

test('names a playbook that cannot be read, leaves it alone, and opens the others', async () => {
  const damaged = await RunnerFolder.make();
  try {
    const first = await damaged.start();
    const ids: string[] = [];
    for (const name of ['One', 'Two']) {
      const { id } = await first.client.call<{ id: string }>(201, 'POST', '/api/playbooks', {
        trigger: 'message_trace',
        name,
      });
      ids.push(id);
    }
    await damaged.stop();
    const file = join(damaged.dataFolder, 'playbooks', ids[0] ?? '', 'playbook.json');
    await writeFile(file, '{"name": "One", ');
    await chmod(file, 0o600);
    const second = await damaged.start();
    expect(second.troubles).toEqual([expect.stringContaining(ids[0] ?? '')]);
    expect(second.runner.playbooks.all().map(({ name }) => name)).toEqual(['Two']);
    await expect(second.runner.playbooks.add({ trigger: 'message_trace', id: ids[0] ?? '' })).rejects.toThrow('EEXIST');
  } finally {
    await damaged.remove();
  }
});
