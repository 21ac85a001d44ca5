import { CodedError } from '../errors.js';
import { MAX_DOCUMENT_BYTES } from '../budgets.js';
import { parseObject } from '../json.js';
import type { Log } from '../log/log.js';

/** What is kept cannot be read or written now. The message says why and ends with what the operator should do. */
export class StoreError extends CodedError {
  override readonly name = 'StoreError';
  override readonly code = 'SDK-STORE';
}

/** Where a trigger keeps what must survive a restart: a folder, or a place in an object storage. */
export interface DataStore {
  /** How messages name it, such as "data folder /symphony_data". */
  readonly name: string;
  /**
   * `name` is that of a file directly in the store, such as "context.json". Ask for each once: writes to it stand in
   * one queue.
   */
  document<T extends object>(name: string): PersistentDocument<T>;
  /** `name` is that of a folder, such as "fingerprints". */
  buckets(name: string): Buckets;
  /**
   * Adds `line`, which has no line feed, to the file `name`, such as "rejected/2026-11-23.ndjson". Resolves once it
   * would survive a power cut. An object storage cannot add to an object: there, each line is an object of its own
   * below that name.
   * @throws StoreError
   */
  appendLine(name: string, line: string): Promise<void>;
  /**
   * How much lies in the folder `name`, such as "rejected"; zeros where there is none. Undefined where the storage
   * cannot list.
   * @throws StoreError
   */
  sizeOf(name: string): Promise<FolderSize | undefined>;
}

export interface FolderSize {
  /** Files, or objects. */
  readonly files: number;
  readonly bytes: number;
}

/** A JSON object that survives crashes: at any moment the store holds the old value or the new one, whole. */
export interface PersistentDocument<T extends object> {
  /**
   * The value, or undefined where there is none. What is not a JSON object, or not one that `accepts` takes, is set
   * aside under a dated name, reported as an error, and counts as absent.
   * @throws StoreError
   */
  read(accepts?: (value: object) => boolean): Promise<T | undefined>;
  /**
   * Resolves once the value is stored. Calls are carried out one after the other.
   * @throws StoreError; the old value is still there then, or the new one, but no mixture
   */
  write(value: T): Promise<void>;
}

/** Bytes that grow at their end, in buckets that are removed as a whole. A bucket is written by one call at a time. */
export interface Buckets {
  /** @throws StoreError */
  names(): Promise<string[]>;
  /** @throws StoreError, also where there is no such bucket */
  read(name: string): Promise<Buffer>;
  /**
   * Writes at an offset in bytes, over what is there and leaving what lies behind. Resolves once it would survive a
   * power cut.
   * @throws StoreError; the bucket then holds what it held, or part of what was to be written besides
   */
  write(name: string, content: Buffer, at: number): Promise<void>;
  /**
   * Changes nothing where there is no such bucket. @throws StoreError; the bucket may be there still, or again empty
   */
  remove(name: string): Promise<void>;
}

export type Release = () => Promise<void>;

export interface Taking {
  /** Ends the waiting for a holder that may be dead. */
  readonly signal: AbortSignal;
  /** Called once when another process has taken the store: this process must stop writing at once. */
  readonly onLost: () => void;
}

/** A store that one process at a time may have. */
export interface OwnableStore extends DataStore {
  /**
   * Makes this process the only one that writes there, and returns how to let go of it. To be called before anything
   * else.
   * @throws FolderHeldError, StoreError, ConfigurationError
   */
  take(taking: Taking): Promise<Release>;
}

/** The JSON object that a document's text holds; undefined where the document is damaged or not accepted. */
export function parseDocument(text: string, accepts: (value: object) => boolean): object | undefined {
  if (Buffer.byteLength(text) > MAX_DOCUMENT_BYTES) return undefined;
  const value = parseObject(text);
  return value !== undefined && accepts(value) ? value : undefined;
}

/** How a document is written: for people, too. */
export function documentText(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

/** The name under which a damaged document is kept. */
export function nameAside(name: string, now: Date): string {
  return `${name}.damaged-${now.toISOString().replaceAll(/[:.]/g, '-')}`;
}

export function reportDamage(log: Log, name: string, aside: string): void {
  log.error(
    `${name} is damaged and was set aside as ${aside}: what it remembered is forgotten. Keep the file if you want the cause to be found.`,
  );
}
