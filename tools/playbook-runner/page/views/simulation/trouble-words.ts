import { formatPercent } from '../../format/numbers.js';

/** How badly one side behaves. */
interface Behaviour {
  readonly faultShare: number;
  readonly outage: boolean;
}

/** What is switched on that makes things fail, a sentence each. Null for a side that is not simulated. */
export function tellTroubles(tenant: Behaviour | null, intake: Behaviour | null): readonly string[] {
  return [
    ...tellTrouble(tenant, 'Microsoft is out of service.', 'of Microsoft’s answers fail.'),
    ...tellTrouble(intake, 'The intake is out of service.', 'of the batches are not taken by the intake.'),
  ];
}

function tellTrouble(side: Behaviour | null, outage: string, faults: string): readonly string[] {
  if (side?.outage) return [outage];
  return side && side.faultShare > 0 ? [`${formatPercent(side.faultShare)} ${faults}`] : [];
}
