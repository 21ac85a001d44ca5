import type { Log } from './log.js';
import type { Redactor } from './scrubber.js';
import { MIN_SECRET_CHARACTERS } from './secret-index.js';

/** Tells of a secret as soon as it is read, before anything could be said about it; `name` is what holds it. */
export type Hide = (name: string, secret: string) => void;

/** Hides secrets by the scrubber, with a warning about those that are too short for it. */
export function hideWith(redactor: Redactor, log: Log): Hide {
  return (name, secret) => {
    if (redactor.add(secret)) return;
    log.warning(
      `"${name}" is too short to be kept out of logs (less than ${MIN_SECRET_CHARACTERS} characters). Choose a longer one.`,
    );
  };
}
