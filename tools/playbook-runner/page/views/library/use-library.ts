import { useEffect, useState } from 'react';
import type { Library } from '../../../src/wire/playbook.js';
import { messageOf } from '../../api/request.js';
import { api } from '../../api/client.js';
import { useLiveValue } from '../../api/live.js';

export interface LibraryRead {
  /** Null until it is known. */
  readonly library: Library | null;
  readonly error: string | null;
}

/** The library, read once the runner answers, and again after it was away. */
export function useLibrary(): LibraryRead {
  const connected = useLiveValue((state) => state.connection === 'connected');
  const [read, setRead] = useState<LibraryRead>({ library: null, error: null });
  useEffect(() => {
    if (!connected) return;
    let wanted = true;
    api.library().then(
      (library) => wanted && setRead({ library, error: null }),
      (error: unknown) => wanted && setRead((before) => ({ ...before, error: messageOf(error) })),
    );
    return () => {
      wanted = false;
    };
  }, [connected]);
  return read;
}
