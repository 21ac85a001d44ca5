import { Ajv, type AnySchema } from 'ajv';
import { DateTime } from 'luxon';

/** Where a clock begins that was never set: no clock of a module says less. */
export const MIN_STORED_TIME_MS = 0;
/** Later ones cannot be written in the usual form of ISO 8601. */
export const MAX_STORED_TIME_MS = Date.UTC(9999, 11, 31);

const ajv = new Ajv({ strict: true, allowUnionTypes: true, formats: { 'stored-time': isStoredTime } });

/**
 * What a document that comes back from a store must look like, as a JSON schema: everything that is read back goes
 * through one. The format `stored-time` is a time in ISO 8601 of the years 1970 to 9999.
 * @throws Error where the schema itself is wrong
 */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the schema describes T
export function acceptor<T>(schema: AnySchema): (value: unknown) => value is T {
  return ajv.compile<T>(schema);
}

function isStoredTime(text: string): boolean {
  const time = DateTime.fromISO(text, { zone: 'utc' });
  return time.isValid && time.toMillis() >= MIN_STORED_TIME_MS && time.toMillis() <= MAX_STORED_TIME_MS;
}
