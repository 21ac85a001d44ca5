import type { MailRow } from '../world/mail-row.js';
import type { Skiptoken } from './skiptoken.js';

/** One page of a result, before it is put into words. */
export interface TracePage {
  /** From 1. */
  readonly number: number;
  readonly rows: readonly MailRow[];
  /** Leads to the next page; null on the last one. */
  readonly next: Skiptoken | null;
}
