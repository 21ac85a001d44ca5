import { Ajv, type AnySchema } from 'ajv';
import { DateTime } from 'luxon';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { parseObject } from '../json.js';
import { LockHeldError } from '../errors.js';

/** Where a clock begins that was never set: no clock of a module says less. */
export const MIN_STORED_TIME_MS = 0;
/** Later ones cannot be written in the usual form of ISO 8601. */
export const MAX_STORED_TIME_MS = Date.UTC(9999, 11, 31);

/** Without the schema of schemas: compiling that takes longest, and `strict` says what is wrong with ours. */
const ajv = new Ajv({
  strict: true,
  allowUnionTypes: true,
  formats: { 'stored-time': isStoredTime },
  meta: false,
  validateSchema: false,
});

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

/**
 * Who holds a data folder, in enough detail to tell whether that process is still alive. What the system does not tell
 * (Linux has it all under /proc) is null.
 */
export interface LockOwner {
  readonly pid: number;
  readonly host: string;
  /** ISO 8601, when the folder was taken. */
  readonly since: string;
  readonly boot_id: string | null;
  readonly pid_namespace: string | null;
  /** In clock ticks since boot: together with the pid it names one process for good. */
  readonly process_started: string | null;
}

export type ProcessRun = 'alive' | 'dead' | 'unknown';

export function thisProcess(now: Date): LockOwner {
  return {
    pid: process.pid,
    host: hostname(),
    since: now.toISOString(),
    boot_id: bootId(),
    pid_namespace: pidNamespace(),
    process_started: startTicks(process.pid),
  };
}

/** What some process says of itself: enough to name it, whatever else is missing. */
const isLockOwner = acceptor<Pick<LockOwner, 'pid' | 'host'> & Partial<Record<keyof LockOwner, unknown>>>({
  type: 'object',
  required: ['pid', 'host'],
  properties: { pid: { type: 'integer', minimum: 1, maximum: 2 ** 31 - 1 }, host: { type: 'string', maxLength: 255 } },
});
const isWord = acceptor<string>({ type: 'string', maxLength: 100 });

/** The holder written in `text`; undefined where it is not one. */
export function parseLockOwner(text: string): LockOwner | undefined {
  const value: unknown = parseObject(text);
  if (!isLockOwner(value)) return undefined;
  const wordOrNull = (name: keyof LockOwner) => (isWord(value[name]) ? value[name] : null);
  return {
    pid: value.pid,
    host: value.host,
    since: /^[\d:.TZ-]+$/.exec(wordOrNull('since') ?? '')?.[0] ?? 'an unknown time',
    boot_id: wordOrNull('boot_id'),
    pid_namespace: wordOrNull('pid_namespace'),
    process_started: wordOrNull('process_started'),
  };
}

/**
 * Whether the holder lives. Known only to a process of the same boot and the same pid namespace: elsewhere the same
 * number is another process.
 */
export function lifeOf(lockOwner: LockOwner): ProcessRun {
  const comparable =
    lockOwner.host === hostname() &&
    lockOwner.boot_id !== null &&
    lockOwner.boot_id === bootId() &&
    lockOwner.pid_namespace !== null &&
    lockOwner.pid_namespace === pidNamespace() &&
    lockOwner.process_started !== null;
  if (!comparable) return 'unknown';
  return startTicks(lockOwner.pid) === lockOwner.process_started ? 'alive' : 'dead';
}

function bootId(): string | null {
  return readOrNull(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
}

function pidNamespace(): string | null {
  return readOrNull(() => readlinkSync('/proc/self/ns/pid'));
}

/** Null where there is no such process, or only its remains (a zombie), or no /proc. */
function startTicks(pid: number): string | null {
  const stat = readOrNull(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  // The second field, the command in parentheses, may itself contain spaces and parentheses.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state] = fields ?? [];
  return state === undefined || state === 'Z' || state === 'X' ? null : (fields?.[19] ?? null);
}

function readOrNull(read: () => string): string | null {
  try {
    return read();
  } catch {
    return null;
  }
}

/** The refusal to work in a store that another process holds. `lockOwner` is undefined where it is unknown. */
export function heldBy(store: string, lockOwner: LockOwner | undefined, wayOut: string): LockHeldError {
  const who =
    lockOwner === undefined
      ? 'another process, which has not said who it is'
      : `the process ${lockOwner.pid} on the host ${lockOwner.host} since ${lockOwner.since}`;
  return new LockHeldError(
    `The ${store} is held by ${who}. Two processes would send everything twice: stop that one, or give this one a folder of its own (${wayOut}).`,
  );
}
