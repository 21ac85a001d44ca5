import { isLevel } from '../log/levels.js';
import { Log } from '../log/log.js';
import type { Scrubber } from '../log/scrubber.js';
import { SECRETS } from '../log/secrets.js';
import { writeToStandardError } from '../log/standard-error.js';
import { Closers } from './closers.js';
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
  readonly scrubber: Scrubber;
  readonly log: Log;
  readonly closers: Closers;
  readonly stop: Stop;
  /** Ends the process with exit code 1 as soon as the logs are out. */
  readonly crash: () => void;
}

export function openBasics(env: NodeJS.ProcessEnv): Basics {
  const wanted = env['LOG_LEVEL']?.toLowerCase() || 'info';
  const threshold = isLevel(wanted) ? wanted : 'info';
  const scrubber = SECRETS;
  const log = new Log({ scrubber, threshold, write: writeToStandardError(threshold) });
  if (!isLevel(wanted)) log.warning('LOG_LEVEL must be debug, info, warning, error or critical; info is used.');
  const closers = new Closers(log);
  const stop = listenForStop(log);
  closers.push(stop.dispose);
  const crashes = listenForCrashes({ log, stop, closers });
  closers.push(crashes.dispose);
  return { scrubber, log, closers, stop, crash: crashes.end };
}
