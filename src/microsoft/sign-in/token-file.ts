import { excerpt } from '@sekoia/automation-sdk-shim';
import { readFile, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { SettingsError } from '../../model/errors.js';
import { claimsOf } from './token.js';

/** A file with a token of another authority that the application trusts (federated identity credential). */
export interface TokenFileName {
  readonly path: string;
  /** What names it, for sentences: a setting or a variable of the environment. */
  readonly source: string;
}

export interface TokenFileOptions extends TokenFileName {
  /** Keeps the token out of everything that is said, until the function that it returns is called. */
  readonly hide: (secret: string) => () => void;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  /** Between two tries. */
  readonly pauseMs?: number;
}

/** Kubernetes' tokens have 1 to 2 KB; Entra ID takes no assertion of this size. */
const MAX_BYTES = 64 * 1024;
/** A file that is being replaced is missing, empty or half written for a moment. */
const TRIES = 3;
const PAUSE_MS = 1000;
/** Entra ID accepts clocks that are five minutes apart. */
const CLOCK_SKEW_MS = 300_000;

/**
 * A token file, such as Kubernetes' projected service account token or the one of Azure workload identity. The program
 * that writes it replaces it long before it expires, so it is read again for each sign-in.
 */
export class TokenFile {
  readonly #options: TokenFileOptions;
  #forget: () => void = () => undefined;
  #presented = '';

  constructor(options: TokenFileOptions) {
    this.#options = options;
  }

  /**
   * What Entra ID compares with the federated credential, as it stood in the file at the last reading: empty before. No
   * secret.
   */
  get presented(): string {
    return this.#presented;
  }

  /** The token. @throws SettingsError with what is wrong with the file, after three tries */
  async read(signal: AbortSignal): Promise<string> {
    const { pauseMs = PAUSE_MS } = this.#options;
    for (let left = TRIES - 1; ; left -= 1) {
      try {
        return await this.#readOnce();
      } catch (error) {
        if (left === 0) throw error;
      }
      await delay(pauseMs, undefined, { signal });
    }
  }

  async #readOnce(): Promise<string> {
    const { hide, nowMs } = this.#options;
    const token = (await this.#content()).trim();
    if (token === '') throw this.#problem('is empty', 'See that whatever writes the token works.');
    this.#forget();
    this.#forget = hide(token);
    const claims = claimsOf(token);
    if (claims === undefined)
      throw this.#problem('holds no token (JWT)', 'Name the file that holds the token itself and nothing else.');
    const { iss, sub, aud, exp } = claims;
    this.#presented = `The token has the issuer ${said(iss)}, the subject ${said(sub)} and the audience ${said(aud)}.`;
    const endsMs = typeof exp === 'number' ? exp * 1000 : Infinity;
    if (endsMs + CLOCK_SKEW_MS <= nowMs())
      throw this.#problem(
        `holds a token that expired at ${timeOf(endsMs)}`,
        'Whatever writes the file must renew the token; Kubernetes does so for a projected volume.',
      );
    return token;
  }

  async #content(): Promise<string> {
    const { path } = this.#options;
    try {
      const file = await stat(path);
      // A device or a pipe could be read for ever.
      if (file.isFile() && file.size <= MAX_BYTES) return await readFile(path, 'utf8');
    } catch (error) {
      const { code = 'no reason given' } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT')
        throw this.#problem('does not exist', 'Mount the token into the container at this path, or correct the path.');
      throw this.#problem(`cannot be read (${code})`, 'Let the user that the module runs as read it.');
    }
    throw this.#problem('is no file of a token', `Name a file of at most ${MAX_BYTES / 1024} KiB.`);
  }

  #problem(what: string, remedy: string): SettingsError {
    const { path, source } = this.#options;
    return new SettingsError(`The token file ${excerpt(path)}, which ${source} names, ${what}. ${remedy}`);
  }
}

function said(claim: unknown): string {
  const text = [claim].flat().filter((each) => typeof each === 'string');
  return text.length === 0 ? 'none' : `"${excerpt(text.join('", "'))}"`;
}

/** Beyond the year 275760 there are no dates. */
function timeOf(ms: number): string {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : 'an impossible time';
}
