import { join, resolve } from 'node:path';
import { Values } from '../configuration/values.js';
import { ConfigurationError } from '../errors.js';
import { type Hide, Log } from '../log/log.js';
import { SECRETS } from '../log/redactor.js';
import type { OwnableStore } from './data-store.js';
import { DataFolder } from './folder/data-folder.js';
import { ObjectStorage } from './objects/object-storage.js';
import { ObjectStore } from './objects/object-store.js';
import { connectS3, readStorageSettings } from './objects/s3-client.js';
import { FolderAccess, ObjectAccess, type StoreAccess } from './store-access.js';
import { isBelow, type SharedFiles, SharedFolder, SharedObjects } from './shared-files.js';

const DEFAULT_STORAGE = '/symphony_data';

export interface Locating {
  readonly env: NodeJS.ProcessEnv;
  readonly values: Values;
  readonly hide: Hide;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Where the platform's values put the data. */
type Place =
  { readonly path: string } | { readonly storage: ObjectStorage; readonly bucket: string; readonly prefix: string };

/**
 * The store that the platform's values name: the S3 bucket `aws_bucket_name` where `file_backend` is S3, else the
 * folder /symphony_data (or the environment variable DATA_STORAGE), in both of them the folder `sub_folder`. Nothing is
 * touched yet.
 * @throws ConfigurationError
 */
export function locateStore(locating: Locating): OwnableStore {
  const { log } = locating;
  const place = locate(locating);
  return 'path' in place ? new DataFolder(place.path, log) : new ObjectStore({ ...place, log });
}

/**
 * The files that actions leave for each other, in the same place. Nothing is touched yet.
 * @throws ConfigurationError
 */
export function locateSharedFiles(locating: Locating): SharedFiles {
  const place = locate(locating);
  return 'path' in place ? new SharedFolder(place.path) : new SharedObjects(place);
}

/**
 * The files of the same store, for the command line. Nothing is touched yet.
 * @throws ConfigurationError
 */
export function openStoreAccess(
  locating: Omit<Locating, 'values' | 'log'>,
  say: (sentence: string) => void,
): StoreAccess {
  const log = new Log({ redactor: SECRETS, threshold: 'info', write: (_level, text) => say(text) });
  const place = locate({ ...locating, values: new Values(locating.env), log });
  return 'path' in place ? new FolderAccess(place.path, log) : new ObjectAccess(place, log);
}

function locate({ env, values, hide, log, signal }: Locating): Place {
  const subFolder = values.text('sub_folder');
  if (values.text('file_backend')?.toUpperCase() !== 'S3') return { path: pathOf(env, subFolder) };
  const prefix = prefixOf(subFolder);
  const settings = readStorageSettings(values, hide);
  const { bucket, isPlain } = settings;
  if (isPlain) {
    log.warning(
      '"aws_s3_endpoint_url" is a plain http:// address: what the module keeps travels unencrypted, including senders and recipients of rejected rows. No data is lost. Use https:// if the storage offers it.',
    );
  }
  const storage = new ObjectStorage({ connect: () => connectS3(settings), bucket, signal });
  return { storage, bucket, prefix };
}

function pathOf(env: NodeJS.ProcessEnv, subFolder: string | undefined): string {
  const storage = resolve(env['DATA_STORAGE'] || DEFAULT_STORAGE);
  const path = join(storage, subFolder ?? '');
  if (path !== storage && !isBelow(storage, path)) throw leadsOut();
  return path;
}

function prefixOf(subFolder: string | undefined): string {
  const folders = (subFolder ?? '').split('/').filter((folder) => folder !== '' && folder !== '.');
  if (folders.includes('..')) throw leadsOut();
  return folders.map((folder) => `${folder}/`).join('');
}

function leadsOut(): ConfigurationError {
  return new ConfigurationError('The value "sub_folder" leads out of the data folder. Name a folder below it.');
}
