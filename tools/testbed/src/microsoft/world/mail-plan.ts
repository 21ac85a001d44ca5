import { InvalidInputError } from '../../errors.js';
import { population } from './row-values.js';

/** How rows show themselves: the shares are of rows, in 0…1; the seconds are [shortest, longest]. */
export interface Behaviour {
  /** Rows that become visible only some time after the message was received. */
  readonly lateShare: number;
  readonly lateSeconds: readonly [number, number];
  /** Rows whose status changes once, some time after they became visible. */
  readonly changingShare: number;
  readonly changeSeconds: readonly [number, number];
}

/** That many rows, received at random times in [from, to), both in milliseconds since 1970. */
export interface BulkMail extends Partial<Behaviour> {
  readonly rows: number;
  readonly from: number;
  readonly to: number;
  /** How many recipients each message has, all different; by default one as a rule, and up to 50. */
  readonly recipients?: number;
}

/** Mail that goes on arriving from an instant (milliseconds since 1970) on, at a mean rate. */
export interface LiveMail extends Partial<Behaviour> {
  readonly rowsPerHour: number;
  readonly from: number;
}

const punctual: Behaviour = { lateShare: 0, lateSeconds: [60, 3600], changingShare: 0, changeSeconds: [5, 300] };

/** Fills in what was not said (nothing late, nothing changing) and throws InvalidInputError on nonsense. */
export function behaviourOf(mail: Partial<Behaviour>): Behaviour {
  const behaviour: Behaviour = {
    lateShare: mail.lateShare ?? punctual.lateShare,
    lateSeconds: mail.lateSeconds ?? punctual.lateSeconds,
    changingShare: mail.changingShare ?? punctual.changingShare,
    changeSeconds: mail.changeSeconds ?? punctual.changeSeconds,
  };
  checkShare('lateShare', behaviour.lateShare);
  checkShare('changingShare', behaviour.changingShare);
  checkSeconds('lateSeconds', behaviour.lateSeconds);
  checkSeconds('changeSeconds', behaviour.changeSeconds);
  return behaviour;
}

export function checkBulkMail({ rows, from, to, recipients = 1 }: BulkMail): void {
  if (!Number.isSafeInteger(rows) || rows < 0) {
    throw new InvalidInputError(`rows must be a whole number of 0 or more, but is ${rows}.`);
  }
  if (!Number.isSafeInteger(recipients) || recipients < 1 || recipients > population) {
    throw new InvalidInputError(`recipients must be a whole number from 1 to ${population}, but is ${recipients}.`);
  }
  checkInstant('from', from);
  checkInstant('to', to);
  if (to <= from) throw new InvalidInputError(`to must be later than from, but ${to} is not later than ${from}.`);
}

export function checkLiveMail({ rowsPerHour, from }: LiveMail): void {
  if (!Number.isFinite(rowsPerHour) || rowsPerHour <= 0) {
    throw new InvalidInputError(`rowsPerHour must be more than 0, but is ${rowsPerHour}.`);
  }
  checkInstant('from', from);
}

export function checkInstant(name: string, value: number): void {
  if (!Number.isSafeInteger(value)) {
    throw new InvalidInputError(`${name} must be a time in whole milliseconds since 1970, but is ${value}.`);
  }
}

function checkShare(name: string, share: number): void {
  if (!(share >= 0 && share <= 1)) throw new InvalidInputError(`${name} must be between 0 and 1, but is ${share}.`);
}

function checkSeconds(name: string, [shortest, max]: readonly [number, number]): void {
  if (!(shortest >= 0 && max >= shortest && Number.isFinite(max))) {
    throw new InvalidInputError(
      `${name} must be two numbers of 0 or more, the shorter first, but is [${shortest}, ${max}].`,
    );
  }
}
