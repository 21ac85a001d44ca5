import type { FaultPlan as SimulatorFaults } from '@local/microsoft365-simulator';
import type { FaultPlan as StandInFaults } from '@local/playbook-runner';
import type { Weather } from '../plan/steps.js';

/**
 * One whose answers can be made to fail, whichever stand-in it is. Kinds that it does not know are refused with a
 * RangeError.
 */
export interface FaultySide {
  setWeather(weather: Pick<Weather, 'share' | 'faults' | 'seed'>): void;
  failNext(kind: string): void;
  startOutage(kind: string): void;
  endOutage(): void;
  /** From now on nothing fails. */
  clear(): void;
}

export function simulatorSide<Kind extends string>(known: readonly Kind[], faults: SimulatorFaults<Kind>): FaultySide {
  const calm = { share: 0, kinds: [] };
  let weather: { share: number; kinds: readonly Kind[] } = calm;
  const clear = () => {
    weather = calm;
    faults.clear();
  };
  return {
    setWeather: ({ share, faults: kinds }) => {
      weather = { share, kinds: kinds.map((kind) => find(known, kind)) };
      faults.failAtRandom(weather);
    },
    failNext: (kind) => faults.failNext(find(known, kind)),
    startOutage: (kind) => faults.failNext(find(known, kind), Infinity),
    endOutage: () => {
      // All scripted faults are cleared together; a single one that was still waiting goes with them.
      faults.clear();
      faults.failAtRandom(weather);
    },
    clear,
  };
}

export function standInSide<Kind extends string>(known: readonly Kind[], faults: StandInFaults<Kind>): FaultySide {
  return {
    setWeather: ({ share, faults: kinds, seed }) =>
      faults.failAtRandom({ share, kinds: kinds.map((kind) => find(known, kind)), seed }),
    failNext: (kind) => faults.failNext(find(known, kind)),
    startOutage: (kind) => faults.startOutage(find(known, kind)),
    endOutage: () => faults.endOutage(),
    clear: () => {
      faults.endOutage();
      faults.failAtRandom({ share: 0, kinds: [] });
      // What was ordered and has hit no request yet can only be taken out.
      while (faults.next() !== undefined);
    },
  };
}

function find<Kind extends string>(known: readonly Kind[], name: string): Kind {
  const kind = known.find((candidate) => candidate === name);
  if (kind === undefined) throw new RangeError(`There is no fault "${name}" here.`);
  return kind;
}
