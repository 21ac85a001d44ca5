import { SERVER_FAULTS, type ServerFault } from '../faults/fault-plan.js';

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
