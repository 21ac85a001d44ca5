import { useEffect } from 'react';

/** Names the browser's tab, most telling part first. */
export function useTitle(...parts: readonly string[]): void {
  const title = [...parts, 'Playbook runner'].join(' · ');
  useEffect(() => {
    document.title = title;
  }, [title]);
}
