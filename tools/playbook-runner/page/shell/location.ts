import { createContext, use, useEffect, useState, useSyncExternalStore } from 'react';
import type { BaseLocationHook } from 'wouter';
import { useHashLocation } from 'wouter/use-hash-location';

let unsaved = false;
const listeners = new Set<() => void>();

function setUnsaved(is: boolean): void {
  unsaved = is;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** What is unsaved has lost its meaning: leave without asking. */
export function dropUnsavedChanges(): void {
  setUnsaved(false);
}

/** While `is` holds, leaving the view asks first; so does closing the page. */
export function useUnsavedChanges(is: boolean): void {
  useEffect(() => {
    if (!is) return;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    setUnsaved(true);
    window.addEventListener('beforeunload', ask);
    return () => {
      setUnsaved(false);
      window.removeEventListener('beforeunload', ask);
    };
  }, [is]);
}

export interface GuardedLocation {
  /** Which view is shown. */
  readonly shown: string;
  /** The address asks for another view, and there are changes that would be lost. */
  readonly asking: boolean;
  readonly leave: () => void;
  readonly stay: () => void;
}

/**
 * The view follows the address only where nothing would be lost.
 * Links and the browser's Back are the same to it: the address has changed already, and is changed back by `stay`.
 */
export function useGuardedLocation(): GuardedLocation {
  const [asked, navigate] = useHashLocation();
  const guarded = useSyncExternalStore(subscribe, () => unsaved);
  const [shown, setShown] = useState(asked);
  if (!guarded && shown !== asked) setShown(asked);
  return {
    shown,
    asking: guarded && shown !== asked,
    leave: dropUnsavedChanges,
    stay: () => navigate(shown, { replace: true }),
  };
}

export const ShownLocation = createContext('/');

/** For wouter: the address that is shown, and how to go to another. */
export const useShownLocation: BaseLocationHook & { hrefs: (href: string) => string } = Object.assign(
  (): ReturnType<typeof useHashLocation> => {
    const [, navigate] = useHashLocation();
    return [use(ShownLocation), navigate];
  },
  { hrefs: (href: string) => `#${href}` },
);
