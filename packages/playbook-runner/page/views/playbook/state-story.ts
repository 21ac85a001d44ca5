import type { PlaybookState } from '../../../src/wire/playbook.js';
import { formatDuration } from '../../format/durations.js';

/** What can be done with the trigger: nothing while it stops. */
export type TriggerAction = 'start' | 'stop' | 'none';

export function triggerAction(state: PlaybookState): TriggerAction {
  switch (state.name) {
    case 'configuration-issues':
    case 'ready-to-start':
      return 'start';
    case 'starting':
    case 'running':
    case 'trigger-crashed':
      return 'stop';
    case 'stopping':
      return 'none';
  }
}

/** Whether the trigger's process runs, or will again by itself: then new settings wait for the next start. */
export function isStarted(state: PlaybookState): boolean {
  return triggerAction(state) !== 'start';
}

/** What follows from a crash: `It starts again in 12 s.` */
export function tellRestart(restartAtMs: number | null, nowMs: number): string {
  if (restartAtMs === null) {
    return 'It still runs, but has said that it cannot go on. Mend what it names, then stop and start it.';
  }
  const seconds = Math.ceil((restartAtMs - nowMs) / 1000);
  return seconds > 0 ? `It starts again in ${formatDuration(seconds)}.` : 'It starts again now.';
}
