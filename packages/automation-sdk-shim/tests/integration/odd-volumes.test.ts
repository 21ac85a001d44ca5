import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from '@jest/globals';
import { DocumentFile } from '../../src/data/folder/data-folder.js';
import { recordedLog } from '../support/recorded-log.js';
import { respond, startLoopback, type Loopback } from '../support/loopback.js';
import { ModuleProcess, type Identity } from '../support/module-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const oddVolume = fileURLToPath(new URL('../fixtures/odd-volume.mjs', import.meta.url));
const isRoot = process.getuid?.() === 0;

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of cleanup.splice(0).reverse()) await close();
});

async function startIntake(): Promise<Loopback> {
  const intake = await startLoopback((request, response) => {
    const { jsons } = request.json() as { jsons: string[] };
    respond(response, 200, { event_ids: jsons.map(() => crypto.randomUUID()) });
  });
  cleanup.push(() => intake.close());
  return intake;
}

async function startModule(folder: string, env: Record<string, string> = {}, identity: Identity = {}) {
  const intake = await startIntake();
  const settings = {
    intake_key: 'the-intake-key',
    intake_server: intake.url,
    behaviour: 'deliver',
    password: 'hunter22',
  };
  const module = new ModuleProcess(
    { DATA_STORAGE: folder, TRIGGER_CONFIGURATION: JSON.stringify(settings), ...env },
    ['test'],
    identity,
  );
  cleanup.push(() => module.kill('SIGKILL'));
  return module;
}

/**
 * Delivers, keeps what it delivered, holds the folder against another process, and after a kill and a clean stop starts
 * again.
 */
async function worksIn(folder: string, env: Record<string, string> = {}): Promise<void> {
  const first = await startModule(folder, env);
  await first.says('delivered with');
  const second = await startModule(folder, env);
  expect((await second.ended).code).toBe(1);
  expect((await second.says('is held by the process')).level).toBe('error');
  first.kill('SIGKILL');
  await first.ended;

  const third = await startModule(folder, env);
  await third.says('delivered with');
  third.kill('SIGTERM');
  expect((await third.ended).code).toBe(0);
  expect(third.lines().filter(({ level }) => level === 'critical' || level === 'error')).toEqual([]);
  expect(JSON.parse(readFileSync(join(folder, 'context.json'), 'utf8'))).toEqual({ delivered: 25 });
  expect(readdirSync(folder)).toEqual(['context.json']);
}

describe('the module works on a volume', () => {
  test.each([
    'times-refused,rights-refused,links-refused',
    'times-rounded',
    'times-ignored',
    'folders-not-flushed-EINVAL',
    'folders-not-flushed-EPERM,times-refused',
    'folders-not-flushed-ENOTSUP',
    'folders-not-flushed-EISDIR',
    'nothing-flushed',
    'never-renamed-over',
  ])('with %s', async (anomalies) => {
    await worksIn(temporaryFolder(), { NODE_OPTIONS: `--import=${oddVolume}`, ODD_VOLUME: anomalies });
  });

  const types = ['vfat', 'exfat', 'ext4', 'tmpfs'];
  for (const type of types) {
    const tested = canMount(type) ? test : test.skip;
    tested(`that is really ${type} (skipped where this cannot be mounted)`, async () => {
      const folder = join(temporaryFolder(), 'mounted');
      mkdirSync(folder);
      mountNew(type, folder);
      cleanup.unshift(() => run('umount', '-l', folder));
      await worksIn(join(folder, 'data'));
    });
  }
});

/** Needs root, the type in the system, and its program that formats. */
function canMount(type: string): boolean {
  const known = isRoot && existsSync('/proc/filesystems') && readFileSync('/proc/filesystems', 'utf8');
  if (known === false || !new RegExp(`\\b${type}$`, 'm').test(known)) return false;
  if (type !== 'tmpfs' && !['/sbin', '/usr/sbin'].some((place) => existsSync(`${place}/mkfs.${type}`))) return false;
  const folder = join(temporaryFolder(), 'tried');
  mkdirSync(folder);
  try {
    mountNew(type, folder);
    run('umount', '-l', folder);
    return true;
  } catch {
    return false;
  }
}

function mountNew(type: string, folder: string): void {
  if (type === 'tmpfs') run('mount', '-t', 'tmpfs', '-o', 'noatime,size=16m', 'tmpfs', folder);
  else mountImage(type, folder, `${folder}.image`);
}

function run(command: string, ...args: string[]): void {
  execFileSync(command, args, { stdio: 'ignore' });
}

function mountImage(type: string, folder: string, image: string): void {
  writeFileSync(image, '');
  run('truncate', '-s', '16M', image);
  run(`mkfs.${type}`, image);
  run('mount', '-t', type, '-o', 'loop', image, folder);
}

describe('a document on a volume that does not rename over files', () => {
  const documentIn = (folder: string) =>
    new DocumentFile<{ n: number }>(join(folder, 'context.json'), recordedLog().log, () => Promise.resolve());

  test('is found again where a crash came between the two renamings', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'context.json.old'), '{"n":1}');
    writeFileSync(join(folder, 'context.json.new'), '{"n":2}');
    expect(await documentIn(folder).read()).toEqual({ n: 1 });
    await documentIn(folder).write({ n: 3 });
    expect(await documentIn(folder).read()).toEqual({ n: 3 });
  });

  test('that was deleted by hand stays deleted', async () => {
    const folder = temporaryFolder();
    await documentIn(folder).write({ n: 1 });
    rmSync(join(folder, 'context.json'));
    expect(await documentIn(folder).read()).toBeUndefined();
  });
});

/** Node.js itself may lie where only root can read, as with npx. */
function canOthersRun(path: string): boolean {
  if ((statSync(path).mode & 0o001) === 0) return false;
  return path === dirname(path) || canOthersRun(dirname(path));
}
const asRoot = isRoot && canOthersRun(process.execPath) ? test : test.skip;

describe('as any user, with a group that has the volume', () => {
  const OTHERS = [1_000_650_000, 1_000_660_000, 65_534] as const;
  const withoutHome = { HOME: '', PATH: process.env['PATH'] ?? '' };

  asRoot('each continues what another one has written, and the world can read nothing', async () => {
    const folder = join(temporaryFolder(), 'volume');
    chmodSync(join(folder, '..'), 0o755);
    mkdirSync(folder);
    chownSync(folder, 1_000, 0);
    chmodSync(folder, 0o2770);
    for (const uid of OTHERS) {
      const module = await startModule(folder, { ...withoutHome, SUB_FOLDER: 'playbook' }, { uid, gid: 0 });
      await module.says('delivered with');
      module.kill('SIGTERM');
      expect((await module.ended).code).toBe(0);
      expect(module.lines().filter(({ level }) => level === 'critical' || level === 'error')).toEqual([]);
    }
    const modeOf = (path: string) => statSync(path).mode & 0o777;
    expect(modeOf(join(folder, 'playbook'))).toBe(0o770);
    expect(modeOf(join(folder, 'playbook', 'context.json'))).toBe(0o660);
  });

  asRoot('a killed one is followed by another user', async () => {
    const folder = join(temporaryFolder(), 'volume');
    chmodSync(join(folder, '..'), 0o755);
    mkdirSync(folder);
    chownSync(folder, 0, 4_242);
    chmodSync(folder, 0o2775);
    const first = await startModule(folder, withoutHome, { uid: OTHERS[0], gid: 4_242 });
    await first.says('delivered with');
    first.kill('SIGKILL');
    await first.ended;
    expect(existsSync(join(folder, '.lock'))).toBe(true);
    const second = await startModule(folder, withoutHome, { uid: OTHERS[1], gid: 4_242 });
    await second.says('delivered with');
  });

  asRoot('one that may not write is told its numbers and the path', async () => {
    const folder = join(temporaryFolder(), 'volume');
    chmodSync(join(folder, '..'), 0o755);
    mkdirSync(folder, { mode: 0o700 });
    const module = await startModule(folder, withoutHome, { uid: OTHERS[0], gid: 4_242 });
    const { msg } = await module.says('cannot be used');
    expect(msg).toContain(`EACCES at ${folder}`);
    expect(msg).toContain(`It runs as user ${OTHERS[0]}, group 4242: `);
  });
});
