import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * The Python interpreter of a virtual environment that has what a file of requirements names, made on first use and
 * kept in the cache of the user. `PYTHON` names the interpreter that makes it (3.11 or later). Default: `python3.11`,
 * else `python3`.
 */
export async function pythonWith(name: string, requirementsFile: URL): Promise<string> {
  const requirements = fileURLToPath(requirementsFile);
  const python = process.env['PYTHON'] ?? ((await works('python3.11')) ? 'python3.11' : 'python3');
  const { stdout: version } = await run(python, ['--version']);
  const key = createHash('sha256')
    .update(version)
    .update(await readFile(requirements))
    .digest('hex');
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  const folder = join(cache, 'microsoft365-message-trace', `${name}-${key.slice(0, 16)}`);
  const interpreter = join(folder, 'bin', 'python');
  const complete = join(folder, 'complete');
  const isComplete = await access(complete).then(
    () => true,
    () => false,
  );
  if (isComplete) return interpreter;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await run(python, ['-m', 'venv', folder]);
  await run(interpreter, ['-m', 'pip', 'install', '--quiet', '--requirement', requirements]);
  await writeFile(complete, '');
  return interpreter;
}

async function works(command: string): Promise<boolean> {
  return run(command, ['--version']).then(
    () => true,
    () => false,
  );
}
