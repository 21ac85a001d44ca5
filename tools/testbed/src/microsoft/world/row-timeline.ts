import { pickWeighted, unit, type Weighted } from '../../random.js';
import type { MailStream } from './mail-stream.js';
import { trait } from './row-values.js';

/** The statuses that Microsoft documents for the Reporting Web Service, in its spelling. */
export type Status =
  | 'Delivered'
  | 'Expanded'
  | 'Failed'
  | 'FilteredAsSpam'
  | 'GettingStatus'
  | 'None'
  | 'Pending'
  | 'Quarantined'
  | 'Resolved';

/** A status and the instant from which it is shown, in milliseconds since 1970. */
export interface StatusSpell {
  readonly status: Status;
  readonly fromMs: number;
}

const passing: Weighted<Status> = [
  ['GettingStatus', 0.5],
  ['Pending', 0.35],
  ['None', 1],
];
const final: Weighted<Status> = [
  ['FilteredAsSpam', 0.07],
  ['Quarantined', 0.04],
  ['Failed', 0.03],
  ['Expanded', 0.02],
  ['Resolved', 0.02],
  ['Delivered', 1],
];
/** Some rows never leave a status that one would expect to pass. */
const stuckShare = 0.02;

/** The instant from which a row can be seen: when its message was received, or some time later. */
export function visibleFromMs(stream: MailStream, row: number): number {
  const { lateShare, lateSeconds } = stream.behaviour;
  const receivedMs = stream.receivedMs(row);
  if (lateShare === 0 || unit(stream.key, row, trait.late) >= lateShare) return receivedMs;
  return receivedMs + between(lateSeconds, unit(stream.key, row, trait.lateness));
}

/** Every status that a row will ever show, the first from the instant at which the row becomes visible. */
export function statusesOf(stream: MailStream, row: number): readonly [StatusSpell, ...StatusSpell[]] {
  const { changingShare, changeSeconds } = stream.behaviour;
  const fromMs = visibleFromMs(stream, row);
  const first = pickWeighted(passing, unit(stream.key, row, trait.firstStatus));
  const last = pickWeighted(final, unit(stream.key, row, trait.finalStatus));
  const changing = unit(stream.key, row, trait.changing);
  if (changing < changingShare) {
    const changedMs = fromMs + between(changeSeconds, unit(stream.key, row, trait.change));
    return [
      { status: first, fromMs },
      { status: last, fromMs: changedMs },
    ];
  }
  return [{ status: changing >= 1 - stuckShare ? first : last, fromMs }];
}

/** The status that a row shows at an instant; the row must be visible then. */
export function statusAt(stream: MailStream, row: number, atMs: number): Status {
  const [first, ...later] = statusesOf(stream, row);
  return later.findLast((spell) => spell.fromMs <= atMs)?.status ?? first.status;
}

/** At least a millisecond, so that a row that is late or changes really does. */
function between([shortestSeconds, maxSeconds]: readonly [number, number], at: number): number {
  return Math.max(1, Math.round((shortestSeconds + at * (maxSeconds - shortestSeconds)) * 1000));
}
