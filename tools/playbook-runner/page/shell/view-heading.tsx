import { type ReactNode, useEffect, useRef } from 'react';

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
