import { useEffect, useState } from 'react';
import type { PlaybookSettings } from '../../../src/wire/playbook.js';
import { messageOf } from '../../api/request.js';
import { api } from '../../api/client.js';

interface SavedSettings {
  /** Null until they are known. */
  readonly saved: PlaybookSettings | null;
  readonly error: string | null;
}

/** What the runner has saved of a playbook, read when its form is opened. */
export function useSavedSettings(id: string): SavedSettings {
  const [read, setRead] = useState<SavedSettings>({ saved: null, error: null });
  useEffect(() => {
    let wanted = true;
    api.playbook(id).then(
      (saved) => wanted && setRead({ saved, error: null }),
      (error: unknown) => wanted && setRead({ saved: null, error: messageOf(error) }),
    );
    return () => {
      wanted = false;
    };
  }, [id]);
  return read;
}
