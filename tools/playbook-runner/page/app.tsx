import { type ReactNode, useEffect, useState } from 'react';
import './theme/theme-switch.css';
import { Link, Route, Router, Switch, useLocation } from 'wouter';
import type { PlaybookSummary } from '../src/wire/playbook.js';
import { useLiveValue } from './api/live.js';
import { countOf } from './format/format.js';
import { Notice, StatePill, Toasts } from './parts/notices.js';
import { useCurrentInView } from './parts/layout.js';
import { playbookPath } from './views/playbook/tabs.js';
import './shell/side-navigation.css';
import { ConfirmDialog, Connected } from './parts/buttons.js';
import './shell/shell.css';
import { ShownLocation, useGuardedLocation, useShownLocation } from './shell/location.js';
import { AccountView } from './views/account/account-view.js';
import { ActionView } from './views/actions/action-view.js';
import { ActionsView } from './views/actions/actions-view.js';
import { LibraryView, UnknownAddress } from './views/library/library-view.js';
import { PlaybookView } from './views/playbook/playbook-view.js';

type ThemeChoice = 'system' | 'light' | 'dark';

/** Its name in the browser's storage; `public/theme.js` reads it before the first paint. */
const storageName = 'theme';
const darkSystem = window.matchMedia('(prefers-color-scheme: dark)');

function readChoice(): ThemeChoice {
  try {
    const chosen = localStorage.getItem(storageName);
    return chosen === 'light' || chosen === 'dark' ? chosen : 'system';
  } catch {
    return 'system';
  }
}

function keepChoice(choice: ThemeChoice): void {
  try {
    if (choice === 'system') localStorage.removeItem(storageName);
    else localStorage.setItem(storageName, choice);
  } catch {
    // Where storage is forbidden the choice holds until the page is closed.
  }
}

function show(choice: ThemeChoice): void {
  const system = darkSystem.matches ? 'dark' : 'light';
  document.documentElement.dataset['theme'] = choice === 'system' ? system : choice;
}

/** The chosen theme, kept in the browser; `system` follows the system while the page is open. */
function useTheme(): [ThemeChoice, (choice: ThemeChoice) => void] {
  const [choice, setChoice] = useState(readChoice);
  useEffect(() => {
    const update = (): void => show(choice);
    update();
    darkSystem.addEventListener('change', update);
    return () => darkSystem.removeEventListener('change', update);
  }, [choice]);
  return [
    choice,
    (chosen) => {
      keepChoice(chosen);
      setChoice(chosen);
    },
  ];
}

const choices: readonly { readonly choice: ThemeChoice; readonly words: string }[] = [
  { choice: 'system', words: 'System' },
  { choice: 'light', words: 'Light' },
  { choice: 'dark', words: 'Dark' },
];

function ThemeSwitch() {
  const [chosen, choose] = useTheme();
  return (
    <fieldset className="theme-switch">
      <legend className="visually-hidden">Theme</legend>
      {choices.map(({ choice, words }) => (
        <label key={choice} className="theme-choice">
          <input
            type="radio"
            name="theme"
            className="visually-hidden"
            checked={choice === chosen}
            onChange={() => choose(choice)}
          />
          <span className="theme-words">{words}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** The library, account, actions and playbooks; a bar at the top where there is no room at the side. */
function SideNavigation() {
  const playbooks = useLiveValue((state) => state.playbooks);
  const [location] = useLocation();
  const row = useCurrentInView<HTMLElement>(location);
  return (
    <header className="side">
      <Link href="/" className="side-brand">
        <img src="/logo.svg" alt="" width="32" height="32" />
        <span>Playbook runner</span>
      </Link>
      <nav ref={row} className="side-navigation" aria-label="Main">
        <Link href="/" className="side-link" aria-current={location === '/' ? 'page' : undefined}>
          Library
        </Link>
        <Link href="/account" className="side-link" aria-current={location === '/account' ? 'page' : undefined}>
          Account
        </Link>
        <Link href="/actions" className="side-link" aria-current={location.startsWith('/actions') ? 'page' : undefined}>
          Actions
        </Link>
        <h2 className="side-title" id="side-playbooks">
          {playbooks && playbooks.length > 1 ? countOf(playbooks.length, 'playbook') : 'Playbooks'}
        </h2>
        {playbooks?.length === 0 ? (
          <p className="side-none">None yet: add one from the library.</p>
        ) : (
          <ul className="side-playbooks" aria-labelledby="side-playbooks">
            {playbooks?.map((playbook) => (
              <li key={playbook.id}>
                <PlaybookLink playbook={playbook} current={location.startsWith(playbookPath(playbook.id, ''))} />
              </li>
            ))}
          </ul>
        )}
      </nav>
      <div className="side-theme">
        <ThemeSwitch />
      </div>
    </header>
  );
}

function PlaybookLink({ playbook, current }: { readonly playbook: PlaybookSummary; readonly current: boolean }) {
  return (
    <Link href={playbookPath(playbook.id)} className="side-link" aria-current={current ? 'page' : undefined}>
      <span className="side-name two-lines" title={playbook.name}>
        {playbook.name}
      </span>
      <StatePill playbook={playbook} plain />
    </Link>
  );
}

/** What is around every view. */
function Shell({ children }: { readonly children: ReactNode }) {
  const lost = useLiveValue((state) => state.connection === 'lost');
  const skip = (): void => document.querySelector<HTMLElement>('#main')?.focus();
  return (
    <Connected value={!lost}>
      <div className="shell">
        <button type="button" className="skip-link" onClick={skip}>
          Skip to the content
        </button>
        <SideNavigation />
        <Toasts />
        <main id="main" className="shell-main" tabIndex={-1}>
          <div role="status" className="shell-connection">
            {lost && (
              <Notice tone="bad" title="Not connected to the runner">
                What you see is what was last known. If the runner has ended, start it again with <code>npm start</code>
                ; this page connects by itself.
              </Notice>
            )}
          </div>
          {children}
        </main>
      </div>
    </Connected>
  );
}

/** `#/` is the library, `#/account`, `#/actions/:command?` and `#/playbooks/:id/:tab?` say what they are. */
export function App() {
  const { shown, asking, leave, stay } = useGuardedLocation();
  return (
    <ShownLocation value={shown}>
      <Router hook={useShownLocation}>
        <Shell>
          <Switch>
            <Route path="/">
              <LibraryView />
            </Route>
            <Route path="/account">
              <AccountView />
            </Route>
            <Route path="/actions">
              <ActionsView />
            </Route>
            <Route path="/actions/:command">{({ command }) => <ActionView key={command} command={command} />}</Route>
            <Route path="/playbooks/:id/:tab?">{({ id, tab }) => <PlaybookView key={id} id={id} tab={tab} />}</Route>
            <Route>
              <UnknownAddress title="There is no such page" />
            </Route>
          </Switch>
        </Shell>
        <ConfirmDialog
          open={asking}
          title="Leave without saving?"
          confirmLabel="Leave without saving"
          cancelLabel="Stay here"
          danger
          onConfirm={leave}
          onCancel={stay}
        >
          What you changed in the configuration has not been saved, and will be lost.
        </ConfirmDialog>
      </Router>
    </ShownLocation>
  );
}
