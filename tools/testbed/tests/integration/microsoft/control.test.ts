import { request as httpRequest, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { selfSignedCertificate, type Simulator } from '../../../src/index.js';
import { get, hourMs, nowMs, rangeFilter, readPage, traceUrl, withSimulator } from '../../support/client.js';
import { bearer } from '../../support/token-client.js';

const query = { $format: 'json', $filter: rangeFilter(nowMs - hourMs, nowMs) };

function send(simulator: Simulator, method: string, page: string, body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return fetch(`${simulator.origin}/simulator/${page}`, { method, headers, body: JSON.stringify(body) });
}

async function httpErrorOf(response: Response): Promise<string> {
  expect(response.status).toBe(400);
  return ((await response.json()) as { error: string }).error;
}

test('status tells of the world, the requests, the faults and the options, but no password', async () => {
  await withSimulator({}, async (simulator) => {
    simulator.world.add({ rows: 20, from: nowMs - hourMs, to: nowMs });
    simulator.server.faults.failNext('http-410', Infinity, { page: 'later' });
    await readPage(traceUrl(simulator, query));
    const text = await (await fetch(`${simulator.origin}/simulator/status`)).text();
    expect(JSON.parse(text)).toMatchObject({
      nowMs,
      world: { organization: 'examplecorp.onmicrosoft.com', rows: 20, received: simulator.world.bounds },
      requests: { requests: 1, rows: 20, byResult: { page: 1 } },
      faults: { random: { share: 0 }, scripted: [{ kind: 'http-410', times: 'always', match: { page: 'later' } }] },
      options: { pageRows: 2000, accountName: 'trace.reader@example.corp' },
    });
    expect(text).not.toContain(simulator.server.options.accountPassword);
  });
});

describe.each([
  ['graph', 'graph', { pageRows: 5, quotaRequests: 7, servicePrincipalFromMs: null, servicePrincipalError: 403 }],
  ['token-service', 'tokenService', { tokenLifetimeSeconds: 60, permissions: [], publicClientFlows: false }],
] as const)('the pages under %s', (folder, name, changed) => {
  test('change its options, and tell of them and of its requests, but no secret', async () => {
    await withSimulator({}, async (simulator) => {
      await bearer(simulator);
      const response = await send(simulator, 'PATCH', `${folder}/options`, changed);
      const text = await response.text();
      expect(JSON.parse(text)).toMatchObject({
        requests: { requests: 0 },
        graph: { requests: { requests: 0 } },
        tokenService: { requests: { requests: 1, byResult: { token: 1 } }, options: { clientSecret: '***' } },
        [name]: { options: changed },
      });
      expect(simulator[name].options).toMatchObject(changed);
      expect(text).not.toContain(simulator.tokenService.options.clientSecret);
    });
  });

  test('script, spread and clear its faults, and no others', async () => {
    await withSimulator({}, async (simulator) => {
      const { faults } = simulator[name];
      await send(simulator, 'POST', `${folder}/faults`, { next: { kind: 'http-503', times: 'always' } });
      expect(faults.scripted).toMatchObject([{ kind: 'http-503', times: Infinity }]);
      expect(simulator.server.faults.scripted).toEqual([]);
      await send(simulator, 'POST', `${folder}/faults`, { random: { share: 0.5, kinds: ['http-429'] } });
      expect(faults.random).toEqual({ share: 0.5, kinds: ['http-429'] });
      await send(simulator, 'POST', `${folder}/faults`, { clear: true });
      expect([faults.scripted, faults.random.share]).toEqual([[], 0]);
    });
  });
});

test.each([
  ['graph/options', { servicePrincipalError: 404 }, 'servicePrincipalError must be 401 or 403, but is 404.'],
  ['graph/options', { servicePrincipalFromMs: 'soon' }, 'servicePrincipalFromMs must be a time such as'],
  ['graph/options', { quotaRequests: -1 }, 'quotaRequests must be a whole number of at least 0, but is -1.'],
  ['graph/options', { historyDays: null }, 'historyDays must be a number of at least 0, but is null.'],
  ['token-service/options', { certificates: ['x'] }, 'certificates[0] must be a certificate as PEM, but is "x".'],
  ['token-service/options', { accountName: 'x' }, 'accountName is not known here; The options may have tenantId, '],
  ['graph/faults', { next: { kind: 'aadsts-50126' } }, 'kind must be one of http-500, '],
  ['token-service/faults', { next: { kind: 'dead-link-404' } }, 'kind must be one of http-500, '],
])('nonsense for %s is refused: %j', async (page, nonsense, text) => {
  await withSimulator({}, async (simulator) => {
    const before = [{ ...simulator.graph.options }, { ...simulator.tokenService.options }];
    const method = page.endsWith('options') ? 'PATCH' : 'POST';
    expect(await httpErrorOf(await send(simulator, method, page, nonsense))).toContain(text);
    expect([simulator.graph.options, simulator.tokenService.options]).toEqual(before);
  });
});

test('a certificate that is handed over is the one that a statement may be signed with', async () => {
  await withSimulator({}, async (simulator) => {
    const { certificate } = selfSignedCertificate('collector', 'rsa');
    await send(simulator, 'PATCH', 'token-service/options', { certificates: [certificate] });
    expect(simulator.tokenService.options.certificates).toEqual([certificate]);
  });
});

describe('options', () => {
  test('change what is answered next', async () => {
    await withSimulator({}, async (simulator) => {
      simulator.world.add({ rows: 20, from: nowMs - hourMs, to: nowMs });
      const changed = { pageRows: 5, maxRangeDays: null, foreignOrigin: 'http://127.0.0.1:1' };
      const response = await send(simulator, 'PATCH', 'options', changed);
      expect(await response.json()).toMatchObject({ options: changed });
      expect((await readPage(traceUrl(simulator, query))).rows).toHaveLength(5);
    });
  });

  test.each([
    [{ pageRows: 0 }, 'pageRows must be a whole number of at least 1, but is 0.'],
    [{ paging: 'guess' }, 'paging must be one of link, relative-link, skiptoken, but is "guess".'],
    [{ stablePages: 'yes' }, 'stablePages must be true or false, but is "yes".'],
    [{ maxRangeDays: 'none' }, 'maxRangeDays must be a number of at least 0, or null, but is "none".'],
    [{ accountName: '' }, 'accountName must be a text, but is "".'],
    [{ signInOrigin: 'login' }, 'signInOrigin must be an origin such as https://login.microsoftonline.com'],
    [{ now: 1 }, 'now is not known here; The options may have pageRows, '],
    [[], 'The options must be an object, but is [].'],
  ])('that make no sense are refused whole: %j', async (nonsense, text) => {
    await withSimulator({}, async (simulator) => {
      const before = { ...simulator.server.options };
      const response = await send(
        simulator,
        'PATCH',
        'options',
        Array.isArray(nonsense) ? [] : { latencyMs: 1, ...nonsense },
      );
      expect(await httpErrorOf(response)).toContain(text);
      expect(simulator.server.options).toEqual(before);
    });
  });
});

describe('faults', () => {
  test('are scripted, set to a share, and cleared', async () => {
    await withSimulator({}, async (simulator) => {
      await send(simulator, 'POST', 'faults', { next: { kind: 'http-503', times: 2, page: 'first' } });
      await send(simulator, 'POST', 'faults', { random: { share: 1, kinds: ['http-429'] } });
      const statuses = [];
      for (let at = 0; at < 3; at++) statuses.push((await get(traceUrl(simulator, query))).status);
      expect(statuses).toEqual([503, 503, 429]);
      await send(simulator, 'POST', 'faults', { next: { kind: 'http-500', times: 'always' } });
      expect((await get(traceUrl(simulator, query))).status).toBe(500);
      await send(simulator, 'POST', 'faults', { clear: true });
      expect((await get(traceUrl(simulator, query))).status).toBe(200);
    });
  });

  test.each([
    [{ next: { kind: 'http-418' } }, 'kind must be one of http-500, '],
    [{ next: {} }, 'next needs kind.'],
    [{ next: { kind: 'http-500', times: 0 } }, 'times must be a whole number of at least 1, or "always", but is 0.'],
    [{ next: { kind: 'http-500', page: 'last' } }, 'page must be a page from 1, "first" or "later", but is "last".'],
    [{ random: { share: 2, kinds: [] } }, 'share must be a number from 0 to 1, but is 2.'],
    [{ random: { share: 1, kinds: [] } }, 'kinds must name at least one kind of fault.'],
    [{ random: { share: 1, kinds: ['http-500', 'x'] } }, 'kinds[1] must be one of'],
  ])('that make no sense are refused: %j', async (nonsense, text) => {
    await withSimulator({}, async (simulator) => {
      expect(await httpErrorOf(await send(simulator, 'POST', 'faults', nonsense))).toContain(text);
    });
  });
});

describe('mail', () => {
  test('is added, goes on arriving, and stops', async () => {
    let at = nowMs;
    await withSimulator({ now: () => at }, async (simulator) => {
      const [from, to] = [new Date(nowMs - hourMs).toISOString(), nowMs];
      await send(simulator, 'POST', 'mail', { add: { rows: 30, from, to, lateShare: 1, lateSeconds: [10, 20] } });
      expect(Array.from(simulator.world.history(nowMs + 20_000))).toHaveLength(30);
      await send(simulator, 'POST', 'mail', { live: { rowsPerHour: 1_000, from: nowMs } });
      at += hourMs;
      await readPage(traceUrl(simulator, query));
      const arrived = simulator.world.count;
      expect(arrived).toBeGreaterThan(500);
      await send(simulator, 'POST', 'mail', { stopLive: true });
      at += hourMs;
      await readPage(traceUrl(simulator, query));
      expect(simulator.world.count).toBe(arrived);
    });
  });

  test.each([
    [{ add: { rows: 5 } }, 'add needs from and to.'],
    [{ add: { rows: 5, from: '2022-07-25', to: 1 } }, 'from must be a time such as'],
    [{ add: { rows: 5, from: 2, to: 1 } }, 'to must be later than from'],
    [{ add: { rows: 5, from: 1, to: 2, lateSeconds: [1] } }, 'lateSeconds must be two numbers'],
    [{ live: { rowsPerHour: 0, from: 1 } }, 'rowsPerHour must be more than 0'],
    [{ letters: 5 }, 'letters is not known here'],
  ])('that makes no sense is refused: %j', async (nonsense, text) => {
    await withSimulator({}, async (simulator) => {
      expect(await httpErrorOf(await send(simulator, 'POST', 'mail', nonsense))).toContain(text);
      expect(simulator.world.count).toBe(0);
    });
  });
});

describe('rows', () => {
  const readAudit = async (simulator: Simulator, parameters = ''): Promise<unknown[]> => {
    const response = await fetch(`${simulator.origin}/simulator/rows${parameters}`);
    const lines = (await response.text()).split('\n');
    expect(lines.pop()).toBe('');
    return lines.map((line) => JSON.parse(line) as unknown);
  };

  test('have a line for each visible row, with every status that it has shown', async () => {
    await withSimulator({}, async (simulator) => {
      simulator.world.add({ rows: 1_234, from: nowMs - hourMs, to: nowMs, lateShare: 0.5, changingShare: 0.5 });
      const later = nowMs + 2 * hourMs;
      expect(await readAudit(simulator)).toEqual(Array.from(simulator.world.describedHistory(nowMs)));
      expect(await readAudit(simulator, `?until=${later}`)).toHaveLength(1_234);
      expect(await readAudit(simulator, `?until=${new Date(later).toISOString()}`)).toHaveLength(1_234);
    });
  });

  test('are empty for an empty world, and refuse a time that is none', async () => {
    await withSimulator({}, async (simulator) => {
      expect(await readAudit(simulator)).toEqual([]);
      expect(await httpErrorOf(await fetch(`${simulator.origin}/simulator/rows?until=noon`))).toContain(
        'until must be',
      );
    });
  });
});

describe('access', () => {
  test('needs JSON that says so', async () => {
    await withSimulator({}, async (simulator) => {
      const url = `${simulator.origin}/simulator/faults`;
      const plain = await fetch(url, { method: 'POST', body: '{"clear":true}' });
      expect(await httpErrorOf(plain)).toContain('Content-Type: application/json');
      const headers = { 'content-type': 'application/json' };
      expect(await httpErrorOf(await fetch(url, { method: 'POST', headers, body: '{' }))).toContain('no valid JSON');
      const body = JSON.stringify({ clear: 'x'.repeat(70_000) });
      expect(await httpErrorOf(await fetch(url, { method: 'POST', headers, body }))).toContain('not be longer');
    });
  });

  test('needs the name of this machine, so that no other site is taken for it', async () => {
    await withSimulator({}, async (simulator) => {
      const headers = { host: 'rebound.example' };
      const request = httpRequest(`${simulator.origin}/simulator/status`, { headers, agent: false }).end();
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      expect(response.statusCode).toBe(403);
      response.resume();
    });
  });

  test('to a page that is none is told which there are', async () => {
    await withSimulator({}, async (simulator) => {
      const response = await fetch(`${simulator.origin}/simulator/elsewhere`);
      expect(response.status).toBe(404);
      expect(await response.text()).toContain('GET rows');
    });
  });
});
