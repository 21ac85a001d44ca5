import { LEAST_HIDDEN } from '../../../src/form/secrets.js';

/** What to think about a secret that was typed; undefined where there is nothing. */
export function cautionAbout(secret: unknown): string | undefined {
  if (typeof secret !== 'string' || secret.trim() === '' || secret.length >= LEAST_HIDDEN) return undefined;
  return `Shorter than ${LEAST_HIDDEN} characters: it cannot be kept out of the logs.`;
}
