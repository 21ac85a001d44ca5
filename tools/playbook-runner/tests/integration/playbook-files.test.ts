import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { PlaybookStore } from '../../src/playbooks/playbook-store.js';
import { UsageError } from '../../src/start/command-line.js';
import type { Live } from '../../src/wire/live.js';
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

const playbooks = () => join(folder.dataFolder, 'playbooks');
const listed = async (page = client) =>
  (await page.call<Live>(200, 'GET', '/api/live')).playbooks.map(({ id, state }) => [id, state.name]);

test('a playbook that cannot be written is named at the start and left alone, and the others are opened', async () => {
  const [broken, sound] = [await client.addOnTenant(), await client.addOnTenant()];
  await folder.stop();
  mkdirSync(join(playbooks(), broken, 'secrets.json.new'));

  const { client: page, troubles } = await folder.start();
  expect(troubles).toEqual([
    expect.stringMatching(`The playbook ${broken} cannot .*EISDIR.*: mend its files or delete`),
  ]);
  expect(await listed(page)).toEqual([[sound, 'ready-to-start']]);
  expect(readdirSync(playbooks()).sort()).toEqual([broken, sound].sort());
});

test('playbooks of one trigger have names that differ', async () => {
  for (let added = 0; added < 3; added += 1) await client.addOnTenant();
  const { playbooks: all } = await client.call<Live>(200, 'GET', '/api/live');
  expect(all.map(({ name }) => name)).toEqual(['Message Trace', 'Message Trace 2', 'Message Trace 3']);
});

test('a playbook that cannot be written when it is added leaves nothing behind', async () => {
  const store = await PlaybookStore.open(folder.dataFolder);
  const stored = { name: 'Mine', trigger: 'message_trace', settings: {}, usesSimulatedTenant: false, addedAtMs: 0 };
  const unwritable = { ...stored, settings: { frequency: 5n } };
  await expect(store.add({ id: 'mine', stored: unwritable, secrets: {} })).rejects.toThrow(TypeError);
  expect(readdirSync(playbooks())).toEqual([]);
  await store.add({ id: 'mine', stored, secrets: {} });
  expect((await store.readAll()).playbooks).toEqual([{ id: 'mine', stored, secrets: {} }]);
});

test('a data folder in which no playbooks can be kept is refused with what to do', async () => {
  const other = await RunnerFolder.make();
  try {
    mkdirSync(other.dataFolder);
    writeFileSync(join(other.dataFolder, 'playbooks'), 'a file');
    const refused = await other.start().catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(UsageError);
    expect(String(refused)).toMatch(/cannot be used .*EEXIST.*--data/);
  } finally {
    await other.remove();
  }
});

describe('a playbook that is being deleted', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  test('is neither started, changed nor deleted again, and is in the list until its files have gone', async () => {
    const id = await client.addOnTenant();
    const path = `/api/playbooks/${id}`;
    const { name, settings } = await client.call<PlaybookSettings>(200, 'GET', path);
    let goOn: () => void = () => undefined;
    const removing = new Promise<void>((begins) => {
      jest.spyOn(PlaybookStore.prototype, 'remove').mockImplementationOnce(() => {
        begins();
        return new Promise((resolve) => {
          goOn = resolve;
        });
      });
    });
    const deleted = client.call(204, 'DELETE', path);
    await removing;
    await client.call(409, 'POST', `${path}/start`);
    await client.call(409, 'POST', `${path}/simulated-tenant`);
    await client.call(409, 'PUT', path, { name, settings, secrets: {} });
    await client.call(409, 'DELETE', path);
    expect(await listed()).toEqual([[id, 'ready-to-start']]);
    goOn();
    await deleted;
    expect(await listed()).toEqual([]);
  });

  test('stays where its files cannot be removed, which is answered with what to do, and can be deleted later', async () => {
    const id = await client.addOnTenant();
    const path = `/api/playbooks/${id}`;
    jest.spyOn(PlaybookStore.prototype, 'remove').mockRejectedValueOnce(new Error('EBUSY: resource busy'));
    const { error } = await client.call<Refused>(409, 'DELETE', path);
    expect(error).toMatch(/EBUSY.*delete the playbook again/);
    expect(await listed()).toEqual([[id, 'ready-to-start']]);
    await client.call(204, 'DELETE', path);
    expect(await listed()).toEqual([]);
    expect(readdirSync(playbooks())).toEqual([]);
  });
});
