import type { Account } from '../http/messages.js';
import { defaultServiceOptions, type ServiceOptions } from '../service/service-options.js';
import type { DialectName } from './odata.js';

/** How the Reporting Web Service behaves. */
export interface ReportingOptions extends Account, ServiceOptions {
  /** Rows a page holds at most; 2,000 in the real service. */
  pageRows: number;
  /** `negotiated`: by $format and Accept; else always that one, whatever was asked for. */
  dialect: 'negotiated' | DialectName;
  /**
   * In the dialect odata-2: `{"d":[…]}` in place of `{"d":{"results":[…]}}`. Such an answer has no place for a link.
   */
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
  /** The host that the fault `link-to-another-host` names. */
  foreignOrigin: string;
  accountName: string;
  accountPassword: string;
}

export const defaultOptions: Readonly<ReportingOptions> = {
  ...defaultServiceOptions,
  pageRows: 2_000,
  dialect: 'negotiated',
  dAsArray: false,
  paging: 'link',
  skiptokenStarts: 'after',
  stablePages: true,
  inclusiveBounds: true,
  historyDays: 30,
  maxRangeDays: null,
  foreignOrigin: 'https://reports.attacker.example',
  accountName: 'trace.reader@example.corp',
  accountPassword: 'demo-Passw0rd',
};
