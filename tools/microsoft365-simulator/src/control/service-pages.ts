import type { FaultPlan } from '../faults/fault-plan.js';
import { faultRequests, type FaultRequests } from './requests.js';
import type { Reader } from './readers.js';

interface ControlledService<Fault extends string> {
  readonly options: object;
  readonly requests: { readonly totals: object };
  readonly faults: FaultPlan<Fault>;
}

/** What the control pages can do with one service, whichever it is. */
export interface ServicePages {
  /** Throws InvalidInputError, and changes nothing then. */
  readonly setOptions: (body: unknown) => void;
  /** Throws InvalidInputError. */
  readonly planFaults: (body: unknown) => void;
  readonly status: () => { readonly requests: object; readonly faults: object; readonly options: object };
}

export function servicePages<Fault extends string>(
  service: ControlledService<Fault>,
  readOptions: Reader<object>,
  kinds: readonly Fault[],
): ServicePages {
  const readFaults = faultRequests(kinds);
  return {
    setOptions: (body) => void Object.assign(service.options, readOptions(body, 'The options')),
    planFaults: (body) => plan(service.faults, readFaults(body, 'The body')),
    status: () => ({
      requests: service.requests.totals,
      faults: {
        random: service.faults.random,
        scripted: service.faults.scripted.map((script) => ({ ...script, times: countOrAlways(script.times) })),
      },
      options: withoutSecrets(service.options),
    }),
  };
}

function plan<Fault extends string>(faults: FaultPlan<Fault>, { clear, random, next }: FaultRequests<Fault>): void {
  if (clear === true) faults.clear();
  if (random !== undefined) faults.failAtRandom(random);
  if (next === undefined) return;
  const { kind, times, page } = next;
  faults.failNext(kind, times, page === undefined ? {} : { page });
}

function countOrAlways(times: number): number | 'always' {
  return times === Infinity ? 'always' : times;
}

const secrets: readonly string[] = ['accountPassword', 'clientSecret'];

function withoutSecrets(options: object): object {
  const open = Object.entries(options).map(([name, value]: [string, unknown]) =>
    secrets.includes(name) && value !== '' ? [name, '***'] : [name, value],
  );
  return Object.fromEntries(open) as object;
}
