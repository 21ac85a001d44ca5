import type { Overview } from '../../../src/wire/live.js';
import type { PlaybookSummary } from '../../../src/wire/playbook.js';
import { EmptyState } from '../../parts/empty-state.js';

interface NoEventsProps {
  readonly playbook: PlaybookSummary;
  readonly intake: Overview['intake'];
}

export function NoEvents({ playbook, intake }: NoEventsProps) {
  if (intake !== 'own') {
    return (
      <EmptyState title="The events go to another intake">
        They are delivered to {intake.address}, as the settings say, and do not pass through the runner. Look at them
        there; or clear the setting for the intake’s address, so that they come here.
      </EmptyState>
    );
  }
  if (playbook.startedAtMs === null) {
    return <EmptyState title="No events yet">Start the trigger to see them arrive.</EmptyState>;
  }
  return (
    <EmptyState title="No events yet">
      The trigger runs. They appear here as soon as it has delivered the first; the trigger logs tell what it does.
    </EmptyState>
  );
}
