import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startDemo } from '../../src/start/run.js';
import type { PlaybookSettings } from '../../src/wire/playbook.js';
import { RunnerFolder, type StartedRunner } from '../support/started-runner.js';

const path = '/api/playbooks/demo';
const options = { frequency: undefined, faultShare: 0 };

let folder: RunnerFolder;
let started: StartedRunner;
beforeEach(async () => {
  folder = await RunnerFolder.make();
  started = await folder.start();
});
afterEach(() => folder.remove());

const showDemo = () => startDemo(started.runner.playbooks, options);

async function startAgain(): Promise<void> {
  await folder.stop();
  started = await folder.start();
}

test('the demo is made, filled in and started, at each start of the runner', async () => {
  expect(await showDemo()).toBe(true);
  await started.client.untilNoneIsMissing('demo');
  await startAgain();
  expect(await showDemo()).toBe(true);
  await started.client.untilNoneIsMissing('demo');
});

test.each([
  ['a tenant', { account_name: 'a@x.example', api_url: 'https://reports.example' }],
  ['an intake', { intake_server: 'https://intake.example' }],
])('a demo with %s of somebody’s own keeps its settings and secrets, and is not started', async (_, own) => {
  await showDemo();
  await started.client.call(202, 'POST', `${path}/stop`);
  await started.client.untilState('demo', 'ready-to-start');
  const { settings } = await started.client.call<PlaybookSettings>(200, 'GET', path);
  const secrets = { account_password: 'Sesame-1', intake_key: 'Sesame-2' };
  await started.client.call(200, 'PUT', path, { name: 'Mine', settings: { ...settings, ...own }, secrets });
  await startAgain();
  const before = started.runner.playbooks.get('demo').saved.stored;

  expect(await showDemo()).toBe(false);
  const demo = started.runner.playbooks.get('demo');
  expect(demo.saved.stored).toBe(before);
  expect(demo.saved.stored.stored.settings).toMatchObject(own);
  expect(demo.isStarted).toBe(false);
});
