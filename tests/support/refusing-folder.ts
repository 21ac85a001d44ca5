import { chmod, chown, link, readdir, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { TriggerOptions } from '@local/testbed';
import { bucketOf } from '../../src/collector/ledger.js';

const nobody = 65_534;
const isRoot = process.getuid?.() === 0;
const hour = 3_600_000;

/**
 * Runs a trigger as a user whom permissions can stop: as ourselves, or as the user `nobody` where we are root. `nobody`
 * cannot read settings in files that belong to root.
 */
export async function asSomebodyElse(dataFolder: string): Promise<Partial<TriggerOptions>> {
  if (!isRoot) return {};
  await chown(dataFolder, nobody, nobody);
  const script = `process.setgid(${nobody});process.setuid(${nobody});`;
  return { via: 'environment', nodeArguments: [`--import=data:text/javascript,${script}`] };
}

export function makeReadOnly(folder: string): Promise<void> {
  return changeRights(folder, { folders: 0o500, files: 0o400 });
}

export function makeWritable(folder: string): Promise<void> {
  return changeRights(folder, { folders: 0o700, files: 0o600 });
}

async function changeRights(
  folder: string,
  modes: { readonly folders: number; readonly files: number },
): Promise<void> {
  await chmod(folder, modes.folders);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await changeRights(path, modes);
    else await chmod(path, modes.files);
  }
}

/**
 * Makes every write of a trigger that runs end with ENOSPC, by links to the device that is always full.
 * @returns what frees the disk again
 */
export function fillDisk(folder: string): Promise<() => Promise<void>> {
  const now = Date.now();
  const buckets = [now - hour, now, now + hour].map(bucketOf);
  return replaceAll([
    join(folder, 'context.json.new'),
    ...buckets.map((name) => join(folder, 'fingerprints', `${name}.fingerprints`)),
  ]);
}

/** The same for a trigger that starts: the first that it writes is who holds the folder. */
export function fillDiskBeforeStart(folder: string): Promise<() => Promise<void>> {
  return replaceAll([join(folder, '.lock-holder.json.new')]);
}

async function replaceAll(paths: readonly string[]): Promise<() => Promise<void>> {
  const freed = await Promise.all(paths.map(replaceByFullDevice));
  return async () => {
    await Promise.all(freed.map((free) => free()));
  };
}

/**
 * Renaming is atomic. A process that writes there in the meantime has written to the file that is kept, or meets the
 * device, or has renamed the link away.
 */
async function replaceByFullDevice(path: string): Promise<() => Promise<void>> {
  const [stored, full] = [`${path}.kept`, `${path}.full`];
  const wasThere = await link(path, stored).then(
    () => true,
    () => false,
  );
  await symlink('/dev/full', full);
  await rename(full, path);
  return () => (wasThere ? rename(stored, path) : rm(path, { force: true }));
}
