import { isLevel } from '../log/levels.js';
import { Log } from '../log/log.js';
import type { Redactor } from '../log/scrubber.js';
import { SECRETS } from '../log/secrets.js';
import { writeToStandardError } from '../log/standard-error.js';
import { Cleanup } from './closers.js';
import { listenForCrashes } from './crashes.js';
import { listenForStop, type Stop } from './stop.js';

/** What is run, and from where. */
export interface CommandRequest {
  readonly command: string;
  readonly root: URL;
  readonly env: NodeJS.ProcessEnv;
}

/** What exists from the first moment to the last. */
export interface Basics {
  readonly redactor: Redactor;
  readonly log: Log;
  readonly cleanup: Cleanup;
  readonly stop: Stop;
  /** Ends the process with exit code 1 as soon as the logs are out. */
  readonly crash: () => void;
}

export function openBasics(env: NodeJS.ProcessEnv): Basics {
  const wanted = env['LOG_LEVEL']?.toLowerCase() || 'info';
  const threshold = isLevel(wanted) ? wanted : 'info';
  const redactor = SECRETS;
  const log = new Log({ redactor, threshold, write: writeToStandardError(threshold) });
  if (!isLevel(wanted)) log.warning('LOG_LEVEL must be debug, info, warning, error or critical; info is used.');
  const cleanup = new Cleanup(log);
  const stop = listenForStop(log);
  cleanup.push(stop.dispose);
  const crashes = listenForCrashes({ log, stop, cleanup });
  cleanup.push(crashes.dispose);
  return { redactor, log, cleanup, stop, crash: crashes.end };
}
