import { Link, useLocation } from 'wouter';
import type { PlaybookSummary } from '../../src/wire/playbook.js';
import { useLiveValue } from '../api/live.js';
import { countOf } from '../format/format.js';
import { StatePill } from '../parts/state-pill.js';
import { useCurrentInView } from '../parts/use-current-in-view.js';
import { ThemeSwitch } from '../theme/theme-switch.js';
import { playbookPath } from '../views/playbook/tabs.js';
import './side-navigation.css';

/** The library and the playbooks; a bar at the top where there is no room at the side. */
export function SideNavigation() {
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
