import type { ReactNode } from 'react';
import { useLiveValue } from '../api/live.js';
import { Notice } from '../parts/notice.js';
import { SideNavigation } from './side-navigation.js';
import './shell.css';

/** What is around every view. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const connection = useLiveValue((state) => state.connection);
  const skip = (): void => document.querySelector<HTMLElement>('#main')?.focus();
  return (
    <div className="shell">
      <button type="button" className="skip-link" onClick={skip}>
        Skip to the content
      </button>
      <SideNavigation />
      <main id="main" className="shell-main" tabIndex={-1}>
        <div role="status" className="shell-connection">
          {connection === 'lost' && (
            <Notice tone="bad" title="Not connected to the runner">
              What you see is what was last known. If the runner has ended, start it again with <code>npm start</code>;
              this page connects by itself.
            </Notice>
          )}
        </div>
        {children}
      </main>
    </div>
  );
}
