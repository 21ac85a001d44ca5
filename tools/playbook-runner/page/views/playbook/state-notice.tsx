import { Link } from 'wouter';
import type { PlaybookSummary } from '../../../src/wire/playbook.js';
import { Notice } from '../../parts/notice.js';
import { blamesSettings, stateWords, tellRestart } from './state-story.js';
import { Reason } from './reason.js';
import { playbookPath, type TabId } from './tabs.js';

interface StateNoticeProps {
  readonly playbook: PlaybookSummary;
  readonly tab: TabId;
  readonly nowMs: number;
}

/** Says what keeps the trigger from running, or from running well, where something does. */
export function StateNotice({ playbook, tab, nowMs }: StateNoticeProps) {
  const { id, state, complaint } = playbook;
  const configuration = playbookPath(id, 'configuration');
  const isAtConfiguration = tab === 'configuration';
  if (state.name === 'trigger-crashed') {
    return (
      <Notice tone="bad" title={state.restartAtMs === null ? 'The trigger cannot go on' : 'Trigger crashed'}>
        <Reason message={state.why}>
          {blamesSettings(state.why) && !isAtConfiguration && (
            <p>
              <Link href={configuration}>Correct the configuration</Link>
            </p>
          )}
          {/* Counts down: no status, which would be read aloud every second. */}
          <p>{tellRestart(state.restartAtMs, nowMs)}</p>
        </Reason>
      </Notice>
    );
  }
  if (state.name === 'configuration-issues') {
    return (
      <Notice tone="caution" title="Configuration issues">
        Settings are missing or wrong. Correct them{' '}
        {isAtConfiguration ? (
          'below'
        ) : (
          <>
            in the <Link href={configuration}>configuration</Link>
          </>
        )}
        , then start the trigger.
      </Notice>
    );
  }
  if (state.name === 'running' && complaint !== null) {
    return (
      <Notice tone="caution" title={stateWords(playbook).words}>
        <Reason message={complaint} />
      </Notice>
    );
  }
  return null;
}
