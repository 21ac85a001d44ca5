import type { LivePlaybook } from '../../../src/wire/live.js';
import type { PlaybookSummary } from '../../../src/wire/playbook.js';

/** What each of a playbook's tabs is given. */
export interface PlaybookViewProps {
  readonly playbook: PlaybookSummary;
  /** Everything that is known of it; null until the first answer. */
  readonly live: LivePlaybook | null;
}
