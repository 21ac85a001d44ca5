import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EventDetail, Live } from '../../src/wire/live.js';
import type { PlaybookSettings, Refused } from '../../src/wire/playbook.js';
import type { PageClient } from '../support/page-client.js';
import { RunnerFolder } from '../support/started-runner.js';

let folder: RunnerFolder;
let client: PageClient;
beforeEach(async () => {
  folder = await RunnerFolder.make();
  ({ client } = await folder.start());
});
afterEach(() => folder.remove());

async function startOnTenant(): Promise<string> {
  const id = await client.addOnTenant();
  await client.call(202, 'POST', `/api/playbooks/${id}/start`);
  await client.untilState(id, 'running');
  return id;
}

describe('settings', () => {
  test('are refused with what is wrong with each, and nothing is changed then', async () => {
    const id = await client.add();
    const path = `/api/playbooks/${id}`;
    const refused = await client.call<Refused>(422, 'PUT', path, {
      name: '',
      settings: { frequency: 0, api_url: 'ftp://x', typo: 1, account_password: 'in the open' },
      secrets: { intake_key: 'key', start_time: 'x' },
    });
    const settings = refused.problems?.map(({ setting }) => setting);
    expect(new Set(settings)).toEqual(
      new Set(['name', 'typo', 'account_password', 'start_time', 'account_name', 'frequency', 'api_url']),
    );
    expect(await client.call(200, 'GET', path)).toMatchObject({
      name: 'Message Trace',
      settings: {},
      savedSecrets: [],
    });
    expect(await client.call<Refused>(422, 'POST', `${path}/start`)).toMatchObject({
      problems: [{ setting: 'account_name' }, { setting: 'account_password' }, { setting: 'intake_key' }],
    });
    expect((await client.call<Live>(200, 'GET', '/api/live')).playbooks).toMatchObject([
      { id, state: { name: 'configuration-issues' } },
    ]);
  });

  test('that are white space alone count as not filled in', async () => {
    const id = await client.add();
    const { problems } = await client.call<Refused>(422, 'PUT', `/api/playbooks/${id}`, {
      name: 'Blank',
      settings: { account_name: '  ' },
      secrets: { account_password: ' ', intake_key: '\t' },
    });
    expect(problems).toEqual(
      ['account_name', 'account_password', 'intake_key'].map((setting) => ({
        setting,
        message: 'Fill in this field.',
      })),
    );
  });

  test('with a secret of one letter leave the log readable', async () => {
    const id = await startOnTenant();
    await client.call(200, 'PUT', `/api/playbooks/${id}`, {
      ...(await client.call<PlaybookSettings>(200, 'GET', `/api/playbooks/${id}`)),
      secrets: { intake_key: 'e' },
    });
    await client.call(202, 'POST', `/api/playbooks/${id}/stop`);
    await client.until(id, ({ logs }) => logs.find(({ message }) => message.startsWith('Stopped')));
  });

  test('are kept without the secrets, which are replaced, forgotten or left as they are', async () => {
    const id = await client.add();
    const path = `/api/playbooks/${id}`;
    const settings = { account_name: 'a@x.example' };
    const put = (secrets: object, status = 200) =>
      client.call<PlaybookSettings>(status, 'PUT', path, { name: ' Mine ', settings, secrets });
    const saved = await put({ account_password: 'Sesame-1', intake_key: 'Sesame-2' });
    expect(saved).toEqual({
      id,
      name: 'Mine',
      trigger: 'message_trace',
      settings,
      savedSecrets: ['account_password', 'intake_key'],
      problems: [],
    });
    expect(await put({})).toEqual(saved);
    expect(await put({ account_password: 'Sesame-3' })).toEqual(saved);
    await put({ intake_key: null }, 422);
    await put({ intake_key: '' }, 422);
    expect(await client.call(200, 'GET', path)).toEqual(saved);

    const own = join(folder.dataFolder, 'playbooks', id);
    const mode = (file: string) => (statSync(join(own, file)).mode & 0o777).toString(8);
    expect(['.', 'playbook.json', 'secrets.json', 'state'].map(mode)).toEqual(['700', '600', '600', '700']);
    expect(statSync(folder.dataFolder).mode & 0o777).toBe(0o700);
    expect(readdirSync(own).sort()).toEqual(['playbook.json', 'secrets.json', 'state']);
    expect(readFileSync(join(own, 'playbook.json'), 'utf8')).not.toContain('Sesame');
    expect(JSON.parse(readFileSync(join(own, 'secrets.json'), 'utf8'))).toEqual({
      account_password: 'Sesame-3',
      intake_key: 'Sesame-2',
    });
    expect(client.responses.join('\n')).not.toContain('Sesame');
  });

  test('with another address need the secrets again that would go there, and no others', async () => {
    const id = await client.add();
    const path = `/api/playbooks/${id}`;
    const put = (status: number, settings: object, secrets: object = {}) =>
      client.call<Refused>(status, 'PUT', path, {
        name: 'Mine',
        settings: { account_name: 'a@x.example', ...settings },
        secrets,
      });
    const again = (setting: string) => [
      { setting, message: 'Type it again: it would go to another address than before.' },
    ];
    await put(200, {}, { account_password: 'Sesame-1', intake_key: 'Sesame-2' });
    for (const address of ['api_url', 'authority_url']) {
      const refused = await put(422, { [address]: 'https://elsewhere.example' });
      expect(refused.problems).toEqual(again('account_password'));
    }
    const toIntake = { intake_server: 'https://elsewhere.example' };
    expect((await put(422, toIntake, { account_password: 'Sesame-3' })).problems).toEqual(again('intake_key'));
    await put(200, toIntake, { intake_key: 'Sesame-4' });
    await put(200, { ...toIntake, frequency: 7 });
    const elsewhere = { ...toIntake, api_url: 'https://elsewhere.example' };
    await put(200, elsewhere, { account_password: 'Sesame-5' });
    expect((await put(422, {})).problems?.map(({ setting }) => setting)).toEqual(['account_password', 'intake_key']);
  });

  test.each(['message_trace', 'message_trace_graph'])(
    'of %s are filled in with the simulated tenant',
    async (trigger) => {
      const id = await client.add(trigger);
      const path = `/api/playbooks/${id}`;
      const filledIn = await client.call<PlaybookSettings>(200, 'POST', `${path}/simulated-tenant`);
      expect(filledIn).toMatchObject({ problems: [], settings: { frequency: 5 } });
      expect(filledIn.savedSecrets).toContain('intake_key');
      expect(client.responses.join('\n')).not.toMatch(/the-(tenants|clients)-own/);
      const usesTenant = async () =>
        (await client.call<Live>(200, 'GET', '/api/live')).playbooks[0]?.usesSimulatedTenant;
      const change = (settings: object, secrets = {}) =>
        client.call(200, 'PUT', path, { name: 'x', settings: { ...filledIn.settings, ...settings }, secrets });
      await change({ frequency: 7 });
      expect(await usesTenant()).toBe(true);
      expect(await client.call(200, 'POST', `${path}/simulated-tenant`)).toMatchObject({ settings: { frequency: 7 } });
      const typedAgain = filledIn.savedSecrets.map((name) => [name, 'typed again']);
      await change({ api_url: 'https://reports.example' }, Object.fromEntries(typedAgain) as Record<string, string>);
      expect(await usesTenant()).toBe(false);
    },
  );
});

describe('a started playbook', () => {
  test('shows events, logs and the audit, and each event in full', async () => {
    const id = await startOnTenant();
    const [first] = await client.until(id, ({ events }) => (events.length > 200 ? events : undefined));
    expect(first).toMatchObject({ number: 1, from: 'sender@example.corp', status: 'Delivered', outcome: 'success' });
    const detail = await client.call<EventDetail>(200, 'GET', `/api/playbooks/${id}/events/1`);
    expect(detail.normalised).toEqual({ event: { outcome: 'success' } });
    expect(detail.raw).toMatchObject({ Subject: 'Hello' });
    expect(JSON.parse(detail.text)).toEqual({ ...detail.normalised, ...detail.raw });
    await client.call(404, 'GET', `/api/playbooks/${id}/events/999999`);
    await client.untilNoneIsMissing(id);
    await client.until(id, ({ samples }) => samples[0]);
    const { playbook, playbooks } = await client.call<Live>(200, 'GET', `/api/live?playbook=${id}&eventsAfter=100`);
    expect(playbook?.events[0]?.number).toBe(101);
    expect(playbook?.overview).toMatchObject({
      lagSeconds: 1,
      health: { healthy: true, reasons: [] },
      passes: [{ readsAtAgeSeconds: 0 }],
      audit: { repeated: 0, unknown: 0, unreadable: 0 },
      intake: 'own',
      quota: null,
    });
    expect(playbook?.overview.totals.delivered).toBeGreaterThan(200);
    const logged = playbook?.logs.filter(({ message }) => message === 'Collecting begins.');
    expect(logged).toMatchObject([{ origin: 'module', level: 'info' }]);
    expect(playbook?.logs).toContainEqual(
      expect.objectContaining({ origin: 'runner', message: expect.stringMatching(/^Started/) }),
    );
    expect(playbooks[0]).toMatchObject({
      state: { name: 'running' },
      restarts: 0,
      startedAtMs: expect.any(Number),
      complaint: null,
      needsRestart: false,
    });
  });

  test('loses and repeats nothing when tenant and intake fail, go away and come back', async () => {
    const id = await startOnTenant();
    await client.untilNoneIsMissing(id);
    const intake = `/api/playbooks/${id}/intake`;
    await client.call(200, 'PATCH', '/api/tenant', { faultShare: 0.3 });
    expect(await client.call(200, 'PATCH', intake, { faultShare: 0.3 })).toEqual({ faultShare: 0.3, outage: false });
    await client.call(422, 'PATCH', intake, { faultShare: 2 });
    await client.call(200, 'PATCH', intake, { outage: true });
    const { oldestMissingSeconds, missingSamples } = await client.until(id, ({ overview: { audit } }) =>
      audit && audit.missing > 5 ? audit : undefined,
    );
    expect(oldestMissingSeconds).toBeGreaterThan(0);
    expect(missingSamples[0]).toMatch(/@example\.corp Delivered$/);
    await client.call(200, 'PATCH', '/api/tenant', { outage: true });
    await client.call(200, 'PATCH', intake, { outage: false });
    await client.call(200, 'PATCH', '/api/tenant', { outage: false, faultShare: 0, rowsPerHour: 0 });
    await client.untilNoneIsMissing(id);
    const { audit, totals } = await client.until(id, ({ overview }) => overview);
    expect(audit).toMatchObject({ repeated: 0, unknown: 0, delivered: totals.delivered });
  });

  test('is started again when its process is killed, and its counts go on', async () => {
    const id = await startOnTenant();
    const before = await client.until(id, ({ overview: { totals } }) => (totals.rowsRead > 0 ? totals : undefined));
    await client.call(202, 'POST', `/api/playbooks/${id}/kill`);
    await client.untilState(id, 'trigger-crashed');
    await client.call(409, 'POST', `/api/playbooks/${id}/kill`);
    const restarted = await client.until(id, ({ overview, logs }, { playbooks: [playbook] }) =>
      playbook?.restarts === 1 && playbook.state.name === 'running' ? { overview, logs } : undefined,
    );
    expect(restarted.overview.totals.rowsRead).toBeGreaterThanOrEqual(before.rowsRead);
    expect(restarted.logs).toContainEqual(
      expect.objectContaining({
        origin: 'runner',
        level: 'error',
        message: 'The trigger ended (signal SIGKILL); it starts again in 2 s.',
      }),
    );
  });

  test('can be stopped while it waits to start again', async () => {
    const id = await startOnTenant();
    await client.call(202, 'POST', `/api/playbooks/${id}/kill`);
    await client.untilState(id, 'trigger-crashed');
    await client.call(202, 'POST', `/api/playbooks/${id}/stop`);
    await client.untilState(id, 'ready-to-start');
  });

  test('goes on with its settings when others are saved, and is neither started twice nor deleted', async () => {
    const id = await startOnTenant();
    const path = `/api/playbooks/${id}`;
    const { settings } = await client.call<PlaybookSettings>(200, 'GET', path);
    const other = { ...settings, intake_server: 'https://intake.example' };
    await client.call(200, 'PUT', path, { name: 'Changed', settings: other, secrets: { intake_key: 'another' } });
    const { playbook, playbooks } = await client.call<Live>(200, 'GET', `/api/live?playbook=${id}`);
    expect(playbook?.overview.intake).toBe('own');
    expect(playbooks).toMatchObject([{ name: 'Changed', needsRestart: true }]);
    await client.call(409, 'POST', `${path}/start`);
    await client.call(409, 'DELETE', path);
    await client.call(202, 'POST', `${path}/stop`);
    await client.untilState(id, 'ready-to-start');
    await client.call(409, 'POST', `${path}/stop`);
    expect((await client.call<Live>(200, 'GET', `/api/live?playbook=${id}`)).playbook?.overview.intake).toEqual({
      address: 'https://intake.example',
    });
    await client.call(204, 'DELETE', path);
    expect(readdirSync(join(folder.dataFolder, 'playbooks'))).toEqual([]);
  });

  test('must read all that came while it was stopped', async () => {
    const id = await startOnTenant();
    await client.untilNoneIsMissing(id);
    await client.call(202, 'POST', `/api/playbooks/${id}/stop`);
    await client.untilState(id, 'ready-to-start');
    await client.until(id, ({ overview: { audit } }) => (audit && audit.missing > 5 ? audit : undefined));
    await client.call(202, 'POST', `/api/playbooks/${id}/start`);
    await client.untilNoneIsMissing(id);
  });
});

test('everything is still there when the runner is started again, and the new tenant is filled in', async () => {
  const id = await startOnTenant();
  await client.untilNoneIsMissing(id);
  const path = `/api/playbooks/${id}`;
  const before = await client.call<PlaybookSettings>(200, 'GET', path);
  await folder.stop();

  ({ client } = await folder.start());
  const after = await client.call<PlaybookSettings>(200, 'GET', path);
  expect(after).toEqual({ ...before, settings: { ...before.settings, api_url: expect.any(String) } });
  expect(after.settings['api_url']).not.toBe(before.settings['api_url']);
  const { playbooks } = await client.call<Live>(200, 'GET', '/api/live');
  expect(playbooks).toMatchObject([{ id, state: { name: 'ready-to-start' }, usesSimulatedTenant: true }]);
  await client.call(202, 'POST', `${path}/start`);
  await client.untilNoneIsMissing(id);
  const { unknown } = await client.until(id, ({ overview }) => overview.audit ?? undefined);
  expect(unknown).toBe(0);
});

test('changes that are sent at the same time are all made', async () => {
  const id = await client.add();
  const path = `/api/playbooks/${id}`;
  await client.call(200, 'POST', `${path}/simulated-tenant`);
  const { settings } = await client.call<PlaybookSettings>(200, 'GET', path);
  const put = (secrets: object) => client.call(200, 'PUT', path, { name: 'x', settings, secrets });
  await Promise.all([put({ account_password: 'one' }), put({ intake_key: 'two' })]);
  const stored = readFileSync(join(folder.dataFolder, 'playbooks', id, 'secrets.json'), 'utf8');
  expect(JSON.parse(stored)).toEqual({ account_password: 'one', intake_key: 'two' });
});

test('files that somebody has changed show no secret', async () => {
  const [open, damaged] = [await client.add(), await client.add()];
  await folder.stop();
  const file = (...path: string[]) => join(folder.dataFolder, 'playbooks', ...path);
  const stored = JSON.parse(readFileSync(file(open, 'playbook.json'), 'utf8')) as object;
  const settings = { account_name: 'a@x.example', account_password: 'Sesame' };
  writeFileSync(file(open, 'playbook.json'), JSON.stringify({ ...stored, settings }));
  writeFileSync(file(damaged, 'secrets.json'), '{"account_password": Sesame}');
  writeFileSync(file('.DS_Store'), '');

  const { client: other, troubles } = await folder.start();
  expect(troubles).toEqual([expect.stringContaining(`${damaged} cannot be read (TypeError: secrets.json is no JSON)`)]);
  expect(await other.call(200, 'GET', `/api/playbooks/${open}`)).toMatchObject({
    settings: { account_name: 'a@x.example' },
    savedSecrets: ['account_password'],
  });
  expect([...other.responses, ...troubles].join('\n')).not.toContain('Sesame');
});

test('a password that was typed is in no answer, no log, and nothing that other programs see of the processes', async () => {
  const id = await client.add();
  const path = `/api/playbooks/${id}`;
  await client.call(200, 'POST', `${path}/simulated-tenant`);
  const { settings } = await client.call<PlaybookSettings>(200, 'GET', path);
  const password = 'Correct-Horse"7\\\nBattery-Staple';
  await client.call(200, 'PUT', path, { name: 'Typed', settings, secrets: { account_password: password } });
  await client.call(202, 'POST', `${path}/start`);
  const shown = await client.until(id, ({ logs }) => logs.find(({ message }) => message.startsWith('configuration')));
  expect(shown.message).toContain('•••');
  await client.untilNoneIsMissing(id);

  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const seen = processes.map((pid) => readOrNothing(`/proc/${pid}/cmdline`) + readOrNothing(`/proc/${pid}/environ`));
  expect(seen.some((text) => text.includes('collector.mjs'))).toBe(true);
  const everything = [...client.responses, ...seen].join('\n');
  expect(everything).not.toMatch(/Correct-Horse|Battery-Staple/);
});

function readOrNothing(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
