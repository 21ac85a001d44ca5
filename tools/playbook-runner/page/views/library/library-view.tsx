import { useLocation } from 'wouter';
import type { LibraryEntry } from '../../../src/wire/playbook.js';
import { api } from '../../api/client.js';
import { live, useLiveValue } from '../../api/live.js';
import { ActionButton } from '../../parts/button.js';
import { EmptyState } from '../../parts/empty-state.js';
import { Notice } from '../../parts/notice.js';
import { useAction } from '../../shell/use-action.js';
import { useTitle } from '../../shell/use-title.js';
import { ViewHeading } from '../../shell/view-heading.js';
import { playbookPath } from '../playbook/tabs.js';
import { PlaybookList } from './playbook-list.js';
import { useLibrary } from './use-library.js';
import './library.css';

export function LibraryView() {
  const { library, error } = useLibrary();
  const playbooks = useLiveValue((state) => state.playbooks);
  useTitle('Library');
  return (
    <div className="view">
      <div>
        <ViewHeading level={1} className="view-title">
          Library
        </ViewHeading>
        {library && (
          <p className="library-module">
            {library.name}, version {library.version}. {library.description}.
          </p>
        )}
      </div>
      {error !== null && <Notice tone="bad">{error}</Notice>}
      <section aria-labelledby="library-triggers">
        <h2 id="library-triggers" className="library-title">
          Triggers
        </h2>
        <ul className="library-cards">
          {library?.triggers.map((entry) => (
            <li key={entry.trigger}>
              <TriggerCard entry={entry} version={library.version} />
            </li>
          ))}
        </ul>
      </section>
      <section aria-labelledby="library-playbooks">
        <h2 id="library-playbooks" className="library-title">
          Your playbooks
        </h2>
        {playbooks?.length === 0 ? (
          <EmptyState title="No playbook yet">
            Add a trigger above to a playbook. Its configuration opens; “Use the simulated tenant” fills it in for you.
          </EmptyState>
        ) : (
          <PlaybookList playbooks={playbooks ?? []} />
        )}
      </section>
    </div>
  );
}

function TriggerCard({ entry, version }: { readonly entry: LibraryEntry; readonly version: string }) {
  const [, navigate] = useLocation();
  const { busy, run } = useAction();
  const add = async (): Promise<void> => {
    const { id } = await api.addPlaybook(entry.trigger);
    await live.refresh();
    navigate(playbookPath(id, 'configuration'));
  };
  const titleId = `trigger-${entry.trigger}`;
  return (
    <article className="library-card" aria-labelledby={titleId}>
      <img src="/logo.svg" alt="" width="48" height="48" className="library-logo" />
      <div className="library-words">
        <h3 id={titleId} className="library-name">
          {entry.name}
        </h3>
        <p className="library-version">
          Trigger <code>{entry.trigger}</code>, version {version}
        </p>
        <p className="library-description">{entry.description}.</p>
      </div>
      <ActionButton kind="primary" busy={busy} onClick={() => run(add)} describedBy={titleId}>
        Add to playbook
      </ActionButton>
    </article>
  );
}
