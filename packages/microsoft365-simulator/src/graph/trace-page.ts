import type { MailRow } from '../world/mail-row.js';

/** One page of a result, before it is put into words. */
export interface TracePage {
  /** Of the first row, in the whole result. */
  readonly offset: number;
  readonly rows: readonly MailRow[];
  /** Where the next page begins; null on the last one. */
  readonly nextOffset: number | null;
}
