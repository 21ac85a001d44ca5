import type { DeliveryAudit } from '../../../src/wire/live.js';
import { countOf, formatDuration, formatPercent } from '../../format/format.js';

export interface Outcome {
  /** `waiting`: nothing is wrong, rows have still to arrive. */
  readonly tone: 'good' | 'waiting' | 'wrong';
  readonly sentence: string;
}

/** What the audit says, in a sentence. What cannot be put right by waiting comes first. */
export function outcomeOf(audit: DeliveryAudit): Outcome {
  if (audit.unknown > 0) return wrong(`${countOf(audit.unknown, 'row')} arrived that the tenant has never shown.`);
  if (audit.unreadable > 0) return wrong(`${countOf(audit.unreadable, 'event')} cannot be read.`);
  if (audit.repeated > 0)
    return wrong(`${countOf(audit.repeated, 'event')} arrived more than once.${onTheirWay(audit)}`);
  if (audit.missing > 0) return { tone: 'waiting', sentence: onTheirWay(audit).trim() };
  if (audit.visible === 0) return { tone: 'waiting', sentence: 'The tenant has shown no row yet.' };
  if (audit.filtered > 0)
    return { tone: 'good', sentence: 'All rows have arrived, each once, but for those that the rules keep back.' };
  return { tone: 'good', sentence: 'All rows have arrived, each once.' };
}

function wrong(sentence: string): Outcome {
  return { tone: 'wrong', sentence };
}

function onTheirWay({ missing, oldestMissingSeconds }: DeliveryAudit): string {
  if (missing === 0) return '';
  const rows = `${countOf(missing, 'row')} ${missing === 1 ? 'is on its way' : 'are on their way'}`;
  if (oldestMissingSeconds === null) return ` ${rows}.`;
  return ` ${rows}, ${missing === 1 ? 'for' : 'the oldest for'} ${formatDuration(oldestMissingSeconds)}.`;
}

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
