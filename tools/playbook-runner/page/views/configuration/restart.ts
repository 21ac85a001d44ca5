import { api } from '../../api/client.js';
import { live } from '../../api/live.js';

/** A trigger stops within 10 seconds, or is ended. */
const stopWithinMs = 15_000;
const lookEveryMs = 250;

/** Stops the trigger, waits until it has, and starts it. @throws Error where it does not stop in time */
export async function restart(id: string): Promise<void> {
  await api.stop(id);
  const untilMs = Date.now() + stopWithinMs;
  while (!isReady(id)) {
    if (Date.now() > untilMs) throw new Error('The trigger has not stopped. Start it once it has.');
    await new Promise((resolve) => window.setTimeout(resolve, lookEveryMs));
    await live.refresh();
  }
  await api.start(id);
}

function isReady(id: string): boolean {
  return live.state.playbooks?.find((playbook) => playbook.id === id)?.state.name === 'ready-to-start';
}
