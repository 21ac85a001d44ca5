import { arriveInBulk, LiveArrivals, MailStream } from './mail-stream.js';
import {
  mailRow,
  type MailRow,
  recipientAddress,
  type Status,
  statusesOf,
  type StatusSpell,
  visibleFromMs,
} from './mail-row.js';
import { InvalidInputError } from '../../errors.js';
import { draw } from '../../random.js';
import {
  type Behaviour,
  behaviourOf,
  type BulkMail,
  checkBulkMail,
  checkInstant,
  checkLiveMail,
  type LiveMail,
} from './mail-plan.js';
import { traceIdOf } from './row-values.js';

/** Times received, in milliseconds since 1970: from `fromMs` on, up to `toMs`, and at `toMs` too where inclusive. */
export interface Interval {
  readonly fromMs: number;
  readonly toMs: number;
  readonly inclusive: boolean;
}

/** Names a row of a world; a number, so that a million of them fit into 8 MB. */
export type RowKey = number;

const streamFactor = 2 ** 32;

function rowKey(stream: number, row: number): RowKey {
  return stream * streamFactor + row;
}

function placeOf(key: RowKey): { stream: number; row: number } {
  return { stream: Math.floor(key / streamFactor), row: key % streamFactor };
}

/** The rows of some streams received in an interval and visible at an instant, newest first. */
function selectVisible(streams: readonly MailStream[], interval: Interval, atMs: number): Float64Array {
  let lists = streams.map((stream) => visibleOf(stream, interval, atMs)).filter((list) => list.length > 0);
  const receivedMs = (key: RowKey): number => {
    const { stream, row } = placeOf(key);
    return streams[stream]?.receivedMs(row) ?? 0;
  };
  while (lists.length > 1) {
    const merged: Float64Array[] = [];
    for (let at = 0; at < lists.length; at += 2) {
      const [left, right] = [lists[at], lists[at + 1]];
      if (left) merged.push(right ? merge(left, right, receivedMs) : left);
    }
    lists = merged;
  }
  return lists[0] ?? new Float64Array(0);
}

function visibleOf(stream: MailStream, interval: Interval, atMs: number): Float64Array {
  const first = stream.rowsBefore(interval.fromMs, { including: false });
  const end = stream.rowsBefore(interval.toMs, { including: interval.inclusive });
  const keys = new Float64Array(Math.max(0, end - first));
  let count = 0;
  for (let row = end - 1; row >= first; row--) {
    if (visibleFromMs(stream, row) <= atMs) keys[count++] = rowKey(stream.number, row);
  }
  return count === keys.length ? keys : keys.slice(0, count);
}

/** Of two rows received at the same time, the left one comes first. */
function merge(left: Float64Array, right: Float64Array, receivedMs: (key: RowKey) => number): Float64Array {
  const merged = new Float64Array(left.length + right.length);
  let [l, r] = [0, 0];
  for (let at = 0; at < merged.length; at++) {
    const [a, b] = [left[l], right[r]];
    if (b === undefined || (a !== undefined && receivedMs(a) >= receivedMs(b))) {
      merged[at] = a ?? 0;
      l++;
    } else {
      merged[at] = b;
      r++;
    }
  }
  return merged;
}

export interface MailWorldOptions {
  /** A whole number: the same seed and the same calls make the same mail. */
  readonly seed: number;
  /** The tenant's name in its rows, such as `examplecorp.onmicrosoft.com`. */
  readonly organization: string;
  /** Where the tenant's people have their addresses. */
  readonly domain: string;
}

export interface LiveHandle {
  /**
   * Nothing received after the instant comes into being any more; by default the latest instant that the world has been
   * asked about.
   */
  stop(atMs?: number): void;
}

/**
 * What a bookkeeper needs to know about a row: every (trace id, recipient, status) that could be seen, and from when.
 */
export interface RowHistory {
  readonly traceId: string;
  readonly recipient: string;
  readonly receivedMs: number;
  readonly visibleFromMs: number;
  /** In the order of time; the first is shown from `visibleFromMs` on, each until the next begins. */
  readonly statuses: readonly StatusSpell[];
}

/** The same, with what filters look at. */
export interface DescribedRowHistory extends RowHistory {
  readonly sender: string;
  readonly subject: string | null;
  readonly fromIp: string | null;
}

/** A row as it is identified at an instant. */
export interface VisibleRow {
  readonly traceId: string;
  readonly recipient: string;
  readonly status: Status;
  readonly receivedMs: number;
}

const always: Interval = { fromMs: -Infinity, toMs: Infinity, inclusive: true };

/**
 * All mail of a tenant. It has no clock: the caller names the instant to look at (milliseconds since 1970). Two callers
 * that name the same instant see the same. It holds a million and a half rows in some 30 MB.
 */
export class MailWorld {
  readonly organization: string;
  readonly domain: string;
  readonly #seed: number;
  readonly #streams: MailStream[] = [];
  readonly #live: LiveArrivals[] = [];
  #latestMs = -Infinity;

  constructor({ seed, organization, domain }: MailWorldOptions) {
    if (!Number.isSafeInteger(seed)) throw new InvalidInputError(`seed must be a whole number, but is ${seed}.`);
    this.#seed = seed;
    this.organization = organization;
    this.domain = domain;
  }

  /** Adds mail at once. Throws InvalidInputError. */
  add(mail: BulkMail): void {
    checkBulkMail(mail);
    arriveInBulk(this.#open(behaviourOf(mail)), mail);
  }

  /** Lets mail go on arriving. A row is created at the first read after it was received. Throws InvalidInputError. */
  live(mail: LiveMail): LiveHandle {
    checkLiveMail(mail);
    const arrivals = new LiveArrivals(this.#open(behaviourOf(mail)), mail.rowsPerHour, mail.from);
    this.#live.push(arrivals);
    return { stop: (atMs = this.#latestMs) => arrivals.stop(atMs) };
  }

  /** The rows received in an interval and visible at an instant, newest first. */
  select(interval: Interval, atMs: number): Float64Array {
    this.#advance(atMs);
    return selectVisible(this.#streams, interval, atMs);
  }

  /** A selected row as it looks at an instant. */
  row(key: RowKey, atMs: number): MailRow {
    const { stream, row } = this.#place(key);
    return mailRow(stream, row, this.domain, atMs);
  }

  /** Every row that became visible by an instant, oldest received first, with the statuses it had shown by then. */
  *history(untilMs: number): Generator<RowHistory> {
    for (const key of this.select(always, untilMs).reverse()) {
      const { stream, row } = this.#place(key);
      const statuses = statusesOf(stream, row);
      yield {
        traceId: traceIdOf(stream, stream.messageOf(row)),
        recipient: recipientAddress(stream, row, this.domain),
        receivedMs: stream.receivedMs(row),
        visibleFromMs: statuses[0].fromMs,
        statuses: statuses.filter(({ fromMs }) => fromMs <= untilMs),
      };
    }
  }

  /** The same, at the price of drawing more of each row. */
  *describedHistory(untilMs: number): Generator<DescribedRowHistory> {
    const keys = this.select(always, untilMs);
    let at = keys.length;
    for (const history of this.history(untilMs)) {
      at -= 1;
      const { sender, subject, fromIp } = this.row(keys[at] ?? 0, untilMs);
      yield { ...history, sender, subject, fromIp };
    }
  }

  /** Every row that is visible at an instant, oldest received first, with its status then. */
  *visibleRows(atMs: number): Generator<VisibleRow> {
    for (const { traceId, recipient, receivedMs, statuses } of this.history(atMs)) {
      const shown = statuses.at(-1);
      if (shown !== undefined) yield { traceId, recipient, status: shown.status, receivedMs };
    }
  }

  /** How many rows there are, visible or not; of live mail, what had arrived at the latest instant asked about. */
  get count(): number {
    return this.#streams.reduce((sum, { rows }) => sum + rows, 0);
  }

  /** When the oldest and the newest of these rows were received; undefined while there are none. */
  get bounds(): { readonly firstMs: number; readonly lastMs: number } | undefined {
    const filled = this.#streams.filter(({ rows }) => rows > 0);
    if (filled.length === 0) return undefined;
    return {
      firstMs: Math.min(...filled.map((stream) => stream.receivedMs(0))),
      lastMs: Math.max(...filled.map((stream) => stream.receivedMs(stream.rows - 1))),
    };
  }

  #open(behaviour: Behaviour): MailStream {
    const number = this.#streams.length;
    const stream = new MailStream(draw(this.#seed, number, 0), number, behaviour);
    this.#streams.push(stream);
    return stream;
  }

  #advance(atMs: number): void {
    checkInstant('The instant', atMs);
    for (const arrivals of this.#live) arrivals.advance(atMs);
    this.#latestMs = Math.max(this.#latestMs, atMs);
  }

  #place(key: RowKey): { stream: MailStream; row: number } {
    const { stream: number, row } = placeOf(key);
    const stream = this.#streams[number];
    if (stream === undefined) throw new RangeError(`There is no row ${key} in this world.`);
    return { stream, row };
  }
}
