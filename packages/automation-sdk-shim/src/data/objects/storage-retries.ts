import { isObject } from '../../json.js';
import { excerpt } from '../../log/foreign-text.js';
import { StoreError } from '../data-store.js';
import { sleep } from '../../time.js';

/**
 * What an operation of the object storage failed with, in words of our own: the library's errors carry the request with
 * its signed headers, and the storage's messages can quote them.
 */
export function storageFailure(thrown: unknown, key: string): StoreError {
  const { code, status } = reduced(thrown);
  const what = status === undefined ? code : `${code} (${status})`;
  return new StoreError(`The object storage cannot be used: ${what} at ${key}. ${guidanceFor(code, status)}`);
}

/** The status of the answer; undefined where there was none. */
export function statusOf(thrown: unknown): number | undefined {
  const metadata = isObject(thrown) ? thrown['$metadata'] : undefined;
  const status = isObject(metadata) ? metadata['httpStatusCode'] : undefined;
  return typeof status === 'number' ? status : undefined;
}

interface Reduced {
  readonly code: string;
  readonly status: number | undefined;
}

/** The name of the storage's refusal, or the system's code where no answer came. */
function reduced(thrown: unknown): Reduced {
  const status = statusOf(thrown);
  const [name, code] = isObject(thrown) ? [thrown['name'], thrown['code']] : [];
  const isTold = (value: unknown): value is string => typeof value === 'string' && /^[A-Za-z0-9._-]{1,64}$/.test(value);
  if (status === undefined && isTold(code)) return { code, status };
  return { code: isTold(name) ? excerpt(name) : 'an answer that cannot be understood', status };
}

function guidanceFor(code: string, status: number | undefined): string {
  if (code === 'NoSuchBucket') return 'Create the bucket, or correct "aws_bucket_name".';
  if (status === 401 || status === 403)
    return 'Check "aws_access_key_id", "aws_secret_access_key" and "aws_session_token"; they must be allowed to read and write objects in the bucket.';
  if (status === 405 || status === 501)
    return 'It does not support reading or writing objects as S3 does. Check "aws_s3_endpoint_url".';
  if (status === undefined)
    return 'Check "aws_s3_endpoint_url", the network on the way to it, and the certificates "ca_cert" and "client_cert".';
  if (status === 429 || status >= 500) return 'It is asked again; if this lasts, look at the state of the storage.';
  return 'Check "aws_s3_endpoint_url", "aws_default_region" and "aws_bucket_name".';
}

export interface PaceTimes {
  /**
   * How long an object rests between two writes once the storage asked for it, and the first wait; further ones take
   * twice as long.
   */
  readonly waitMs: number;
  readonly maxTries: number;
}

/** Google Cloud Storage and Cloudflare R2 accept one write a second to the same object. */
const TIMES: PaceTimes = { waitMs: 1_000, maxTries: 5 };
/** 429 Too Many Requests; 503 is SlowDown in S3, and what most storages answer under load. */
const TOO_FAST: ReadonlySet<number | undefined> = new Set([429, 503]);
/** An object that was left alone for so long is written at full speed again. */
const FORGET_MS = 60_000;

/**
 * Waits out "slow down". Writes to an object that got this answer are spaced from then on; other objects stay as fast
 * as before.
 */
export class Pace {
  readonly #times: PaceTimes;
  /** When the last write of the object ended, by performance.now(); only objects that must be written slowly. */
  readonly #slow = new Map<string, number>();

  constructor(times: PaceTimes = TIMES) {
    this.#times = times;
  }

  /** Carries out `action` again, after a wait, as long as the storage asks for slower requests. */
  async patiently<Result>(signal: AbortSignal, action: () => Promise<Result>): Promise<Result> {
    const { waitMs, maxTries } = this.#times;
    for (let tries = 1; ; tries += 1) {
      try {
        return await action();
      } catch (error) {
        if (!TOO_FAST.has(statusOf(error)) || tries >= maxTries || signal.aborted) throw error;
        await sleep(waitMs * 2 ** (tries - 1), signal);
      }
    }
  }

  /** One attempt to write the object; the client library's own repetitions are attempts too. */
  async spaced<Result>(
    key: string,
    signal: AbortSignal,
    send: () => Promise<Result>,
    status: (result: Result) => number | undefined,
  ): Promise<Result> {
    await this.#rest(key, signal);
    let isTooFast = false;
    try {
      const result = await send();
      isTooFast = TOO_FAST.has(status(result));
      return result;
    } finally {
      if (isTooFast || this.#slow.has(key)) this.#slow.set(key, performance.now());
    }
  }

  async #rest(key: string, signal: AbortSignal): Promise<void> {
    const nowMs = performance.now();
    for (const [slow, lastMs] of this.#slow) if (nowMs - lastMs > FORGET_MS) this.#slow.delete(slow);
    const lastMs = this.#slow.get(key);
    if (lastMs !== undefined) await sleep(Math.max(0, lastMs + this.#times.waitMs - nowMs), signal);
  }
}
