import { MAX_PASSING_SECRETS } from '../budgets.js';
import { MIN_SECRET_CHARACTERS, SecretIndex, type Sharpness } from './secret-index.js';

const MASK = '***';

/**
 * Knows the secrets, and replaces them in text by `***`, by value. Every text that leaves the process goes through it:
 * log lines, stack traces, answers of the health port, reasons of rejection.
 */
export class Redactor {
  /** How many times each secret was added and not removed. */
  readonly #secrets = new Map<string, number>();
  /** The newest last. */
  readonly #passing = new Set<string>();
  /** Of all secrets; undefined until it is needed again. */
  #index: SecretIndex | undefined;

  /**
   * From now on `secret` is replaced in all spellings that `formsOf` and `decodings` know.
   * Returns false, and leaves it alone, where it is shorter than four characters.
   */
  add(secret: string): boolean {
    if (secret.trim().length < MIN_SECRET_CHARACTERS) return false;
    const count = this.#secrets.get(secret) ?? 0;
    this.#secrets.set(secret, count + 1);
    if (count === 0) this.#index = undefined;
    return true;
  }

  /** Takes back one `add`. A secret is replaced until each was taken back. */
  remove(secret: string): void {
    const count = this.#secrets.get(secret) ?? 0;
    if (count > 1) this.#secrets.set(secret, count - 1);
    else if (this.#secrets.delete(secret)) this.#index = undefined;
  }

  /**
   * Adds a secret until the function returned is called. One that is shorter than four characters is left alone.
   */
  hide(secret: string): () => void {
    if (!this.add(secret)) return () => undefined;
    let hidden = true;
    return () => {
      if (hidden) this.remove(secret);
      hidden = false;
    };
  }

  /** A credential that came up while running, such as a token. It is replaced until eight newer ones have come up. */
  addPassing(secret: string): void {
    if (secret.trim().length < MIN_SECRET_CHARACTERS) return;
    const isNew = !this.#passing.delete(secret);
    this.#passing.add(secret);
    if (!isNew) return;
    this.#index = undefined;
    const [oldest] = this.#passing;
    if (oldest !== undefined && this.#passing.size > MAX_PASSING_SECRETS) this.#passing.delete(oldest);
  }

  /** For sentences of the module's own: replaces whole secrets, and 16 characters of one. */
  redact(text: string): string {
    return this.#replace(text, 'whole');
  }

  /** For text that others wrote, as it came: replaces all that shares eight characters with a secret. */
  redactForeign(text: string): string {
    return this.#replace(text, 'pieces');
  }

  /** JSON text of `value` with every string in it, names included, scrubbed before it is escaped. */
  stringify(value: unknown, sharpness: Sharpness = 'whole'): string {
    const redact = (text: string) => this.#replace(text, sharpness);
    return JSON.stringify(value, (_name, member: unknown) => {
      if (typeof member === 'string') return redact(member);
      if (typeof member !== 'object' || member === null || Array.isArray(member)) return member;
      return Object.fromEntries(Object.entries(member).map(([name, inner]) => [redact(name), inner as unknown]));
    });
  }

  #replace(text: string, sharpness: Sharpness): string {
    if (this.#secrets.size + this.#passing.size === 0) return text;
    const index = (this.#index ??= new SecretIndex([...this.#secrets.keys(), ...this.#passing]));
    let redacted = text;
    // A mask next to other text can spell a secret that itself contains `***`. Every round shortens the text.
    for (let before = ''; before !== redacted;) {
      before = redacted;
      let [after, done] = ['', 0];
      for (const { from, to } of index.find(before, sharpness)) {
        after += before.slice(done, from) + MASK;
        done = to;
      }
      redacted = after + before.slice(done);
    }
    return redacted;
  }
}

/**
 * The secrets of this process. There is one list of them: a foreign text can quote any of them, regardless of which
 * code asked for it. Code that quotes a text cannot forget to bring the list along.
 */
export const SECRETS = new Redactor();

/** Fields of requests and answers of a token service that prove an identity. */
const TOKEN_FIELDS = [
  ...['access_token', 'refresh_token', 'id_token', 'client_secret', 'client_assertion', 'assertion', 'password'],
  ...['user_assertion', 'code', 'device_code'],
];

/** Notes the credential of a request before it is sent, because the server can echo it. */
export function noteCredential(authorization: string | undefined): void {
  if (authorization !== undefined) SECRETS.addPassing(authorization.replace(/^\S+ /, ''));
}

/** Notes the secrets among the fields of a request or an answer of a token service. */
export function noteTokenFields(fields: Iterable<readonly [name: string, value: unknown]>): void {
  for (const [name, value] of fields)
    if (TOKEN_FIELDS.includes(name) && typeof value === 'string') SECRETS.addPassing(value);
}
