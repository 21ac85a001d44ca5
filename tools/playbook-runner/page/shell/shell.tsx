import type { ReactNode } from 'react';
import { useLiveValue } from '../api/live.js';
import { Connected } from '../parts/button.js';
import { Notice } from '../parts/notice.js';
import { Toasts } from '../parts/toasts.js';
import { SideNavigation } from './side-navigation.js';
import './shell.css';

/** What is around every view. */
export function Shell({ children }: { readonly children: ReactNode }) {
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
