import { lstat, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rmSync } from 'node:fs';
import { atExit } from './child-process.js';

/** Whether a process with that number runs on this machine, regardless of its owner. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A value of the platform: text, or what is written as JSON. */
type Value = string | Readonly<Record<string, unknown>>;

/** What the platform hands to a module, by the names of its contract. Absent values stay absent. */
export interface Settings {
  readonly triggerConfiguration: Readonly<Record<string, unknown>>;
  readonly moduleConfiguration: Readonly<Record<string, unknown>>;
  readonly token?: string;
  readonly urlCallback?: string;
  readonly intakeUrl?: string;
  /** Further values by their names, such as `playbook_uuid` or `sub_folder`. */
  readonly values?: Readonly<Record<string, string>>;
}

/** The settings as texts by the names under which a module looks them up. */
export function namedValues(settings: Settings): ReadonlyMap<string, string> {
  const values: [string, Value | undefined][] = [
    ['trigger_configuration', settings.triggerConfiguration],
    ['module_configuration', settings.moduleConfiguration],
    ['token', settings.token],
    ['url_callback', settings.urlCallback],
    ['intake_url', settings.intakeUrl],
    // Two that the operating system chooses: no other process can take them first. The module tells which.
    ['liveness_port', '0'],
    ['metrics_port', '0'],
    ...Object.entries(settings.values ?? {}),
  ];
  return new Map(values.flatMap(([name, value]) => (value === undefined ? [] : [[name, asText(value)]])));
}

function asText(value: Value): string {
  return typeof value === 'object' ? JSON.stringify(value) : value;
}

const INHERITED = [
  'PATH',
  'HOME',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'ALL_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'all_proxy',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
];

type Environment = Readonly<Record<string, string | undefined>>;

/** What a child may see of `environment`: where programs, the network and its certificates are, and no secret. */
export function inheritedEnvironment(environment: Environment): Record<string, string> {
  return Object.fromEntries(
    INHERITED.flatMap((name) => {
      const value = environment[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** The values as environment variables: their names in upper case. */
export function asEnvironment(values: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries([...values].map(([name, value]) => [name.toUpperCase(), value]));
}

const NAME = /^symphony-(\d+)-/;

/** How the names of a process's settings folders begin, so that another can tell whether they are still in use. */
export function settingsFolderPrefix(pid: number): string {
  return `symphony-${pid}-`;
}

/** Removes the settings folders, secrets in them, that processes of this user left behind when they were killed. */
export async function removeLeftSettings(): Promise<void> {
  const names = await readdir(tmpdir());
  await Promise.all(names.filter(isLeft).map((name) => removeOwn(join(tmpdir(), name))));
}

function isLeft(name: string): boolean {
  const pid = NAME.exec(name)?.[1];
  return pid !== undefined && !isAlive(Number(pid));
}

/** Others may write into a folder for temporary files too: what is not ours is left alone. */
async function removeOwn(path: string): Promise<void> {
  try {
    const { uid } = await lstat(path);
    if (uid === process.getuid?.()) await rm(path, { recursive: true, force: true });
  } catch {
    // Another runner that starts at this moment was faster.
  }
}

export interface SettingsFolder {
  readonly path: string;
  /**
   * The folder holds secrets. It is removed as soon as it is no longer read, at the latest with this process. Never
   * rejected: what cannot be removed now is tried again then.
   */
  remove(): Promise<void>;
}

/**
 * Writes each value as a file of its name, as the platform does in `/symphony`; only the owner may read (0700, 0600).
 *
 * @throws what the file system does; then nothing is left behind.
 */
export async function writeSettingsFolder(values: ReadonlyMap<string, string>): Promise<SettingsFolder> {
  const path = await mkdtemp(join(tmpdir(), settingsFolderPrefix(process.pid)));
  const forget = atExit(() => rmSync(path, { recursive: true, force: true }));
  const remove = () => rm(path, { recursive: true, force: true }).then(forget, () => undefined);
  try {
    for (const [name, value] of values) await writeFile(join(path, name), value, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    await remove();
    throw error;
  }
  return { path, remove };
}
