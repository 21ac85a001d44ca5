import { Link } from 'wouter';
import type { PlaybookSummary } from '../../../src/wire/playbook.js';
import { Notice } from '../../parts/notice.js';
import { tellRestart } from './state-story.js';
import { playbookPath } from './tabs.js';

interface StateNoticeProps {
  readonly playbook: PlaybookSummary;
  readonly nowMs: number;
}

/** Says what keeps the trigger from running, where something does. */
export function StateNotice({ playbook: { id, state }, nowMs }: StateNoticeProps) {
  if (state.name === 'trigger-crashed') {
    return (
      <div className="playbook-notice">
        <Notice tone="bad" title="Trigger crashed">
          <p>{state.why}</p>
          {/* Counts down: no status, which would be read aloud every second. */}
          <p>{tellRestart(state.restartAtMs, nowMs)}</p>
        </Notice>
      </div>
    );
  }
  if (state.name === 'configuration-issues') {
    return (
      <div className="playbook-notice">
        <Notice tone="caution" title="Configuration issues">
          Settings are missing or wrong. Correct them in the{' '}
          <Link href={playbookPath(id, 'configuration')}>configuration</Link>, then start the trigger.
        </Notice>
      </div>
    );
  }
  return null;
}
