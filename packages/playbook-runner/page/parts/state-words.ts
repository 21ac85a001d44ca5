import type { PlaybookState } from '../../src/wire/playbook.js';

type StateTone = 'good' | 'caution' | 'bad' | 'busy' | 'idle';

interface StateWords {
  readonly words: string;
  readonly tone: StateTone;
}

/** The words of Sekoia.io's page. */
const known: Record<PlaybookState['name'], StateWords> = {
  'configuration-issues': { words: 'Configuration issues', tone: 'caution' },
  'ready-to-start': { words: 'Ready to start', tone: 'idle' },
  starting: { words: 'Starting', tone: 'busy' },
  running: { words: 'Running', tone: 'good' },
  stopping: { words: 'Stopping', tone: 'busy' },
  'trigger-crashed': { words: 'Trigger crashed', tone: 'bad' },
};

export function stateWords(state: PlaybookState): StateWords {
  return known[state.name];
}
