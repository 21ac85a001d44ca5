import type { MailRow } from '../world/mail-row.js';

/** One page of a result, before it is put into words. */
export interface TracePage {
  readonly organization: string;
  /** The bounds of the query, echoed in every row; milliseconds since 1970. */
  readonly startMs: number;
  readonly endMs: number;
  /** Of the first row, in the whole result. */
  readonly offset: number;
  readonly rows: readonly MailRow[];
  /** The value of `$skiptoken` for the rows after these; null on the last page. */
  readonly nextSkiptoken: number | null;
}

/** Where `$skiptoken` points to: the offset of the first row that it asks for. */
export function offsetOf(skiptoken: number | null, starts: 'at' | 'after'): number {
  if (skiptoken === null) return 0;
  return starts === 'at' ? skiptoken : skiptoken + 1;
}

export function skiptokenFor(offset: number, starts: 'at' | 'after'): number {
  return starts === 'at' ? offset : offset - 1;
}
