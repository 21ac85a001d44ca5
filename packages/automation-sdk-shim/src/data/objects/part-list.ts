import type { ObjectStorage } from './object-storage.js';
import { namePart } from './parts.js';

/** Which buckets there are, and of which parts each consists. Methods throw StoreError. */
export interface PartList {
  names(): Promise<readonly string[]>;
  /** The numbers of the bucket's parts, in their order; undefined where there is no such bucket. */
  parts(name: string): Promise<readonly number[] | undefined>;
  /** Makes a bucket that is not there, and returns the number of its first part. */
  create(name: string): Promise<number>;
  /** Parts before `whole`, which count for nothing any more, go. */
  shorten(name: string, parts: readonly number[], whole: number): Promise<void>;
  /** The bucket goes, of which only the empty part `whole` is left. */
  drop(name: string, whole: number): Promise<void>;
}

export interface PartKeys {
  readonly storage: ObjectStorage;
  /** Of all keys; ends with a slash. */
  readonly prefix: string;
}

/** As many as there are connections. */
export const AT_ONCE = 8;
export const FIRST_NUMBER = 1;
const INDEX = '.index';

export function keyOfPart(prefix: string, name: string, number: number): string {
  return `${prefix}${name}/${namePart(number)}`;
}

/** The object that lists the buckets where the storage cannot. */
export function indexKey(prefix: string): string {
  return prefix + INDEX;
}
