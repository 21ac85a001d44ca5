import type * as Library from '@aws-sdk/client-s3';
import { ConfigurationError } from '../../errors.js';
import { createAgents } from '../../http/agents.js';
import { isObject } from '../../json.js';
import type { StorageSettings } from './storage-settings.js';

export type S3Library = typeof Library;

export interface S3 {
  readonly library: S3Library;
  readonly client: Library.S3Client;
  /** Closes the kept-alive connections. */
  close(): void;
}

const CONNECT_MS = 10_000;
const ANSWER_MS = 10_000;
const TRIES = 3;

/**
 * A client for the storage of the settings: through the environment's proxies, with the certificates given, with time limits.
 * The library is loaded here and nowhere else, since most modules keep what they have in a folder.
 * @throws ConfigurationError where the library is not installed
 */
export async function connectS3(settings: StorageSettings, load = loadLibrary): Promise<S3> {
  const library = await load().catch(explainMissing);
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
      requestTimeout: ANSWER_MS,
      throwOnRequestTimeout: true,
    },
    // The checksums that the library would add by itself are unknown to many storages other than Amazon's.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  const close = () => {
    agents.http.destroy();
    agents.https.destroy();
  };
  return { library, client, close };
}

function loadLibrary(): Promise<S3Library> {
  return import('@aws-sdk/client-s3');
}

function explainMissing(error: unknown): never {
  if (!isObject(error) || error['code'] !== 'ERR_MODULE_NOT_FOUND') throw error;
  throw new ConfigurationError(
    '"file_backend" is S3, for which the package @aws-sdk/client-s3 (3.1169.0) is needed: it is not in this image. Add it to the image, or leave "file_backend" empty to keep the data in a folder.',
  );
}
