import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * The Python interpreter of a virtual environment, made on first use and kept in the cache of the user. `PYTHON` names
 * the interpreter that makes it (3.11 or later); default `python3.11`, else `python3`.
 * @param name of the environment's folder
 * @param requirements the path of a requirements.txt: what the environment has
 */
export async function pythonWith(name: string, requirements: string): Promise<string> {
  const python = process.env['PYTHON'] ?? ((await works('python3.11')) ? 'python3.11' : 'python3');
  const { stdout: version } = await run(python, ['--version']);
  const key = createHash('sha256')
    .update(version)
    .update(await readFile(requirements))
    .digest('hex');
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  const folder = join(cache, 'microsoft365-message-trace', `${name}-${key.slice(0, 16)}`);
  const parser = join(folder, 'bin', 'python');
  const complete = join(folder, 'complete');
  const isComplete = await access(complete).then(
    () => true,
    () => false,
  );
  if (isComplete) return parser;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await run(python, ['-m', 'venv', folder]);
  await run(parser, ['-m', 'pip', 'install', '--quiet', '--requirement', requirements]);
  await writeFile(complete, '');
  return parser;
}

async function works(command: string): Promise<boolean> {
  return run(command, ['--version']).then(
    () => true,
    () => false,
  );
}
