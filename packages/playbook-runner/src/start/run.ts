import { once } from 'node:events';
import { join } from 'node:path';
import type { WriteStream } from 'node:tty';
import type { Stop } from '../runner/child-process.js';
import { renderLine } from '../terminal/summary.js';
import { findBuiltFiles } from './built-files.js';
import { HELP, readCommandLine, type StartOptions } from './command-line.js';
import { openDataFolder } from './data-folder.js';
import { openDisplay } from './display.js';
import { Session } from './session.js';
import { UsageError } from './usage-error.js';

/**
 * What `npm start` does, until `stop` aborts.
 *
 * Resolves with the exit code: 0; 1 where something broke or the trigger had to be killed; 2 where whoever typed the
 * command can mend it.
 */
export async function run(
  argv: readonly string[],
  repository: string,
  output: WriteStream,
  stop: AbortSignal,
): Promise<number> {
  try {
    const options = readCommandLine(argv);
    if (options !== 'help') return await live(options, repository, output, stop);
    output.write(HELP);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    output.write(`${error.message}\n`);
    return 2;
  }
}

async function live(
  options: StartOptions,
  repository: string,
  output: WriteStream,
  stop: AbortSignal,
): Promise<number> {
  const files = findBuiltFiles(repository);
  const data = await openDataFolder(options.dataFolder ?? join(repository, '.data'), options.fresh);
  const display = openDisplay(output);
  const session = await Session.start({
    files,
    ...options,
    dataFolder: data.path,
    continues: data.continues,
    onNotice: (entry) => display.notice(entry),
  });
  let stopped: Stop | undefined;
  try {
    display.show(() => session.snapshot(Date.now()));
    await Promise.race([session.untilBroken(), stop.aborted ? undefined : once(stop, 'abort')]);
  } finally {
    stopped = await session.stop().finally(() => display.close());
  }
  output.write(`${renderLine(session.snapshot(Date.now()))}\n`);
  if (stopped?.signal !== 'SIGKILL') return 0;
  output.write('The trigger did not stop within its time and was killed.\n');
  return 1;
}
