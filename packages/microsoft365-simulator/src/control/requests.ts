import type { FaultMatch, RandomFaults } from '../faults/fault-plan.js';
import type { ReportingOptions } from '../reporting-web-service/options.js';
import { reportingFaults, type ReportingFault } from '../reporting-web-service/service-faults.js';
import type { BulkMail, LiveMail } from '../world/mail-plan.js';
import * as read from './readers.js';

/** What the control pages accept. Checks across fields are those of the world and of the fault plan. */

const share = read.numberFrom(0, 1);
const behaviour = {
  lateShare: share,
  lateSeconds: read.pair,
  changingShare: share,
  changeSeconds: read.pair,
};
const bulkMail = read.fieldsWith<BulkMail, 'rows' | 'from' | 'to'>(
  { rows: read.wholeNumberFrom(0), from: read.instant, to: read.instant, ...behaviour },
  ['rows', 'from', 'to'],
);
const liveMail = read.fieldsWith<LiveMail, 'rowsPerHour' | 'from'>(
  { rowsPerHour: read.numberFrom(0), from: read.instant, ...behaviour },
  ['rowsPerHour', 'from'],
);

interface MailRequest {
  readonly add: ReturnType<typeof bulkMail>;
  readonly live: ReturnType<typeof liveMail>;
  /** Ends all live mail that was started through the control pages. */
  readonly stopLive: boolean;
}
export const mailRequest = read.fields<MailRequest>({ add: bulkMail, live: liveMail, stopLive: read.truth });

const fault = read.oneOf(reportingFaults);
const scriptedFault = read.fieldsWith<{ kind: ReportingFault; times: number } & Required<FaultMatch>, 'kind'>(
  {
    kind: fault,
    times: read.either(
      read.wholeNumberFrom(1),
      (value, name) => (read.oneOf(['always'])(value, name), Infinity),
      'a whole number of at least 1, or "always"',
    ),
    page: read.either(
      read.wholeNumberFrom(1),
      read.oneOf(['first', 'later'] as const),
      'a page from 1, "first" or "later"',
    ),
  },
  ['kind'],
);
const randomFaults = read.fieldsWith<RandomFaults<ReportingFault>, 'share' | 'kinds'>(
  { share, kinds: read.listOf(fault) },
  ['share', 'kinds'],
);

interface FaultRequest {
  readonly next: ReturnType<typeof scriptedFault>;
  readonly random: ReturnType<typeof randomFaults>;
  readonly clear: boolean;
}
export const faultRequest = read.fields<FaultRequest>({ next: scriptedFault, random: randomFaults, clear: read.truth });

/** Everything but the clock itself, which is a function. */
export type SettableOptions = Omit<ReportingOptions, 'now'>;
export const optionsRequest = read.fields<SettableOptions>({
  pageRows: read.wholeNumberFrom(1),
  dialect: read.oneOf(['negotiated', 'odata-2', 'odata-3']),
  dAsArray: read.truth,
  paging: read.oneOf(['link', 'relative-link', 'skiptoken']),
  skiptokenStarts: read.oneOf(['at', 'after']),
  stablePages: read.truth,
  inclusiveBounds: read.truth,
  historyDays: read.numberFrom(0),
  maxRangeDays: read.either(read.numberFrom(0), read.nothing, 'a number of at least 0, or null'),
  latencyMs: read.numberFrom(0),
  clockOffsetMs: read.numberFrom(-Number.MAX_SAFE_INTEGER),
  foreignOrigin: read.origin,
  accountName: read.text,
  accountPassword: read.text,
  retryAfterSeconds: read.wholeNumberFrom(0),
  slowAnswerMs: read.numberFrom(0),
  signInOrigin: read.origin,
});
