import { type ReactNode, useEffect, useRef, useState } from 'react';
import { messageOf } from '../api/request.js';
import { live } from '../api/live.js';
import { showToast } from '../parts/notices.js';

/**
 * Something that the operator does and that the runner answers: busy meanwhile; where it fails, a message says why.
 * Afterwards the live picture is asked for at once.
 */
export function useAction(): { readonly busy: boolean; readonly run: (action: () => Promise<unknown>) => void } {
  const [busy, setBusy] = useState(false);
  const perform = async (action: () => Promise<unknown>): Promise<void> => {
    setBusy(true);
    try {
      await action();
    } catch (error) {
      showToast(messageOf(error), 'bad');
    } finally {
      await live.refresh();
      setBusy(false);
    }
  };
  return { busy, run: (action) => void perform(action) };
}

/** Names the browser's tab, most telling part first. */
export function useTitle(...parts: readonly string[]): void {
  const title = [...parts, 'Playbook runner'].join(' · ');
  useEffect(() => {
    document.title = title;
  }, [title]);
}

interface ViewHeadingProps {
  readonly level: 1 | 2;
  readonly children: ReactNode;
  /** For screen readers alone: where the tab says it to the eye. */
  readonly hidden?: boolean;
  readonly className?: string;
}

let navigated = false;
window.addEventListener('hashchange', () => (navigated = true));

/** The heading of what has just been opened: it takes the focus, so that reading and tabbing go on from there. */
export function ViewHeading({ level, children, hidden = false, className }: ViewHeadingProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // Not when the page is loaded: then the browser's own order holds, with the skip link first.
    if (navigated) heading.current?.focus({ preventScroll: true });
  }, []);
  const Level = `h${level}` as const;
  return (
    <Level ref={heading} tabIndex={-1} className={hidden ? 'visually-hidden' : className}>
      {children}
    </Level>
  );
}
