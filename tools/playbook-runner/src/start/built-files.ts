import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from './command-line.js';

export interface BuiltFiles {
  readonly module: string;
  readonly simulator: string;
  /** The folder of the page, which may not be there yet: the page server says so then. */
  readonly page: string;
}

/** The entries of the processes to start. @throws {UsageError} where one has not been built. */
export function findBuiltFiles(repository: string): BuiltFiles {
  return {
    module: find(repository, 'dist/module/main.js'),
    simulator: find(repository, 'tools/testbed/dist/microsoft/main.js'),
    page: join(repository, 'tools/playbook-runner/dist/page'),
  };
}

function find(repository: string, path: string): string {
  const file = join(repository, path);
  if (!existsSync(file)) throw new UsageError(`${path} is not there: run "npm run build" in ${repository} first.`);
  return file;
}
