import type { TransportFaultOptions } from '../faults/transport-faults.js';
import type { Account } from '../http/credentials.js';
import type { DialectName } from './dialect.js';

/** How the service behaves. Everything may be changed while it runs; the next request sees it. */
export interface ReportingOptions extends Account, TransportFaultOptions {
  /** Rows a page holds at most; 2,000 in the real service. */
  pageRows: number;
  /** `negotiated`: by $format and Accept; else always that one, whatever was asked for. */
  dialect: 'negotiated' | DialectName;
  /** In the dialect odata-2: `{"d":[…]}` in place of `{"d":{"results":[…]}}`. Such an answer has no place for a link. */
  dAsArray: boolean;
  /** How a full page names the next one: an absolute link, one relative to the request, or not at all. */
  paging: 'link' | 'relative-link' | 'skiptoken';
  /** Whether `$skiptoken=n` begins at row n (counted from 0) or after it. */
  skiptokenStarts: 'at' | 'after';
  /** Whether the pages of one result are cut from the view of its first page, or each from the present view. */
  stablePages: boolean;
  /** Whether EndDate itself belongs to what is asked for; StartDate always does. */
  inclusiveBounds: boolean;
  /** A StartDate older than that is refused. */
  historyDays: number;
  /** A longer range is refused; null: none is. */
  maxRangeDays: number | null;
  /** How long every answer takes at least. */
  latencyMs: number;
  /** How far the service's clock is ahead of `now`: its Date header, its visible mail, its limits. */
  clockOffsetMs: number;
  /** The host that the fault `link-to-another-host` names. */
  foreignOrigin: string;
  accountName: string;
  accountPassword: string;
  retryAfterSeconds: number;
  slowAnswerMs: number;
  signInOrigin: string;
  /** The time, in milliseconds since 1970. */
  now: () => number;
}

export const defaultOptions: Readonly<ReportingOptions> = {
  pageRows: 2_000,
  dialect: 'negotiated',
  dAsArray: false,
  paging: 'link',
  skiptokenStarts: 'after',
  stablePages: true,
  inclusiveBounds: true,
  historyDays: 30,
  maxRangeDays: null,
  latencyMs: 0,
  clockOffsetMs: 0,
  foreignOrigin: 'https://reports.attacker.example',
  accountName: 'trace.reader@example.corp',
  accountPassword: 'demo-Passw0rd',
  retryAfterSeconds: 1,
  slowAnswerMs: 2_000,
  signInOrigin: 'https://login.microsoftonline.com',
  now: Date.now,
};
