import { useState } from 'react';
import { messageOf } from '../api/request.js';
import { live } from '../api/live.js';
import { showToast } from '../parts/toasts.js';

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
