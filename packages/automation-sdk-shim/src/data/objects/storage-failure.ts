import { isObject } from '../../json.js';
import { excerpt } from '../../log/foreign-text.js';
import { StoreError } from '../store-error.js';

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
