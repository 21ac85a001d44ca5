import type { PlaybookSettings, PlaybookSummary } from '../../../src/wire/playbook.js';
import { api } from '../../api/client.js';
import { Button } from '../../parts/button.js';
import { Panel } from '../../parts/panel.js';
import { showToast } from '../../parts/toasts.js';
import { useAction } from '../../shell/use-action.js';

interface SimulatedTenantPanelProps {
  readonly playbook: PlaybookSummary;
  readonly onFilledIn: (saved: PlaybookSettings) => void;
}

export function SimulatedTenantPanel({ playbook, onFilledIn }: SimulatedTenantPanelProps) {
  const { busy, run } = useAction();
  const fillIn = async (): Promise<void> => {
    onFilledIn(await api.useSimulatedTenant(playbook.id));
    showToast('Filled in with the simulated tenant and saved.');
  };
  return (
    <Panel
      title="Simulated tenant"
      help={
        playbook.usesSimulatedTenant
          ? 'This playbook reads the simulated tenant: made-up mail on this machine, without any account.'
          : 'No account at hand? Fill in addresses, names and secrets of a tenant that this runner simulates, and save them. Other settings stay as they are.'
      }
      actions={
        <Button busy={busy} onClick={() => run(fillIn)}>
          Use the simulated tenant
        </Button>
      }
    />
  );
}
