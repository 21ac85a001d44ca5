import { intakeOf, type Playbook } from '../playbooks/playbook.js';
import type { Playbooks } from '../playbooks/playbooks.js';

export const DEMO_ID = 'demo';

export interface DemoOptions {
  /** Seconds; undefined: as it was. */
  readonly frequency: number | undefined;
  /** Of its intake's answers that fail, 0 … 1. */
  readonly faultShare: number;
}

/**
 * Starts the playbook that shows the module at work; made where it is missing. One that somebody has given another
 * tenant or intake is left alone: it would lose its credentials, or send made-up mail to an intake that is watched.
 *
 * @returns whether it was started
 */
export async function startDemo(playbooks: Playbooks, { frequency, faultShare }: DemoOptions): Promise<boolean> {
  const stored = playbooks.find(DEMO_ID);
  if (stored && !staysOnThisMachine(stored)) return false;
  const demo = stored ?? (await addDemo(playbooks));
  await demo.saved.useSimulatedTenant(frequency);
  demo.changeIntake({ faultShare });
  await playbooks.start(DEMO_ID);
  return true;
}

/** Also where it was made and never filled in. */
function staysOnThisMachine({ usesSimulatedTenant, saved }: Playbook): boolean {
  const { settings } = saved.stored.stored;
  return intakeOf(settings) === 'own' && (usesSimulatedTenant || Object.keys(settings).length === 0);
}

function addDemo(playbooks: Playbooks): Promise<Playbook> {
  return playbooks.add({ id: DEMO_ID, name: 'Demo: simulated tenant', trigger: 'message_trace' });
}
