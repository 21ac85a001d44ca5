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

/** The codes of docs/errors.md for what settings are to blame for. */
const SETTINGS_CODES = ['MT-SETTINGS', 'SDK-CONFIGURATION', 'SDK-INTAKE'];

/** Whether the trigger cannot go on for its settings: not so with a full disk. */
export function blamesSettings(why: string): boolean {
  return SETTINGS_CODES.some((code) => why.includes(`[${code}]`));
}

/** What follows from a crash: `It starts again in 12 s.` */
export function tellRestart(restartAtMs: number | null, nowMs: number): string {
  if (restartAtMs === null) {
    return 'Its process still runs. New settings need a restart: stop it, then start it.';
  }
  const seconds = Math.ceil((restartAtMs - nowMs) / 1000);
  return seconds > 0 ? `It starts again in ${formatDuration(seconds)}.` : 'It starts again now.';
}
