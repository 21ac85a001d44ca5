import { type ReactNode, useState } from 'react';
import { ActionButton, ConfirmDialog } from '../../parts/buttons.js';
import { Panel } from '../../parts/layout.js';
import type { FormPicture } from './draft.js';
import { SettingsProvider } from './settings-context.js';
import { SettingsForm } from './settings-form.js';
import type { SettingsEditor } from './use-settings-editor.js';
import './configuration.css';

interface EditorFormProps<Saved extends FormPicture> {
  readonly editor: SettingsEditor<Saved>;
  /** Names the form for screen readers. */
  readonly label: string;
  /** Above the form itself. */
  readonly intro?: ReactNode;
  /** Fields before those of the card. */
  readonly first?: ReactNode;
  /** Below the fields: what sends it. */
  readonly children: ReactNode;
}

/** The fields that a card asks for, and what is around them. */
export function EditorForm<Saved extends FormPicture>({
  editor,
  label,
  intro,
  first,
  children,
}: EditorFormProps<Saved>) {
  return (
    <form
      className="configuration"
      aria-label={label}
      noValidate
      autoComplete="off"
      onKeyUp={({ key }) => {
        // What Tab has gone to may lie under the save bar; browsers leave it there where a part of it is in sight.
        if (key === 'Tab') document.activeElement?.scrollIntoView({ block: 'nearest' });
      }}
      onSubmit={(event) => {
        event.preventDefault();
        editor.trySending();
      }}
    >
      {intro}
      <SettingsProvider value={editor.content}>
        {first}
        <SettingsForm
          card={editor.card}
          validator={editor.validator}
          settings={editor.draft.settings}
          onChange={editor.change}
          onTouch={editor.touch}
        />
      </SettingsProvider>
      {children}
    </form>
  );
}

interface SimulatedTenantPanelProps {
  readonly usesSimulatedTenant: boolean;
  /** What the tenant does for it. */
  readonly help: string;
  /** Names or secrets are saved or typed, which would be replaced. */
  readonly hasCredentials: boolean;
  readonly busy: boolean;
  /** Something else is being saved. */
  readonly disabled: boolean;
  readonly onFillIn: () => void;
  /** What stays as it is. */
  readonly stays: string;
}

/** Fills in what leads to the simulated tenant, with one click. */
export function SimulatedTenantPanel(props: SimulatedTenantPanelProps) {
  const { usesSimulatedTenant, help, hasCredentials, busy, disabled, onFillIn, stays } = props;
  const [asking, setAsking] = useState(false);
  const fillIn = (): void => {
    setAsking(false);
    onFillIn();
  };
  return (
    <>
      <Panel
        title="Simulated tenant"
        help={help}
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
        be brought back. {stays}
      </ConfirmDialog>
    </>
  );
}
