import { useLiveValue } from '../../api/live.js';
import { EmptyState } from '../../parts/empty-state.js';
import type { PlaybookViewProps } from '../playbook-view-props.js';
import { AuditPanel } from './audit-panel.js';
import { ExperimentsPanel } from './experiments-panel.js';
import { IntakePanel } from './intake-panel.js';
import { KillPanel } from './kill-panel.js';
import './simulation.css';
import { TenantPanel } from './tenant-panel.js';

/** Makes the simulated world misbehave, and keeps the books on what arrives. */
export function SimulationView({ playbook, live }: PlaybookViewProps) {
  const tenant = useLiveValue((state) => state.tenant);
  if (live === null || tenant === null) return null;
  const { audit, intake } = live.overview;
  return (
    <div className="simulation">
      <div className="simulation-books">
        {audit === null ? (
          <EmptyState title="There are no books to compare">
            {intake === 'own'
              ? 'Start the trigger: then every row that the tenant shows is compared with the events that arrive.'
              : `The events go to ${intake.address}. Clear the setting for the intake’s address, so that they come here and can be compared.`}
          </EmptyState>
        ) : (
          <AuditPanel audit={audit} />
        )}
      </div>
      <div className="simulation-controls">
        <TenantPanel tenant={tenant} />
        {intake === 'own' && <IntakePanel playbook={playbook.id} intake={live.intake} />}
        <KillPanel playbook={playbook} />
      </div>
      <div className="simulation-experiments">
        <ExperimentsPanel />
      </div>
    </div>
  );
}
