import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { PlaybookSettings } from '../../tools/playbook-runner/src/wire/playbook.js';
import { findBuiltFiles } from '../../tools/playbook-runner/src/start/command-line.js';
import type { PageClient } from '../../tools/playbook-runner/tests/support/page-client.js';
import { RunnerFolder } from '../../tools/playbook-runner/tests/support/started-runner.js';

const repository = fileURLToPath(new URL('../../', import.meta.url));

describe.each(['message_trace', 'message_trace_graph'])('the local runner with the real module: %s', (trigger) => {
  let folder: RunnerFolder;
  let client: PageClient;
  let id: string;
  beforeAll(async () => {
    const { module, simulator } = findBuiltFiles(repository);
    folder = await RunnerFolder.make({ module, simulator }, { rate: 7200 });
    ({ client } = await folder.start());
    id = await client.add(trigger);
  });
  afterAll(() => folder.remove());

  test('adds, starts and shows it', async () => {
    await client.call(422, 'POST', `/api/playbooks/${id}/start`);
    const { settings } = await client.call<PlaybookSettings>(200, 'POST', `/api/playbooks/${id}/simulated-tenant`);
    const change = { name: 'Real', settings: { ...settings, frequency: 1 }, secrets: {} };
    await client.call(200, 'PUT', `/api/playbooks/${id}`, change);
    await client.call(202, 'POST', `/api/playbooks/${id}/start`);
    await client.untilState(id, 'running');
    await client.untilNoneIsMissing(id);
    const overview = await client.until(id, ({ overview: seen }) =>
      seen.passes.length > 1 && seen.totals.delivered > 100 && seen.passes[0]?.lastRead ? seen : undefined,
    );
    expect(overview).toMatchObject({
      health: { healthy: true, reasons: [] },
      audit: { repeated: 0, unknown: 0, unreadable: 0 },
      totals: { rejected: 0, gapSeconds: 0 },
    });
    expect(overview.quota === null).toBe(trigger === 'message_trace');
    const { logs } = await client.until(id, (playbook) =>
      playbook.logs.some(({ origin }) => origin === 'module') ? playbook : undefined,
    );
    const messages = logs.filter(({ origin }) => origin !== 'runner').map(({ message }) => message);
    expect(messages).toEqual([...new Set(messages)]);
  });

  test('delivers everything after faults and outages of both sides, and nothing twice', async () => {
    const intake = `/api/playbooks/${id}/intake`;
    await client.call(200, 'PATCH', '/api/tenant', { faultShare: 0.2 });
    await client.call(200, 'PATCH', intake, { faultShare: 0.2, outage: true });
    await client.until(id, ({ overview: { audit } }) => (audit && audit.missing > 3 ? audit : undefined));
    await client.call(200, 'PATCH', intake, { faultShare: 0, outage: false });
    await client.call(200, 'PATCH', '/api/tenant', { outage: true });
    await client.call(200, 'PATCH', '/api/tenant', { outage: false, faultShare: 0, lateShare: 0 });
    await client.untilNoneIsMissing(id);
    const { repeated, unknown } = await client.until(id, ({ overview }) => overview.audit ?? undefined);
    expect({ repeated, unknown }).toEqual({ repeated: 0, unknown: 0 });
  });

  test('goes on after its process was killed, and after the runner was started again', async () => {
    await client.call(202, 'POST', `/api/playbooks/${id}/kill`);
    await client.until(id, (_, { playbooks: [playbook] }) =>
      playbook?.restarts === 1 && playbook.state.name === 'running' ? playbook : undefined,
    );
    await client.untilNoneIsMissing(id);
    await folder.stop();
    ({ client } = await folder.start());
    await client.call(202, 'POST', `/api/playbooks/${id}/start`);
    await client.untilNoneIsMissing(id);
    await client.call(202, 'POST', `/api/playbooks/${id}/stop`);
    await client.untilState(id, 'ready-to-start');
    const stopped = await client.until(id, ({ logs }) => logs.findLast(({ message }) => message.startsWith('Stopped')));
    expect(stopped.message).toMatch(/^Stopped \(exit code 0, \d\.\d s\)\.$/);
    expect(existsSync(folder.dataFolder)).toBe(true);
  });

  test('misses no row that the rules of its filters keep back, and shows how many those are', async () => {
    const path = `/api/playbooks/${id}`;
    const { name, settings } = await client.call<PlaybookSettings>(200, 'GET', path);
    const rules = { do_not_send: ['sender: *@newsletter.example', 'direction: internal'], send_only: ['subject: *e*'] };
    const change = { name, settings: { ...settings, ...rules, internal_domains: ['example.corp'] }, secrets: {} };
    await client.call(200, 'PUT', path, change);
    await client.call(202, 'POST', `${path}/start`);
    const { totals } = await client.until(id, ({ overview }) => (overview.totals.filtered > 3 ? overview : undefined));
    expect(totals.filtered).toBeLessThan(totals.rowsRead);
    await client.untilNoneIsMissing(id);
    const { repeated, unknown, filtered } = await client.until(id, ({ overview }) => overview.audit ?? undefined);
    expect({ repeated, unknown }).toEqual({ repeated: 0, unknown: 0 });
    expect(filtered).toBeGreaterThan(3);
  });
});
