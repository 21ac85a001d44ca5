import type { PlaybookState, PlaybookSummary } from '../../../src/wire/playbook.js';
import { formatDuration } from '../../format/format.js';

/** Up to the first full stop that is followed by a space. Full stops within brackets belong to other text. */
const FIRST_SENTENCE = /^(?:\([^()]*\)|[^(])+?[.!?](?=\s)/u;

/** A message cut behind its first sentence; the rest is empty where there is only one. */
export function cutFirstSentence(message: string): readonly [first: string, rest: string] {
  const first = FIRST_SENTENCE.exec(message)?.[0] ?? message;
  return [first, message.slice(first.length).trim()];
}

type StateTone = 'good' | 'caution' | 'bad' | 'busy' | 'idle';

interface StateWords {
  readonly words: string;
  readonly tone: StateTone;
}

/** What is shown of a playbook at a glance. */
export type ToldState = Pick<PlaybookSummary, 'state' | 'complaint'>;

/** The words of Sekoia.io's page. */
const known: Record<PlaybookState['name'], StateWords> = {
  'configuration-issues': { words: 'Configuration issues', tone: 'caution' },
  'ready-to-start': { words: 'Ready to start', tone: 'idle' },
  starting: { words: 'Starting', tone: 'busy' },
  running: { words: 'Running', tone: 'good' },
  stopping: { words: 'Stopping', tone: 'busy' },
  'trigger-crashed': { words: 'Trigger crashed', tone: 'bad' },
};

/** Sekoia.io's page does not tell a healthy trigger from one that complains: here it is no secret. */
const unhealthy: StateWords = { words: 'Running, not healthy', tone: 'caution' };

export function stateWords({ state, complaint }: ToldState): StateWords {
  return state.name === 'running' && complaint !== null ? unhealthy : known[state.name];
}

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
