import { useEffect, useState } from 'react';
import type { Library, LibraryEntry, PlaybookSummary } from '../../../src/wire/playbook.js';
import { messageOf } from '../../api/request.js';
import { api } from '../../api/client.js';
import { live, useLiveValue } from '../../api/live.js';
import { Link, useLocation } from 'wouter';
import { formatDuration } from '../../format/format.js';
import { EmptyState, Notice, StatePill } from '../../parts/notices.js';
import { playbookPath } from '../playbook/tabs.js';
import { ActionButton } from '../../parts/buttons.js';
import { useAction, useTitle, ViewHeading } from '../../shell/view.js';
import './library.css';

export interface LibraryRead {
  /** Null until it is known. */
  readonly library: Library | null;
  readonly error: string | null;
}

/** The library, read once the runner answers, and again after it was away. */
function useLibrary(): LibraryRead {
  const connected = useLiveValue((state) => state.connection === 'connected');
  const [read, setRead] = useState<LibraryRead>({ library: null, error: null });
  useEffect(() => {
    if (!connected) return;
    let wanted = true;
    api.library().then(
      (library) => wanted && setRead({ library, error: null }),
      (error: unknown) => wanted && setRead((before) => ({ ...before, error: messageOf(error) })),
    );
    return () => {
      wanted = false;
    };
  }, [connected]);
  return read;
}

/** The playbooks with what they are doing. */
function PlaybookList({ playbooks }: { readonly playbooks: readonly PlaybookSummary[] }) {
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

/** For addresses that lead nowhere, or no longer. */
export function UnknownAddress({ title }: { readonly title: string }) {
  useTitle(title);
  return (
    <div className="view">
      <ViewHeading level={1} className="view-title">
        {title}
      </ViewHeading>
      <EmptyState title="Nothing is shown at this address">
        Choose a playbook from the navigation, or add one from the <Link href="/">library</Link>.
      </EmptyState>
    </div>
  );
}
