import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import type { AccountSettings, ActionRun } from '../../../src/wire/module.js';
import { api } from '../../api/client.js';
import { type ActionCard, actionCards } from '../../cards.js';
import { EmptyState, Notice } from '../../parts/notices.js';
import { useTitle, ViewHeading } from '../../shell/view.js';
import { useActionRuns } from './use-action-run.js';
import '../account/account.css';
import '../library/library.css';
import './actions.css';

/** `/actions/search_message_traces` */
function actionRoute(command: string): string {
  return `/actions/${encodeURIComponent(command)}`;
}

/** The actions of the module, as their cards describe them. */
export function ActionsView() {
  const { runs, error } = useActionRuns();
  useTitle('Actions');
  return (
    <div className="view">
      <div>
        <ViewHeading level={1} className="view-title">
          Actions
        </ViewHeading>
        <p className="view-intro">
          What a playbook can ask the message trace. Each action runs here as the platform runs it, as the connected
          account.
        </p>
      </div>
      {error !== null && <Notice tone="bad">{error}</Notice>}
      <NoAccount />
      {actionCards.size === 0 ? (
        <EmptyState title="The module has no actions">
          Add an action_*.json, then build the page again with <code>npm run build</code>.
        </EmptyState>
      ) : (
        <ul className="library-cards">
          {[...actionCards.values()].map((card) => (
            <li key={card.command}>
              <ActionEntry card={card} run={runs?.find(({ command }) => command === card.command)} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

const STATES: Readonly<Record<ActionRun['state'], string>> = {
  running: 'Runs now.',
  finished: 'Finished when it ran last.',
  failed: 'Failed when it ran last.',
  stopped: 'Stopped when it ran last.',
};

function ActionEntry({ card, run }: { readonly card: ActionCard; readonly run: ActionRun | undefined }) {
  const titleId = `action-${card.command}`;
  return (
    <article className="library-card" aria-labelledby={titleId}>
      <img src="/logo.svg" alt="" width="48" height="48" className="library-logo" />
      <div className="library-words">
        <h2 id={titleId} className="library-name">
          {card.name}
        </h2>
        <p className="library-version">
          Action <code>{card.command}</code>
        </p>
        <p className="library-description">{card.description}.</p>
        {run && <p className="library-version action-last">{STATES[run.state]}</p>}
      </div>
      <Link
        href={actionRoute(card.command)}
        className="button button-primary button-link"
        aria-label={`Open “${card.name}”`}
      >
        Open
      </Link>
    </article>
  );
}

/** Says what to do where there is no account to sign in with. */
export function NoAccount() {
  const [account, setAccount] = useState<AccountSettings | null>(null);
  useEffect(() => {
    let wanted = true;
    api.account().then(
      (read) => wanted && setAccount(read),
      // That the runner does not answer is said above.
      () => undefined,
    );
    return () => {
      wanted = false;
    };
  }, []);
  if (account === null || account.savedSecrets.length > 0) return null;
  return (
    <Notice tone="caution" title="There is no connected account yet">
      Actions cannot sign in without one. Fill it in, or use the simulated tenant:{' '}
      <Link href="/account">open the account</Link>.
    </Notice>
  );
}
