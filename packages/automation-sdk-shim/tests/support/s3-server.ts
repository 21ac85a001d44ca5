import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { StorageSettings } from '../../src/data/objects/s3-client.js';

export interface S3Request {
  readonly method: string;
  /** Of the object; of a list, its prefix. */
  readonly key: string;
}

/**
 * - a status: answered with it, nothing is done
 * - `reset-before`, `reset-after`: the connection is cut before, or after, what is asked for was done
 * - `hang`: done, and never answered
 * - `done-403`: done, and refused all the same, which no client tries again: as where it dies before it hears of it
 */
export type Fault = 500 | 503 | 429 | 403 | 409 | 'reset-before' | 'reset-after' | 'hang' | 'done-403';

interface StoredObject {
  readonly body: Buffer;
  readonly etag: string;
  readonly mark: string | undefined;
  readonly writtenMs: number;
}

export interface S3Options {
  /** Most names in one answer of a list. */
  readonly pageSize?: number;
  /**
   * `ignored`: as many imitations of S3 do; `if-match alone`: as MinIO of 2023; a status: the answer to every
   * condition.
   */
  readonly conditions?: 'honoured' | 'ignored' | 'if-match alone' | 400 | 412 | 501;
  /** `old`: the first version of ListObjects, whatever is asked for; a status: the answer to every list. */
  readonly lists?: 'both' | 'old' | 403 | 501;
  /** `ignored`: answered with 204, and nothing is removed; a status: the answer to every removal. */
  readonly removals?: 'done' | 'ignored' | 403 | 405;
  /** Least time in ms between two writes to an object, as of Google Cloud Storage and R2; sooner ones get 429. */
  readonly writeSpacingMs?: number;
  /** How ETags must be spelt in If-Match: Amazon takes both, Ceph those without quotes only. */
  readonly etags?: 'either' | 'bare' | 'quoted';
  readonly tls?: ServerOptions;
}

const bucket = 'state';
const credentials = {
  accessKeyId: 'AKIAEXAMPLE0KEY0ID',
  secretAccessKey: 'wJalrXUtnFEMI+K7MDENG/bPxRfiCYEXAMPLEKEY',
  sessionToken: 'FwoGZXIvYXdzEXAMPLE0SESSION0TOKEN==',
};

/**
 * One bucket of an object storage, in memory, over real HTTP on loopback; conditional writes as Amazon documents them.
 */
export class S3Server {
  readonly objects = new Map<string, StoredObject>();
  readonly requests: S3Request[] = [];
  /** Asked for each request; undefined for an honest answer. */
  fault: (request: S3Request) => Fault | undefined = () => undefined;
  /** Awaited before a request is looked at: lets a test do something in between. */
  before: (request: S3Request) => Promise<void> = () => Promise.resolve();
  clockOffsetMs = 0;
  /** May be changed on the way. */
  readonly options: S3Options;
  readonly #lastWriteMs = new Map<string, number>();
  readonly #server: ReturnType<typeof createServer>;

  private constructor(options: S3Options) {
    this.options = options;
    const receive = (request: IncomingMessage, response: ServerResponse) => void this.#receive(request, response);
    this.#server = options.tls === undefined ? createServer(receive) : createTlsServer(options.tls, receive);
  }

  static async start(options: S3Options = {}): Promise<S3Server> {
    const s3 = new S3Server(options);
    s3.#server.listen(0, '127.0.0.1');
    await once(s3.#server, 'listening');
    return s3;
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `${this.options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
  }

  get settings(): StorageSettings {
    return { bucket, region: 'eu-west-3', endpoint: this.url, isPlain: false, credentials, tls: {} };
  }

  /** The platform's values for it. */
  get values(): Record<string, string> {
    return {
      file_backend: 'S3',
      aws_bucket_name: bucket,
      aws_default_region: 'eu-west-3',
      aws_s3_endpoint_url: this.url,
      aws_access_key_id: credentials.accessKeyId,
      aws_secret_access_key: credentials.secretAccessKey,
      aws_session_token: credentials.sessionToken,
    };
  }

  get keys(): string[] {
    return [...this.objects.keys()].sort();
  }

  text(key: string): string | undefined {
    return this.objects.get(key)?.body.toString();
  }

  /** Writes as another process would. */
  store(key: string, body: Buffer | string, mark?: string): void {
    const content = Buffer.from(body);
    const etag = createHash('md5').update(content).digest('hex');
    this.objects.set(key, { body: content, etag, mark, writtenMs: this.#nowMs() });
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** S3 tells times in whole seconds. */
  #nowMs(): number {
    return Math.floor((Date.now() + this.clockOffsetMs) / 1_000) * 1_000;
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const url = new URL(request.url ?? '', 'http://s3');
    const [, asked, ...rest] = url.pathname.split('/').map(decodeURIComponent);
    const key = rest.join('/');
    const isList = request.method === 'GET' && key === '';
    const seen: S3Request = {
      method: isList ? 'LIST' : (request.method ?? ''),
      key: isList ? (url.searchParams.get('prefix') ?? '') : key,
    };
    this.requests.push(seen);
    await this.before(seen);
    const fault = this.fault(seen);
    if (fault === 'reset-before') {
      request.socket.destroy();
      return;
    }
    const respond = (status: number, headers: Record<string, string> = {}, body: Buffer | string = '') => {
      if (fault === 'reset-after') request.socket.destroy();
      if (fault === 'reset-after' || fault === 'hang') return;
      if (fault === 'done-403') {
        response.writeHead(403).end();
        return;
      }
      response.writeHead(status, { Date: new Date(this.#nowMs()).toUTCString(), ...headers }).end(body);
    };
    const refuse = (status: number, code: string) =>
      respond(
        status,
        { 'Content-Type': 'application/xml' },
        `<?xml version="1.0"?><Error><Code>${code}</Code><Message>For ${String(request.headers.authorization)}</Message></Error>`,
      );

    if (typeof fault === 'number') refuse(fault, FAULT_CODES[fault]);
    else if (request.headers.authorization?.includes(`Credential=${credentials.accessKeyId}/`) !== true)
      refuse(403, 'InvalidAccessKeyId');
    else if (asked !== bucket) refuse(404, 'NoSuchBucket');
    else if (isList && typeof this.options.lists === 'number') refuse(this.options.lists, 'NotImplemented');
    else if (isList) respond(200, { 'Content-Type': 'application/xml' }, this.#list(url.searchParams));
    else if (request.method === 'PUT') this.#put(request, key, Buffer.concat(parts), respond, refuse);
    else if (request.method === 'DELETE' && typeof this.options.removals === 'number')
      refuse(this.options.removals, 'MethodNotAllowed');
    else if (request.method === 'DELETE') {
      if (this.options.removals !== 'ignored') this.objects.delete(key);
      respond(204);
    } else this.#get(request.method === 'HEAD', key, respond, refuse);
  }

  #put(request: IncomingMessage, key: string, body: Buffer, response: Response, refuse: Refuse): void {
    const { 'if-match': match, 'if-none-match': noneMatch, 'x-amz-meta-mark': mark } = request.headers;
    const there = this.objects.get(key);
    const { conditions = 'honoured', writeSpacingMs = 0 } = this.options;
    if (performance.now() - (this.#lastWriteMs.get(key) ?? -Infinity) < writeSpacingMs) {
      refuse(429, 'SlowDown');
      return;
    }
    const isConditional = match !== undefined || noneMatch !== undefined;
    if (isConditional && typeof conditions === 'number') {
      refuse(conditions, conditions === 412 ? 'PreconditionFailed' : 'NotImplemented');
      return;
    }
    if (conditions === 'honoured' || conditions === 'if-match alone') {
      const isMissing = match !== undefined && there === undefined;
      const isThere = noneMatch === '*' && there !== undefined && conditions === 'honoured';
      const differs = isThere || (match !== undefined && !this.#matches(match, there?.etag));
      if (isMissing || differs) {
        refuse(isMissing ? 404 : 412, isMissing ? 'NoSuchKey' : 'PreconditionFailed');
        return;
      }
    }
    this.#lastWriteMs.set(key, performance.now());
    this.store(key, body, typeof mark === 'string' ? mark : undefined);
    response(200, { ETag: `"${this.objects.get(key)?.etag ?? ''}"` });
  }

  #matches(match: string, etag: string | undefined): boolean {
    const { etags = 'either' } = this.options;
    return (etags !== 'quoted' && match === etag) || (etags !== 'bare' && match === `"${etag ?? ''}"`);
  }

  #get(isHead: boolean, key: string, response: Response, refuse: Refuse): void {
    const found = this.objects.get(key);
    if (found === undefined) {
      // Without the right to list, the storage does not tell what is not there.
      if (this.options.lists === 403) refuse(403, 'AccessDenied');
      else refuse(404, 'NoSuchKey');
      return;
    }
    response(
      200,
      {
        ETag: `"${found.etag}"`,
        'Last-Modified': new Date(found.writtenMs).toUTCString(),
        'Content-Length': String(found.body.length),
        ...(found.mark !== undefined && { 'x-amz-meta-mark': found.mark }),
      },
      isHead ? '' : found.body,
    );
  }

  #list(query: URLSearchParams): string {
    const prefix = query.get('prefix') ?? '';
    const delimiter = query.get('delimiter');
    const isOld = this.options.lists === 'old' || query.get('list-type') !== '2';
    const after = query.get(isOld ? 'marker' : 'continuation-token') ?? '';
    const names = new Set<string>();
    for (const key of this.keys) {
      if (!key.startsWith(prefix)) continue;
      const end = delimiter === null ? -1 : key.indexOf(delimiter, prefix.length);
      names.add(end === -1 ? key : key.slice(0, end + 1));
    }
    const rest = [...names].filter((name) => name > after);
    const page = rest.slice(0, this.options.pageSize ?? 1_000);
    const isTruncated = page.length < rest.length;
    const entries = page.map((name) =>
      delimiter !== null && name.endsWith(delimiter)
        ? `<CommonPrefixes><Prefix>${name}</Prefix></CommonPrefixes>`
        : `<Contents><Key>${name}</Key><Size>${this.objects.get(name)?.body.byteLength ?? 0}</Size></Contents>`,
    );
    const next = isTruncated && !isOld ? `<NextContinuationToken>${page.at(-1) ?? ''}</NextContinuationToken>` : '';
    return `<?xml version="1.0"?><ListBucketResult><IsTruncated>${isTruncated}</IsTruncated>${next}${entries.join('')}</ListBucketResult>`;
  }
}

type Response = (status: number, headers?: Record<string, string>, body?: Buffer | string) => void;
type Refuse = (status: number, code: string) => void;

const FAULT_CODES = {
  429: 'TooManyRequests',
  403: 'AccessDenied',
  409: 'ConditionalRequestConflict',
  500: 'InternalError',
  503: 'SlowDown',
} as const;
