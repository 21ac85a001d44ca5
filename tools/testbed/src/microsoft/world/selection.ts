import type { MailStream } from './mail-stream.js';
import { visibleFromMs } from './row-timeline.js';

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

export function placeOf(key: RowKey): { stream: number; row: number } {
  return { stream: Math.floor(key / streamFactor), row: key % streamFactor };
}

/** The rows of some streams received in an interval and visible at an instant, newest first. */
export function selectVisible(streams: readonly MailStream[], interval: Interval, atMs: number): Float64Array {
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
