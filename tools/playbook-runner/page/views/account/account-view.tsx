import { useEffect, useState } from 'react';
import type { AccountSettings, AccountTest } from '../../../src/wire/module.js';
import { api } from '../../api/client.js';
import { useLiveValue } from '../../api/live.js';
import { messageOf } from '../../api/request.js';
import { accountCard, type FormCard } from '../../cards.js';
import { formatNumber } from '../../format/format.js';
import { ActionButton } from '../../parts/buttons.js';
import { Panel, Time } from '../../parts/layout.js';
import { Notice, showToast } from '../../parts/notices.js';
import { useUnsavedChanges } from '../../shell/location.js';
import { useAction, useTitle, ViewHeading } from '../../shell/view.js';
import { ProcessLog } from '../actions/process-log.js';
import { changeOf, hasCredentials } from '../configuration/draft.js';
import { EditorForm, SimulatedTenantPanel } from '../configuration/editor-form.js';
import { SaveBar } from '../configuration/save-bar.js';
import type { SettingGroup } from '../configuration/setting-words.js';
import { useSettingsEditor } from '../configuration/use-settings-editor.js';
import './account.css';

const ADDRESSES = ['authority_url', 'api_url'];

function groupsOf({ schema }: FormCard): readonly SettingGroup[] {
  const names = Object.keys(schema.properties);
  return [
    {
      id: 'application',
      title: 'Application',
      help: 'The application in Entra ID that signs in, and what proves who it is.',
      settings: names.filter((name) => !ADDRESSES.includes(name)),
    },
    {
      id: 'addresses',
      title: 'Addresses',
      help: 'For a national cloud or a test. Where one changes, type the secrets again: they would go there.',
      settings: names.filter((name) => ADDRESSES.includes(name)),
    },
  ];
}

const TENANT_WORDS = {
  used: 'The account signs in to the simulated tenant: made-up mail on this machine. Fill it in again if you have changed it.',
  unused: 'No tenant at hand? Fill in an application of a tenant that this runner simulates, and save it.',
};

const LOOK_EVERY_MS = 400;

/** The account as the runner has it; looked at again while it is being tested. */
function useAccount() {
  const connected = useLiveValue((state) => state.connection === 'connected');
  const [account, setAccount] = useState<AccountSettings | null>(null);
  const [error, setError] = useState<string | null>(null);
  const isTested = account?.test?.result === null;
  useEffect(() => {
    if (!connected) return;
    let wanted = true;
    const look = (): void => {
      api.account().then(
        (read) => {
          if (!wanted) return;
          setAccount(read);
          setError(null);
        },
        (reason: unknown) => wanted && setError(messageOf(reason)),
      );
    };
    look();
    const timer = isTested ? window.setInterval(look, LOOK_EVERY_MS) : undefined;
    return () => {
      wanted = false;
      window.clearInterval(timer);
    };
  }, [connected, isTested]);
  return { account, error, setAccount };
}

/** The module's configuration: with it actions and triggers of an application sign in. */
export function AccountView() {
  const { account, error, setAccount } = useAccount();
  useTitle('Account');
  return (
    <div className="view">
      <div>
        <ViewHeading level={1} className="view-title">
          Connected account
        </ViewHeading>
        <p className="view-intro">
          Actions sign in with it. So do triggers of an application, where their own settings are empty. The runner
          keeps it in memory only: it is gone once the runner ends.
        </p>
      </div>
      {error !== null && <Notice tone="bad">{error}</Notice>}
      {account && accountCard && <AccountForm account={account} card={accountCard} onChange={setAccount} />}
    </div>
  );
}

interface AccountFormProps {
  readonly account: AccountSettings;
  readonly card: FormCard;
  readonly onChange: (account: AccountSettings) => void;
}

function AccountForm({ account, card, onChange }: AccountFormProps) {
  const [groups] = useState(() => groupsOf(card));
  const noted = async (call: Promise<AccountSettings>): Promise<AccountSettings> => {
    const after = await call;
    onChange(after);
    return after;
  };
  const editor = useSettingsEditor({
    card,
    groups,
    initial: account,
    send: (draft, secrets) => noted(api.changeAccount(changeOf(draft, secrets))),
  });
  const { draft, saved } = editor;
  const filling = useAction();
  const testing = useAction();
  useUnsavedChanges(editor.changed);
  const fillIn = async (): Promise<void> => {
    editor.merge({ draft, saved }, await noted(api.useSimulatedTenantForAccount()));
    editor.setHasSent(true);
    showToast('Filled in with the simulated tenant and saved.');
  };
  const isEmpty = Object.keys(account.settings).length + account.savedSecrets.length === 0;
  return (
    <EditorForm
      editor={editor}
      label="Connected account"
      intro={
        <SimulatedTenantPanel
          usesSimulatedTenant={account.usesSimulatedTenant}
          help={account.usesSimulatedTenant ? TENANT_WORDS.used : TENANT_WORDS.unused}
          hasCredentials={hasCredentials(draft.settings, saved.savedSecrets, editor.secrets)}
          busy={filling.busy}
          disabled={editor.sending}
          onFillIn={() => filling.run(fillIn)}
          stays=""
        />
      }
    >
      <TestPanel
        test={account.test}
        obstacle={obstacleTo(isEmpty, editor.changed)}
        busy={testing.busy || account.test?.result === null}
        onTest={() => testing.run(() => noted(api.testAccount()))}
      />
      <SaveBar
        changed={editor.changed}
        saved={editor.hasSent}
        busy={editor.sending}
        disabled={filling.busy}
        problems={editor.tried || editor.refused.length > 0 ? editor.shown : []}
        titleOf={(setting) => card.schema.properties[setting]?.title ?? setting}
        onGoTo={editor.goTo}
        onDiscard={editor.discard}
        restart={null}
      />
    </EditorForm>
  );
}

/** Why there is nothing to test. */
function obstacleTo(isEmpty: boolean, isChanged: boolean): string | undefined {
  if (isChanged) return 'Save your changes first: the account is tested as it is saved.';
  return isEmpty ? 'The account is empty. Fill it in and save it, or use the simulated tenant.' : undefined;
}

interface TestPanelProps {
  readonly test: AccountTest | null;
  readonly obstacle: string | undefined;
  readonly busy: boolean;
  readonly onTest: () => void;
}

function TestPanel({ test, obstacle, busy, onTest }: TestPanelProps) {
  return (
    <Panel
      title="Test connection"
      help={obstacle ?? 'The module signs in, reads what the application may do, and asks for one row.'}
      actions={
        <ActionButton busy={busy} disabled={obstacle !== undefined} onClick={onTest}>
          {busy ? 'Testing' : 'Test connection'}
        </ActionButton>
      }
    >
      <div className="account-test">
        <div role="status">{test && <TestResult test={test} />}</div>
        {test && <ProcessLog lines={test.logs} open={test.result?.success === false} />}
      </div>
    </Panel>
  );
}

function TestResult({ test: { startedAtMs, result } }: { readonly test: AccountTest }) {
  if (result === null) return <Notice>The module tests the account.</Notice>;
  const { success, error, tookMs } = result;
  return (
    <Notice tone={success ? 'good' : 'bad'} title={success ? 'The connection works' : 'The connection does not work'}>
      {error !== null && <p>{error}</p>}
      <p>
        Tested at <Time atMs={startedAtMs} precision="second" focusable />, in {formatNumber(tookMs / 1000)} s.
      </p>
    </Notice>
  );
}
