import type * as Library from '@aws-sdk/client-s3';
import { createAgents } from '../../http/agents.js';
import { boundResponses } from './bounded-answers.js';
import type { StorageSettings } from './storage-settings.js';

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
