import { Link } from 'wouter';
import type { PlaybookSummary } from '../../../src/wire/playbook.js';
import { useLiveValue } from '../../api/live.js';
import { formatDuration } from '../../format/format.js';
import { StatePill } from '../../parts/state-pill.js';
import { playbookPath } from '../playbook/tabs.js';

/** The playbooks with what they are doing. */
export function PlaybookList({ playbooks }: { readonly playbooks: readonly PlaybookSummary[] }) {
  const nowMs = useLiveValue((state) => state.nowMs);
  return (
    <ul className="library-playbooks">
      {playbooks.map((playbook) => (
        <li key={playbook.id} className="library-playbook">
          <Link href={playbookPath(playbook.id)} className="library-playbook-name">
            {playbook.name}
          </Link>
          <span className="library-playbook-note">
            {playbook.startedAtMs === null ? '' : `up ${formatDuration((nowMs - playbook.startedAtMs) / 1000)}`}
          </span>
          <StatePill playbook={playbook} />
        </li>
      ))}
    </ul>
  );
}
