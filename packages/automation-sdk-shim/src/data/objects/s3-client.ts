/** Where the object storage is and how to be let in, as the platform's values say. */
import type { SecureContextOptions } from 'node:tls';
import type { Values } from '../../configuration/values.js';
import { ConfigurationError } from '../../errors.js';
import type { Hide } from '../../log/log.js';
import { pipeline, Readable, Transform } from 'node:stream';
import type * as Library from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';
import { MAX_OBJECT_BYTES, MAX_STORAGE_RESPONSE_BYTES } from '../../budgets.js';
import { createAgents } from '../../http/agents.js';

export interface StorageSettings {
  readonly bucket: string;
  readonly region: string;
  /** Undefined for Amazon's own. */
  readonly endpoint: string | undefined;
  /** Whether the stored data leaves the machine unencrypted. It shows who sent mail to whom. */
  readonly isPlain: boolean;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  /** Certificates in PEM: which CAs to trust, and the module's own identity. */
  readonly tls: SecureContextOptions;
}

const REQUIRED = ['aws_bucket_name', 'aws_default_region', 'aws_access_key_id', 'aws_secret_access_key'] as const;
const SECRET = ['aws_access_key_id', 'aws_secret_access_key', 'aws_session_token', 'client_key'];

/** @throws ConfigurationError with everything that is wrong; it never quotes a value */
export function readStorageSettings(values: Values, hide: Hide): StorageSettings {
  const secrets = SECRET.map((name) => ({ name, value: values.text(name) }));
  for (const { name, value } of secrets) if (value !== undefined) hide(name, value);

  const endpoint = values.text('aws_s3_endpoint_url');
  const [clientCert, clientKey] = [values.text('client_cert'), values.text('client_key')];
  const problems = [
    ...REQUIRED.filter((name) => values.text(name) === undefined).map(
      (name) => `"${name}" is missing: "file_backend" S3 needs it. Give it as ${values.places(name)}.`,
    ),
    ...(endpoint === undefined || isUsableEndpoint(endpoint)
      ? []
      : ['"aws_s3_endpoint_url" must be an https:// or http:// address without user name and password.']),
    ...((clientCert === undefined) === (clientKey === undefined)
      ? []
      : ['"client_cert" and "client_key" must be given together.']),
  ];
  if (problems.length > 0) throw new ConfigurationError(problems.join(' '));

  const [bucket = '', region = '', accessKeyId = '', secretAccessKey = ''] = REQUIRED.map((name) => values.text(name));
  const sessionToken = values.text('aws_session_token');
  const ca = values.text('ca_cert');
  return {
    bucket,
    region,
    endpoint,
    isPlain: endpoint !== undefined && isPlain(new URL(endpoint)),
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
    tls: {
      ...(ca !== undefined && { ca }),
      ...(clientCert !== undefined && clientKey !== undefined && { cert: clientCert, key: clientKey }),
    },
  };
}

function isUsableEndpoint(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return username === '' && password === '' && (protocol === 'https:' || protocol === 'http:');
}

function isPlain({ protocol, hostname }: URL): boolean {
  const isLoopback = hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
  return protocol === 'http:' && !isLoopback;
}

/** The storage answered more than can be held. `code` is what `storageFailure` tells. */
class ResponseTooLargeError extends Error {
  override readonly name = 'AnswerTooLargeError';
  readonly code = 'AnswerTooLarge';
}

/** Makes a client give up answers beyond the budget while they come: by itself the library reads them to their end. */
function boundResponses(client: S3Client): void {
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const result = await next(args);
        const response = result.response as { body?: unknown };
        const max = commandName === 'GetObjectCommand' ? MAX_OBJECT_BYTES : MAX_STORAGE_RESPONSE_BYTES;
        if (response.body instanceof Readable) response.body = bounded(response.body, max);
        return result;
      },
    { step: 'deserialize', priority: 'low' },
  );
}

function bounded(body: Readable, max: number): Readable {
  let bytes = 0;
  const counted = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      bytes += chunk.length;
      if (bytes > max) done(new ResponseTooLargeError(`more than ${max} bytes`));
      else done(null, chunk);
    },
  });
  // An error of either destroys both, and is thrown where the answer is read.
  pipeline(body, counted, () => undefined);
  return counted;
}

export type S3Library = typeof Library;

export interface S3 {
  readonly library: S3Library;
  readonly client: Library.S3Client;
  /** Closes the kept-alive connections. */
  close(): void;
}

const CONNECT_MS = 10_000;
const RESPONSE_MS = 10_000;
const TRIES = 3;

/**
 * A client for the storage of the settings: through the environment's proxies, with the certificates given, with time
 * limits. The library is loaded here and nowhere else: it takes 20 MiB of memory, which a module with a data folder
 * does not need.
 */
export async function connectS3(settings: StorageSettings): Promise<S3> {
  const library = await import('@aws-sdk/client-s3');
  const agents = createAgents(CONNECT_MS, settings.tls);
  const { region, endpoint, credentials } = settings;
  const client = new library.S3Client({
    region,
    // The library writes into what it is given.
    credentials: { ...credentials },
    // Storages other than Amazon's seldom have a host name for each bucket.
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
    maxAttempts: TRIES,
    requestHandler: {
      httpAgent: agents.http,
      httpsAgent: agents.https,
      requestTimeout: RESPONSE_MS,
      throwOnRequestTimeout: true,
    },
    // The checksums that the library would add by itself are unknown to many storages other than Amazon's.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  boundResponses(client);
  const close = () => {
    agents.http.destroy();
    agents.https.destroy();
  };
  return { library, client, close };
}
