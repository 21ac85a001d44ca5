import { DateTime } from 'luxon';
import type { PersistentDocument } from './contracts.js';
import { acceptor } from '../stored.js';

/** How often the service refused the credentials in a row, and when they may be tried again. Times in ms since 1970. */
export interface RefusedSignIn {
  readonly refusals: number;
  readonly nextTryMs: number;
}

/** `sign-in.json` in the data folder; times in ISO 8601, UTC. */
interface Content {
  readonly refusals: number;
  readonly next_try: string;
  /** Tells whether the credentials were changed since; says nothing about them. */
  readonly credentials: string;
}

const isContent = acceptor<Content>({
  type: 'object',
  required: ['refusals', 'next_try', 'credentials'],
  properties: {
    refusals: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
    next_try: { type: 'string', format: 'stored-time' },
    credentials: { type: 'string', maxLength: 100 },
  },
});

/**
 * Keeps the waits after refused credentials across restarts: a container that is restarted again and again would
 * otherwise try a wrong password each time, and lock the account. Changed credentials are tried at once.
 */
export class SignInBackoff {
  readonly #document: PersistentDocument;
  readonly #credentials: string;
  #stored = false;

  /** @param credentials a keyed hash of the credentials, worthless without its key */
  constructor(document: PersistentDocument, credentials: string) {
    this.#document = document;
    this.#credentials = credentials;
  }

  /** What was refused before this start; undefined for other credentials, or where nothing was. @throws StorageError */
  async load(): Promise<RefusedSignIn | undefined> {
    const content = await this.#document.read(isContent);
    if (!isContent(content) || content.refusals === 0) return undefined;
    this.#stored = true;
    if (content.credentials !== this.#credentials) return undefined;
    return { refusals: content.refusals, nextTryMs: DateTime.fromISO(content.next_try, { zone: 'utc' }).toMillis() };
  }

  /** @throws StorageError */
  async save({ refusals, nextTryMs }: RefusedSignIn): Promise<void> {
    const next_try = new Date(nextTryMs).toISOString();
    await this.#document.write({ refusals, next_try, credentials: this.#credentials } satisfies Content);
    this.#stored = true;
  }

  /** The credentials work. @throws StorageError */
  async clear(): Promise<void> {
    if (!this.#stored) return;
    await this.save({ refusals: 0, nextTryMs: 0 });
    this.#stored = false;
  }
}
