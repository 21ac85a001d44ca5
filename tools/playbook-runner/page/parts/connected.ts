import { createContext, use } from 'react';

/**
 * Whether the runner answers: while it does not, nothing can be done with it, and states are those that were last seen.
 */
export const Connected = createContext(true);

export function useConnected(): boolean {
  return use(Connected);
}
