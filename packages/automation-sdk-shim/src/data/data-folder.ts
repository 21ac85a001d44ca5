import { mkdir } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { ConfigurationError } from '../errors.js';

const DEFAULT_STORAGE = '/symphony_data';

/** The folder for all that must survive a restart. While the module runs, no other process writes into it. */
export class DataFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** The path of a file in the folder. Nothing is created. */
  file(...segments: readonly string[]): string {
    return join(this.path, ...segments);
  }

  /** Creates the folder where it is missing, readable for the module's user only. */
  async create(): Promise<void> {
    await mkdir(this.path, { recursive: true, mode: 0o700 });
  }
}

/**
 * /symphony_data, or the environment variable DATA_STORAGE outside a container, with `subFolder` appended.
 * @throws ConfigurationError where `subFolder` leads out of it
 */
export function locateDataFolder(env: NodeJS.ProcessEnv, subFolder: string | undefined): DataFolder {
  const storage = resolve(env['DATA_STORAGE'] || DEFAULT_STORAGE);
  const path = join(storage, subFolder ?? '');
  if (path !== storage && !`${path}${sep}`.startsWith(storage.endsWith(sep) ? storage : `${storage}${sep}`)) {
    throw new ConfigurationError('The value "sub_folder" leads out of the data folder. Name a folder below it.');
  }
  return new DataFolder(path);
}
