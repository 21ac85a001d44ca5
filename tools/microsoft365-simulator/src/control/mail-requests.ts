import type { BulkMail, LiveMail } from '../world/mail-plan.js';
import * as read from './readers.js';

/** What the page about mail accepts. Checks across fields are those of the world. */

const share = read.numberFrom(0, 1);
const behaviour = {
  lateShare: share,
  lateSeconds: read.pair,
  changingShare: share,
  changeSeconds: read.pair,
};
const bulkMail = read.fieldsWith<BulkMail, 'rows' | 'from' | 'to'>(
  {
    rows: read.wholeNumberFrom(0),
    from: read.instant,
    to: read.instant,
    recipients: read.wholeNumberFrom(1),
    ...behaviour,
  },
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
