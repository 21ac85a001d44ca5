import { useReducer, useRef } from 'react';
import { messageOf } from '../../api/request.js';
import { live } from '../../api/live.js';
import { type ControlDraft, type DraftStep, nextDraft, noDraft, shownControls } from './control-draft.js';

export interface UsedControls<Controls extends object> {
  /** What to show: changes made here at once, before the server has answered. */
  readonly shown: Controls;
  readonly change: (changes: Partial<Controls>) => void;
  /** Why the last change was refused. */
  readonly error: string | null;
}

/** Controls whose changes are sent to the server one after the other, and taken back where it refuses them. */
export function useControls<Controls extends object>(
  told: Controls,
  send: (changes: Partial<Controls>) => Promise<unknown>,
): UsedControls<Controls> {
  const [draft, step] = useReducer<ControlDraft<Controls>, [DraftStep<Controls>]>(nextDraft, noDraft<Controls>());
  const sent = useRef(Promise.resolve());
  const deliver = async (changes: Partial<Controls>, version: number): Promise<void> => {
    try {
      await send(changes);
      await live.refresh();
      step({ type: 'settled', version });
    } catch (error) {
      step({ type: 'refused', version, error: messageOf(error) });
    }
  };
  const change = (changes: Partial<Controls>): void => {
    const version = draft.version + 1;
    step({ type: 'changed', changes });
    sent.current = sent.current.then(() => deliver(changes, version));
  };
  return { shown: shownControls(told, draft), change, error: draft.error };
}
