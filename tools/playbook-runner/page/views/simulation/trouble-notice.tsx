import { Link } from 'wouter';
import type { LivePlaybook } from '../../../src/wire/live.js';
import type { PlaybookSummary } from '../../../src/wire/playbook.js';
import { useLiveValue } from '../../api/live.js';
import { Notice } from '../../parts/notice.js';
import { playbookPath } from '../playbook/tabs.js';
import { tellTroubles } from './audit-words.js';

interface TroubleNoticeProps {
  readonly playbook: PlaybookSummary;
  readonly live: LivePlaybook | null;
}

/** Lists the outages and faults that were switched on: what looks like a failure was requested by a user. */
export function TroubleNotice({ playbook: { id, usesSimulatedTenant }, live }: TroubleNoticeProps) {
  const tenant = useLiveValue((state) => state.tenant);
  const troubles = tellTroubles(
    usesSimulatedTenant ? tenant : null,
    live?.overview.intake === 'own' ? live.intake : null,
  );
  if (troubles.length === 0) return null;
  return (
    <Notice tone="caution">
      <strong>Simulated:</strong> {troubles.join(' ')}{' '}
      {usesSimulatedTenant ? (
        <Link href={playbookPath(id, 'simulation')}>Change it in the simulation</Link>
      ) : (
        'That is over once the runner is started again.'
      )}
    </Notice>
  );
}
