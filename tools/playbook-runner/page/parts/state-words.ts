import type { PlaybookState, PlaybookSummary } from '../../src/wire/playbook.js';

type StateTone = 'good' | 'caution' | 'bad' | 'busy' | 'idle';

interface StateWords {
  readonly words: string;
  readonly tone: StateTone;
}

/** What is told of a playbook at a glance. */
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
