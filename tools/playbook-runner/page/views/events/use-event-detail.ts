import { useEffect, useState } from 'react';
import type { EventDetail } from '../../../src/wire/live.js';
import { ApiError, messageOf } from '../../api/request.js';
import { api } from '../../api/client.js';

type Loaded =
  { readonly number: number; readonly detail: EventDetail } | { readonly number: number; readonly problem: string };

/** The whole event; null while it is being fetched. */
export function useEventDetail(playbook: string, number: number): Loaded | null {
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  useEffect(() => {
    let wanted = true;
    const show = (next: Loaded): void => {
      if (wanted) setLoaded(next);
    };
    api.event(playbook, number).then(
      (detail) => show({ number, detail }),
      (error: unknown) => show({ number, problem: problemOf(error) }),
    );
    return () => {
      wanted = false;
    };
  }, [playbook, number]);
  return loaded?.number === number ? loaded : null;
}

function problemOf(error: unknown): string {
  const gone = error instanceof ApiError && error.status === 404;
  return gone ? 'This event is kept no more: newer ones have taken its place. Open one of those.' : messageOf(error);
}
