import { withGrace } from '../../sleep.js';
import { StoreError } from '../store-error.js';
import type { S3, S3Library } from './s3-client.js';
import { statusOf, storageFailure } from './storage-failure.js';

export interface ObjectStorageOptions {
  readonly connect: () => Promise<S3>;
  readonly bucket: string;
  /** Requests may go on for 2 s after it is aborted: what was acknowledged is still to be written down. */
  readonly signal: AbortSignal;
}

/** What tells one version of an object from another. */
export interface Version {
  readonly etag: string;
  /** The mark that `put` was given. */
  readonly mark: string | undefined;
}

export interface StoredObject extends Version {
  readonly body: Buffer;
  /** When it was written, and what the time was when it was read, in ms since 1970, both by the storage's clock. */
  readonly writtenMs: number;
  readonly readMs: number;
}

/** When an object is to be written: only where there is none, only over this version, or in any case. */
export type Condition = 'if none' | { readonly etag: string } | 'always';

/** A condition did not hold, or could not be checked because somebody else wrote at the same moment. */
export class ConditionError extends Error {
  override readonly name = 'ConditionError';
}

const GRACE_MS = 2_000;
/** For an operation with all its tries, answers included. */
const LIMIT_MS = 30_000;
/** A condition did not hold (412); somebody else was writing (409); there is no object whose version could be compared (404). */
const CONDITION_FAILED: ReadonlySet<number | undefined> = new Set([404, 409, 412]);
const MARK = 'mark';

/**
 * The few operations of an object storage that the module needs. Keys are whole. Writes are atomic, and durable when they
 * resolve; lists show all that was written before them (Amazon promises both since December 2020).
 * Methods throw StoreError, and ConfigurationError where the client library is missing.
 */
export class ObjectStorage {
  readonly #options: ObjectStorageOptions;
  #connected: Promise<S3> | undefined;

  constructor(options: ObjectStorageOptions) {
    this.#options = options;
  }

  get(key: string): Promise<StoredObject | undefined> {
    return this.#send(key, async ({ library, client }, Bucket, abortSignal) => {
      const command = new library.GetObjectCommand({ Bucket, Key: key });
      let readMs = NaN;
      command.middlewareStack.add(
        (next) => async (args) => {
          const result = await next(args);
          readMs = dateOf(result.response);
          return result;
        },
        { step: 'deserialize', priority: 'low' },
      );
      const answer = await absentOn404(client.send(command, { abortSignal }));
      if (answer === undefined) return undefined;
      return {
        ...versionOf(answer),
        body: Buffer.from((await answer.Body?.transformToByteArray()) ?? []),
        writtenMs: answer.LastModified?.getTime() ?? NaN,
        readMs,
      };
    });
  }

  version(key: string): Promise<Version | undefined> {
    return this.#send(key, async ({ library, client }, Bucket, abortSignal) => {
      const answer = await absentOn404(
        client.send(new library.HeadObjectCommand({ Bucket, Key: key }), { abortSignal }),
      );
      return answer === undefined ? undefined : versionOf(answer);
    });
  }

  /** Returns the new ETag. @throws ConditionError, also where an earlier try of this call has written and its answer was lost */
  put(key: string, body: Buffer, condition: Condition, mark: string): Promise<string> {
    return this.#send(key, async ({ library, client }, Bucket, abortSignal) => {
      const command = new library.PutObjectCommand({
        Bucket,
        Key: key,
        Body: body,
        Metadata: { [MARK]: mark },
        ...(condition === 'if none' && { IfNoneMatch: '*' }),
        ...(typeof condition === 'object' && { IfMatch: condition.etag }),
      });
      try {
        return bare((await client.send(command, { abortSignal })).ETag);
      } catch (error) {
        if (condition === 'always' || isNoSuchBucket(error) || !CONDITION_FAILED.has(statusOf(error))) throw error;
        throw new ConditionError(`the condition on ${key} did not hold`);
      }
    });
  }

  delete(key: string): Promise<void> {
    return this.#send(key, async ({ library, client }, Bucket, abortSignal) => {
      await client.send(new library.DeleteObjectCommand({ Bucket, Key: key }), { abortSignal });
    });
  }

  /** All keys that begin with `prefix`. */
  keys(prefix: string): Promise<string[]> {
    return this.#list(prefix, undefined, ({ Contents }) => (Contents ?? []).map(({ Key }) => Key));
  }

  /** The names right below `prefix`, which ends with a slash, that have keys below them. */
  async folders(prefix: string): Promise<string[]> {
    const found = await this.#list(prefix, '/', ({ CommonPrefixes }) => (CommonPrefixes ?? []).map((it) => it.Prefix));
    return found.map((folder) => folder.slice(prefix.length, -1));
  }

  async close(): Promise<void> {
    const connected = await this.#connected?.catch(() => undefined);
    connected?.close();
  }

  async #list(
    prefix: string,
    delimiter: string | undefined,
    pick: (page: Awaited<ReturnType<typeof listPage>>) => (string | undefined)[],
  ): Promise<string[]> {
    const found: string[] = [];
    let next: string | undefined;
    do {
      const page = await this.#send(prefix, ({ library, client }, Bucket, abortSignal) =>
        listPage(
          library,
          client,
          {
            Bucket,
            Prefix: prefix,
            ...(delimiter !== undefined && { Delimiter: delimiter }),
            ...(next !== undefined && { ContinuationToken: next }),
          },
          abortSignal,
        ),
      );
      found.push(...pick(page).filter((name) => name !== undefined));
      next = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    } while (next !== undefined);
    return found;
  }

  async #send<Result>(
    key: string,
    action: (s3: S3, bucket: string, signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    const { connect, bucket, signal } = this.#options;
    const s3 = await (this.#connected ??= connect());
    try {
      return await withGrace(signal, GRACE_MS, (late) =>
        action(s3, bucket, AbortSignal.any([late, AbortSignal.timeout(LIMIT_MS)])),
      );
    } catch (error) {
      throw error instanceof ConditionError || error instanceof StoreError ? error : storageFailure(error, key);
    }
  }
}

function listPage(
  library: S3Library,
  client: S3['client'],
  input: ConstructorParameters<S3Library['ListObjectsV2Command']>[0],
  abortSignal: AbortSignal,
) {
  return client.send(new library.ListObjectsV2Command(input), { abortSignal });
}

async function absentOn404<Answer>(asked: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (statusOf(error) === 404 && !isNoSuchBucket(error)) return undefined;
    throw error;
  }
}

function isNoSuchBucket(error: unknown): boolean {
  return error instanceof Error && error.name === 'NoSuchBucket';
}

function versionOf(answer: { ETag?: string | undefined; Metadata?: Record<string, string> | undefined }): Version {
  return { etag: bare(answer.ETag), mark: answer.Metadata?.[MARK] };
}

/** Ceph and DigitalOcean Spaces answer with an ETag in quotes, and take it back in If-Match without them only. */
function bare(etag: string | undefined): string {
  return (etag ?? '').replaceAll('"', '');
}

function dateOf(response: unknown): number {
  const { headers } = response as { readonly headers?: Readonly<Record<string, string>> };
  return Date.parse(headers?.['date'] ?? '');
}
