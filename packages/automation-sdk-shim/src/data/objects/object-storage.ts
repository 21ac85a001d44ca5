import { withGrace } from '../../time.js';
import { type FolderSize, StoreError } from '../data-store.js';
import { Pace, type PaceTimes, statusOf, storageFailure } from './storage-retries.js';
import type { S3, S3Library } from './s3-client.js';

export interface ObjectStorageOptions {
  readonly connect: () => Promise<S3>;
  readonly bucket: string;
  /** Requests may go on for 2 s after it is aborted: what was acknowledged is still to be written down. */
  readonly signal: AbortSignal;
  readonly pace?: PaceTimes;
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

/**
 * A conditional write was not done.
 * - `failed`: the condition did not hold, or another process wrote at the same moment; `there` is what was found then,
 *   where it is known
 * - `unknown`: the storage does not support the condition, or refuses the request for another reason
 */
export class ConditionError extends Error {
  override readonly name = 'ConditionError';

  readonly reason: 'failed' | 'unknown';
  readonly there: Version | undefined;

  constructor(message: string, reason: ConditionError['reason'], there?: Version) {
    super(message);
    this.reason = reason;
    this.there = there;
  }
}

const GRACE_MS = 2_000;
/** For an operation with all its tries, answers included. */
const LIMIT_MS = 30_000;
/**
 * A condition did not hold (412); another process was writing (409); there is no object whose version could be compared
 * (404).
 */
const CONDITION_FAILED: ReadonlySet<number | undefined> = new Set([404, 409, 412]);
/** How storages answer a condition that they do not support: NotImplemented, InvalidArgument, MethodNotAllowed. */
const CONDITION_UNKNOWN: ReadonlySet<number | undefined> = new Set([400, 405, 501]);
/** How storages answer a list or a removal that they do not support, or that the key is not allowed to ask for. */
const OPERATION_REFUSED: ReadonlySet<number | undefined> = new Set([400, 403, 405, 501]);
/** As OPERATION_REFUSED; some gateways know no resource to list. */
const LIST_REFUSED: ReadonlySet<number | undefined> = new Set([...OPERATION_REFUSED, 404]);
const MARK = 'mark';

/**
 * The few operations of an object storage that the module uses. Keys are whole. Writes are atomic, and durable when
 * they resolve; lists show all that was written before them (Amazon promises both since December 2020). Methods throw
 * StoreError.
 */
export class ObjectStorage {
  readonly #options: ObjectStorageOptions;
  readonly #pace: Pace;
  #connected: Promise<S3> | undefined;
  #readable: string | undefined;

  constructor(options: ObjectStorageOptions) {
    this.#options = options;
    this.#pace = new Pace(options.pace);
  }

  /**
   * Names an object that is there. Without the right to list, Amazon and MinIO answer 403 instead of 404 for an object
   * that is not there. While this one can be read, the key is valid, and such a 403 means that the object is absent.
   */
  trustReadable(key: string): void {
    this.#readable = key;
  }

  get(key: string): Promise<StoredObject | undefined> {
    return this.#send(key, async (s3, Bucket, abortSignal) => {
      const command = new s3.library.GetObjectCommand({ Bucket, Key: key });
      let readMs = NaN;
      command.middlewareStack.add(
        (next) => async (args) => {
          const result = await next(args);
          readMs = dateOf(result.response);
          return result;
        },
        { step: 'deserialize', priority: 'low' },
      );
      const response = await this.#orAbsent(s3, abortSignal, s3.client.send(command, { abortSignal }));
      if (response === undefined) return undefined;
      return {
        ...versionOf(response),
        body: Buffer.from((await response.Body?.transformToByteArray()) ?? []),
        writtenMs: response.LastModified?.getTime() ?? NaN,
        readMs,
      };
    });
  }

  version(key: string): Promise<Version | undefined> {
    return this.#send(key, async (s3, Bucket, abortSignal) => {
      const command = new s3.library.HeadObjectCommand({ Bucket, Key: key });
      const response = await this.#orAbsent(s3, abortSignal, s3.client.send(command, { abortSignal }));
      return response === undefined ? undefined : versionOf(response);
    });
  }

  /**
   * Returns the new ETag. @throws ConditionError, also where an earlier try of this call has written and its answer was
   * lost
   */
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
      // Each attempt by itself: the library repeats what was throttled sooner than some storages accept it.
      command.middlewareStack.add(
        (next) => (args) =>
          this.#pace.spaced(
            key,
            abortSignal,
            () => next(args),
            (result) => responseOf(result.response).statusCode,
          ),
        { step: 'deserialize', priority: 'low' },
      );
      try {
        return bare((await client.send(command, { abortSignal })).ETag);
      } catch (error) {
        const status = statusOf(error);
        if (condition === 'always' || isNoSuchBucket(error)) throw error;
        if (CONDITION_FAILED.has(status)) throw new ConditionError(`the condition on ${key} did not hold`, 'failed');
        if (CONDITION_UNKNOWN.has(status)) throw new ConditionError(`${key} cannot be written so`, 'unknown');
        throw error;
      }
    });
  }

  delete(key: string): Promise<void> {
    return this.#send(key, async ({ library, client }, Bucket, abortSignal) => {
      await client.send(new library.DeleteObjectCommand({ Bucket, Key: key }), { abortSignal });
    });
  }

  /** Whether objects can be removed: false where the storage refuses to. `key` names no object. */
  canDelete(key: string): Promise<boolean> {
    return this.#send(key, async ({ library, client }, Bucket, abortSignal) => {
      try {
        await client.send(new library.DeleteObjectCommand({ Bucket, Key: key }), { abortSignal });
      } catch (error) {
        if (!isNoSuchBucket(error) && OPERATION_REFUSED.has(statusOf(error))) return false;
        // Amazon answers 204 for an object that is not there, others 404.
        if (isNoSuchBucket(error) || statusOf(error) !== 404) throw error;
      }
      return true;
    });
  }

  /**
   * Whether the storage can list objects. Lists are `refused`, or `wrong` where they do not show the object `key`,
   * which exists.
   */
  async canList(key: string): Promise<'yes' | 'refused' | 'wrong'> {
    const pages = await this.#send(key, async (s3, bucket, abortSignal) => {
      try {
        return await listPage(s3, { bucket, prefix: key }, abortSignal);
      } catch (error) {
        if (isNoSuchBucket(error) || !LIST_REFUSED.has(statusOf(error))) throw error;
        return undefined;
      }
    });
    if (pages === undefined) return 'refused';
    return pages.keys.includes(key) ? 'yes' : 'wrong';
  }

  /** All keys that begin with `prefix`. */
  async keys(prefix: string): Promise<readonly string[]> {
    return (await this.#list(prefix)).keys;
  }

  /** How many objects lie below `prefix`, and how large they are. */
  async sizeOf(prefix: string): Promise<FolderSize> {
    const { keys, bytes } = await this.#list(prefix);
    return { files: keys.length, bytes };
  }

  /** The names right below `prefix`, which ends with a slash, that have keys below them. */
  async folders(prefix: string): Promise<string[]> {
    const { folders } = await this.#list(prefix, '/');
    return folders.map((folder) => folder.slice(prefix.length, -1));
  }

  async close(): Promise<void> {
    const connected = await this.#connected?.catch(() => undefined);
    connected?.close();
  }

  async #list(prefix: string, delimiter?: string): Promise<Listed> {
    const keys: string[] = [];
    const folders: string[] = [];
    let bytes = 0;
    let next: Next | undefined;
    do {
      const asked: ListRequest = {
        bucket: this.#options.bucket,
        prefix,
        ...(delimiter !== undefined && { delimiter }),
        ...(next !== undefined && { next }),
      };
      const page = await this.#send(prefix, (s3, _bucket, abortSignal) => listPage(s3, asked, abortSignal));
      keys.push(...page.keys);
      folders.push(...page.folders);
      bytes += page.bytes;
      next = page.next;
    } while (next !== undefined);
    return { keys, folders, bytes };
  }

  async #orAbsent<Response>(s3: S3, abortSignal: AbortSignal, asked: Promise<Response>): Promise<Response | undefined> {
    try {
      return await asked;
    } catch (error) {
      if (statusOf(error) === 404 && !isNoSuchBucket(error)) return undefined;
      if (statusOf(error) !== 403 || this.#readable === undefined) throw error;
      const readable = new s3.library.HeadObjectCommand({ Bucket: this.#options.bucket, Key: this.#readable });
      await s3.client.send(readable, { abortSignal });
      return undefined;
    }
  }

  async #send<Result>(
    key: string,
    action: (s3: S3, bucket: string, signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    const { connect, bucket, signal } = this.#options;
    const s3 = await (this.#connected ??= connect());
    try {
      return await withGrace(signal, GRACE_MS, (late) => {
        const ending = AbortSignal.any([late, AbortSignal.timeout(LIMIT_MS)]);
        return this.#pace.patiently(ending, () => action(s3, bucket, ending));
      });
    } catch (error) {
      throw error instanceof ConditionError || error instanceof StoreError ? error : storageFailure(error, key);
    }
  }
}

interface Next {
  readonly token?: string;
  /** The last name of the page before: old storages have no tokens, and go on behind a name. */
  readonly marker?: string;
}

interface ListRequest {
  readonly bucket: string;
  readonly prefix: string;
  readonly delimiter?: string;
  readonly next?: Next;
}

interface Listed {
  readonly keys: readonly string[];
  readonly folders: readonly string[];
  /** Of the objects themselves. */
  readonly bytes: number;
  readonly next?: Next;
}

/**
 * A page of ListObjectsV2, or of its forerunner where the storage answers in the old way: as if cut off, without a
 * token to go on.
 */
async function listPage(
  { library, client }: S3,
  { bucket: Bucket, prefix: Prefix, delimiter, next = {} }: ListRequest,
  abortSignal: AbortSignal,
): Promise<Listed> {
  const input = { Bucket, Prefix, ...(delimiter !== undefined && { Delimiter: delimiter }) };
  const { token, marker } = next;
  const command: ConstructorParameters<S3Library['ListObjectsV2Command']>[0] = {
    ...input,
    ...(token !== undefined && { ContinuationToken: token }),
  };
  const page =
    marker === undefined
      ? await client.send(new library.ListObjectsV2Command(command), { abortSignal })
      : await client.send(new library.ListObjectsCommand({ ...input, Marker: marker }), { abortSignal });
  const keys = (page.Contents ?? []).flatMap(({ Key }) => Key ?? []);
  const folders = (page.CommonPrefixes ?? []).flatMap((it) => it.Prefix ?? []);
  const bytes = (page.Contents ?? []).reduce((sum, { Size = 0 }) => sum + Size, 0);
  if (page.IsTruncated !== true) return { keys, folders, bytes };
  const nextToken = 'NextContinuationToken' in page ? page.NextContinuationToken : undefined;
  if (nextToken !== undefined) return { keys, folders, bytes, next: { token: nextToken } };
  const last = [...keys, ...folders].sort().at(-1);
  return { keys, folders, bytes, ...(last !== undefined && { next: { marker: last } }) };
}

function isNoSuchBucket(error: unknown): boolean {
  return error instanceof Error && error.name === 'NoSuchBucket';
}

function versionOf(response: { ETag?: string | undefined; Metadata?: Record<string, string> | undefined }): Version {
  return { etag: bare(response.ETag), mark: response.Metadata?.[MARK] };
}

/** Ceph and DigitalOcean Spaces answer with an ETag in quotes, and take it back in If-Match without them only. */
function bare(etag: string | undefined): string {
  return (etag ?? '').replaceAll('"', '');
}

function dateOf(response: unknown): number {
  return Date.parse(responseOf(response).headers?.['date'] ?? '');
}

interface HttpResponse {
  readonly statusCode?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

function responseOf(response: unknown): HttpResponse {
  return response as HttpResponse;
}
