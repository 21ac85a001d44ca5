import { useState } from 'react';
import type { PlaybookSummary } from '../../../src/wire/playbook.js';
import { ActionButton } from '../../parts/button.js';
import { ConfirmDialog } from '../../parts/confirm-dialog.js';
import { Panel } from '../../parts/panel.js';

interface SimulatedTenantPanelProps {
  readonly playbook: PlaybookSummary;
  /** Names or secrets are saved or typed, which would be replaced. */
  readonly hasCredentials: boolean;
  readonly busy: boolean;
  /** Something else is being saved. */
  readonly disabled: boolean;
  readonly onFillIn: () => void;
}

export function SimulatedTenantPanel(props: SimulatedTenantPanelProps) {
  const { playbook, hasCredentials, busy, disabled, onFillIn } = props;
  const { usesSimulatedTenant } = playbook;
  const [asking, setAsking] = useState(false);
  const fillIn = (): void => {
    setAsking(false);
    onFillIn();
  };
  return (
    <>
      <Panel
        title="Simulated tenant"
        help={
          usesSimulatedTenant
            ? 'This playbook reads the simulated tenant: made-up mail on this machine, without any account. Fill it in again if you have changed its addresses, names or secrets.'
            : 'No account at hand? Fill in addresses, names and secrets of a tenant that this runner simulates, and save them. Other settings stay as they are.'
        }
        actions={
          <ActionButton
            busy={busy}
            disabled={disabled}
            onClick={() => (hasCredentials && !usesSimulatedTenant ? setAsking(true) : fillIn())}
          >
            {usesSimulatedTenant ? 'Fill in again' : 'Use the simulated tenant'}
          </ActionButton>
        }
      />
      <ConfirmDialog
        open={asking}
        title="Replace the credentials that are saved?"
        confirmLabel="Replace them"
        danger
        onConfirm={fillIn}
        onCancel={() => setAsking(false)}
      >
        Names and secrets of your tenant that are saved or typed here give way to those of the simulated one, and cannot
        be brought back. The intake key stays, saved or typed.
      </ConfirmDialog>
    </>
  );
}
