import type { Playbook } from '../playbooks/playbook.js';
import type { Playbooks } from '../playbooks/playbooks.js';

export const DEMO_ID = 'demo';

export interface DemoOptions {
  /** Seconds; undefined: as it was. */
  readonly frequency: number | undefined;
  /** Of its intake's answers that fail, 0 … 1. */
  readonly faultShare: number;
}

/** Starts the playbook that shows the module at work; made where it is missing. */
export async function startDemo(playbooks: Playbooks, { frequency, faultShare }: DemoOptions): Promise<void> {
  const demo = playbooks.find(DEMO_ID) ?? (await addDemo(playbooks));
  await demo.saved.useSimulatedTenant(frequency);
  demo.changeIntake({ faultShare });
  await playbooks.start(DEMO_ID);
}

function addDemo(playbooks: Playbooks): Promise<Playbook> {
  return playbooks.add({ id: DEMO_ID, name: 'Demo: simulated tenant', trigger: 'message_trace' });
}
