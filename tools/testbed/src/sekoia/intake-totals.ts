import { SERVER_FAULTS, type ServerFault } from './server-faults.js';

/**
 * What can go wrong although the batch is stored.
 *
 * - `slow`: the answer comes late.
 * - `lost-acknowledgement`: the connection is cut instead of an answer. The sender cannot tell it from
 *   `reset-after-reading`.
 * - `fewer-ids`: the answer leaves out the last event's id.
 * - `no-ids`: the answer is a success whose list of ids is empty.
 *
 * The last three make a repeat unavoidable: no answer says which events were stored.
 */
const STORING_FAULTS = ['slow', 'lost-acknowledgement', 'fewer-ids', 'no-ids'] as const;
type StoringFault = (typeof STORING_FAULTS)[number];

export type IntakeFault = ServerFault | StoringFault;
export const INTAKE_FAULTS: readonly IntakeFault[] = [...SERVER_FAULTS, ...STORING_FAULTS];

export function isServerFault(fault: IntakeFault): fault is ServerFault {
  return (SERVER_FAULTS as readonly IntakeFault[]).includes(fault);
}

/** `refused-413` was earned by the request, `fault-413` was ordered or drawn. */
export type RequestResult = 'accepted' | `refused-${number}` | `fault-${IntakeFault}`;

export interface IntakeTotals {
  /** Requests to the batch endpoint, whatever became of them. */
  readonly requests: number;
  readonly results: Readonly<Partial<Record<RequestResult, number>>>;
  /** Batches that were stored, those with a lost acknowledgement among them. */
  readonly batches: number;
  /** Events that were stored, repeats included. */
  readonly events: number;
  /** Bytes of UTF-8 of the stored events. */
  readonly eventBytes: number;
  /** The most events that one stored batch had. */
  readonly maxBatchEvents: number;
}

export const NO_TOTALS: IntakeTotals = {
  requests: 0,
  results: {},
  batches: 0,
  events: 0,
  eventBytes: 0,
  maxBatchEvents: 0,
};

export function addRequest(totals: IntakeTotals, result: RequestResult): IntakeTotals {
  return {
    ...totals,
    requests: totals.requests + 1,
    results: { ...totals.results, [result]: (totals.results[result] ?? 0) + 1 },
  };
}

export function addBatch(totals: IntakeTotals, events: readonly string[]): IntakeTotals {
  return {
    ...totals,
    batches: totals.batches + 1,
    events: totals.events + events.length,
    eventBytes: events.reduce((bytes, event) => bytes + Buffer.byteLength(event), totals.eventBytes),
    maxBatchEvents: Math.max(totals.maxBatchEvents, events.length),
  };
}
