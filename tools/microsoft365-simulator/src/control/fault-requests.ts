import type { FaultMatch, RandomFaults } from '../faults/fault-plan.js';
import * as read from './readers.js';

interface ScriptedFault<Fault extends string> extends Required<FaultMatch> {
  readonly kind: Fault;
  readonly times: number;
}

/** What a page about faults may ask for: some of these. */
export interface FaultRequests<Fault extends string> {
  readonly next?: Partial<ScriptedFault<Fault>> & Pick<ScriptedFault<Fault>, 'kind'>;
  readonly random?: RandomFaults<Fault>;
  readonly clear?: boolean;
}

/** Reads what the page about the faults of a service accepts; it knows these kinds. */
export function faultRequests<Fault extends string>(kinds: readonly Fault[]): read.Reader<FaultRequests<Fault>> {
  const fault = read.oneOf(kinds);
  const scripted = read.fieldsWith<ScriptedFault<Fault>, 'kind'>({ kind: fault, times, page }, ['kind']);
  const random = read.fieldsWith<RandomFaults<Fault>, 'share' | 'kinds'>(
    { share: read.numberFrom(0, 1), kinds: read.listOf(fault) },
    ['share', 'kinds'],
  );
  return read.fields<Required<FaultRequests<Fault>>>({ next: scripted, random, clear: read.truth });
}

const times = read.either(
  read.wholeNumberFrom(1),
  (value, name) => (read.oneOf(['always'])(value, name), Infinity),
  'a whole number of at least 1, or "always"',
);

const page = read.either(
  read.wholeNumberFrom(1),
  read.oneOf(['first', 'later'] as const),
  'a page from 1, "first" or "later"',
);
