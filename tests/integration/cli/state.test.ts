import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Intake, type Simulator, startIntake, startSimulator } from '@local/testbed';
import { DataFolder } from '../../../packages/automation-sdk-shim/src/data/folder/data-folder.js';
import { Log } from '../../../packages/automation-sdk-shim/src/log/log.js';
import { SECRETS } from '../../../packages/automation-sdk-shim/src/log/redactor.js';
import { S3Server } from '../../../packages/automation-sdk-shim/tests/support/s3-server.js';
import { applicationEnv, type Ended, runCommand, startCommand } from '../../support/command-line.js';
import { rejectedIn } from '../../support/dead-letters.js';
import { application, intakeKey } from '../../support/sign-in-scenarios.js';

let simulator: Simulator;
let intake: Intake;
let folder: string;

beforeEach(async () => {
  simulator = await startSimulator({ tokenService: application });
  intake = await startIntake({ intakeKey, keep: 'all' });
  folder = await mkdtemp(join(tmpdir(), 'cli-state-'));
});
afterEach(async () => {
  await Promise.all([simulator.close(), intake.close()]);
  await rm(folder, { recursive: true, force: true });
});

const environment = () => ({
  ...applicationEnv(simulator),
  MESSAGE_TRACE_INTAKE_KEY: intakeKey,
  MESSAGE_TRACE_INTAKE_SERVER: intake.url,
  MESSAGE_TRACE_CHUNK_SIZE: '100',
  DATA_STORAGE: folder,
});

const show = (...args: string[]) => runCommand(['state', 'show', ...args], { env: { DATA_STORAGE: folder } });
const replay = (env = {}) => runCommand(['state', 'replay-dead-letters'], { env: { ...environment(), ...env } });

const row = (number: number) => ({
  id: `6842b0ac-1cb9-4945-1f16-${String(number).padStart(12, '0')}`,
  receivedDateTime: '2026-11-28T09:00:00Z',
  senderAddress: 'alice@example.com',
  recipientAddress: `bob${number}@example.com`,
  subject: 'Invoice',
  status: 'delivered',
});

async function reject(count: number, day = '2026-11-28', extra: readonly string[] = []): Promise<void> {
  await mkdir(join(folder, 'rejected'), { recursive: true });
  const reason = 'The intake refused it (422).';
  const letter = (number: number) => ({ rejected_at: `${day}T10:00:00.000Z`, reason, row: row(number) });
  const lines = Array.from({ length: count }, (_, number) => JSON.stringify(letter(number)));
  await writeFile(join(folder, 'rejected', `${day}.ndjson`), [...lines, ...extra].map((line) => `${line}\n`).join(''));
}

const recipientsAt = (at: Intake) => at.events().map((text) => /bob\d+@example\.com/.exec(text)?.[0]);

function expectQuiet({ stdout, stderr }: Ended): void {
  for (const secret of [intakeKey, application.clientSecret]) expect(stdout + stderr).not.toContain(secret);
}

describe('state show', () => {
  test('an empty store', async () => {
    const { code, stdout } = await show();
    expect(code).toBe(0);
    expect(stdout).toContain('Nothing has been read yet.');
    expect(stdout).toContain('Dead letters: none.');
  });

  test('what was read, by pass, gaps and dead letters', async () => {
    const context = {
      version: 1,
      written_at: '2026-11-28T12:00:00Z',
      most_recent_date_requested: '2026-11-28T10:00:00Z',
      watermarks: [
        { age_seconds: 0, read_before: '2026-11-28T10:00:00Z' },
        { age_seconds: 3600, read_before: '2026-11-28T09:00:00Z' },
      ],
      ahead: { start: '2026-11-28T11:00:00Z', end: '2026-11-28T11:59:00Z' },
      source: 'graph',
      reach_seconds: 60,
      set_aside: [
        {
          start: '2026-11-28T08:00:00Z',
          end: '2026-11-28T08:00:01Z',
          since: '2026-11-28T09:00:00Z',
          next_try: '2026-11-28T13:00:00Z',
        },
      ],
    };
    await writeFile(join(folder, 'context.json'), JSON.stringify(context));
    await reject(3, '2026-11-28', ['{"cut off']);
    const { code, stdout } = await show();
    expect(code).toBe(0);
    for (const sentence of [
      'Read: everything that Exchange received before 2026-11-28T10:00:00Z',
      'Pass 0 reads new mail: done before 2026-11-28T10:00:00Z.',
      'Pass 1 reads again what is 60 min old: done before 2026-11-28T09:00:00Z.',
      'Gaps: 2026-11-28T10:00:00Z to 2026-11-28T11:00:00Z was passed over',
      'Microsoft does not answer for 2026-11-28T08:00:00Z to 2026-11-28T08:00:01Z.',
      'Dead letters: 4 rows in 1 files.',
      '3 × The intake refused it (422).',
      '1 × The line cannot be read.',
    ])
      expect(stdout).toContain(sentence);
    const json = JSON.parse((await show('--json')).stdout) as { dead_letters: { rows: number } };
    expect(json).toMatchObject({ read_before: '2026-11-28T10:00:00Z', dead_letters: { rows: 4 } });
  });

  test('a store that is not there is a 1', async () => {
    const ended = await runCommand(['state', 'show'], { env: { DATA_STORAGE: join(folder, 'absent') } });
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringMatching(/is not here/) as unknown as string });
  });
});

test('in a bucket: what was read and the dead letters are shown, and the letters are sent again', async () => {
  const s3 = await S3Server.start({ pageSize: 20 });
  try {
    const inBucket = Object.fromEntries(Object.entries(s3.values).map(([name, value]) => [name.toUpperCase(), value]));
    const env = { ...environment(), ...inBucket };
    const read = '2026-11-28T10:00:00Z';
    const watermarks = [{ age_seconds: 0, read_before: read }];
    s3.store('context.json', JSON.stringify({ version: 1, most_recent_date_requested: read, watermarks }));
    // A bucket has an object for each row.
    for (let number = 0; number < 45; number += 1) {
      const line = JSON.stringify({ rejected_at: read, reason: 'The intake refused it (422).', row: row(number) });
      s3.store(`rejected/2026-11-28.ndjson/2026-11-28T10-00-00-${String(number).padStart(3, '0')}Z-x`, `${line}\n`);
    }
    const shown = await runCommand(['state', 'show'], { env });
    expect(shown.code).toBe(0);
    expect(shown.stdout).toContain(`Read: everything that Exchange received before ${read}`);
    expect(shown.stdout).toContain('Dead letters: 45 rows');
    intake.refuseEvents((event) => event.includes('bob7@'));
    const ended = await replay(inBucket);
    expect(ended).toMatchObject({ code: 3, stderr: expect.stringContaining('44 events were sent. 1 dead') as unknown });
    expectQuiet(ended);
    expect(new Set(recipientsAt(intake)).size).toBe(44);
    expect(s3.keys.filter((key) => key.startsWith('rejected/'))).toEqual([
      'rejected/2026-11-28.ndjson/2026-11-28T10-00-00-007Z-x',
    ]);
    for (const secret of Object.values(s3.settings.credentials)) {
      expect(ended.stdout + ended.stderr + shown.stdout + shown.stderr).not.toContain(secret);
    }
  } finally {
    s3.close();
  }
});

describe('state replay-dead-letters', () => {
  test('what the intake takes is removed', async () => {
    await reject(250);
    await reject(30, '2026-11-29');
    const ended = await replay();
    expect(ended).toMatchObject({ code: 0, stderr: '280 events were sent. 0 dead letters are left.\n' });
    expectQuiet(ended);
    expect(intake.events()).toHaveLength(280);
    expect(await readdir(join(folder, 'rejected'))).toEqual([]);
  });

  test('what it rejects again stays, and so does what is no row', async () => {
    await reject(120, '2026-11-28', ['{"cut off', JSON.stringify({ reason: 'no row', row: [1] })]);
    intake.refuseEvents((event) => event.includes('bob7@'));
    const ended = await replay();
    expect(ended).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('119 events were sent. 3 dead') as unknown as string,
    });
    expect(new Set(recipientsAt(intake)).size).toBe(119);
    const text = (await readdir(join(folder, 'rejected'))).join();
    expect(text).toBe('2026-11-28.ndjson');
    const { stdout } = await show();
    expect(stdout).toContain('Dead letters: 3 rows');
  });

  test('it refuses while a collector holds the store', async () => {
    await reject(5);
    const log = new Log({ redactor: SECRETS, threshold: 'info', write: () => undefined });
    const taking = { signal: new AbortController().signal, onLost: () => undefined };
    const release = await new DataFolder(folder, log).take(taking);
    try {
      const { code, stderr } = await replay();
      expect(code).toBe(1);
      expect(stderr).toMatch(/is held by the process \d+ .*\[SDK-FOLDER-HELD\]/);
    } finally {
      await release();
    }
    expect(intake.events()).toEqual([]);
    expect(await rejectedIn(folder)).toHaveLength(5);
  });

  test('a wrong key sends nothing, and keeps all', async () => {
    await reject(5);
    const ended = await replay({ MESSAGE_TRACE_INTAKE_KEY: 'another-k3y-0000' });
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringMatching(/Nothing was sent/) as unknown as string });
    expect(await rejectedIn(folder)).toHaveLength(5);
  });

  test('killed in the middle and run again: every row arrives, and no more than one batch twice', async () => {
    await reject(1_000);
    intake.respondToBatches(({ events }) =>
      events.length === 0
        ? undefined
        : {
            status: 200,
            body: { event_ids: events.map((_, at) => `${intake.events().length}-${at}`) },
            stored: events,
            afterMs: 150,
          },
    );
    const running = startCommand(['state', 'replay-dead-letters'], { env: environment() });
    await intake.until(({ events }) => events >= 300);
    running.process.kill('SIGKILL');
    await running.ended;
    const ended = await replay();
    expect(ended.code).toBe(0);
    const recipients = recipientsAt(intake);
    expect(new Set(recipients).size).toBe(1_000);
    expect(recipients.length).toBeLessThanOrEqual(1_100);
    expect(await readdir(join(folder, 'rejected'))).toEqual([]);
  });
});
