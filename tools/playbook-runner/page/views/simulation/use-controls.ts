import { useReducer, useRef } from 'react';
import { messageOf } from '../../api/request.js';
import { live } from '../../api/live.js';

export const HIGHEST_RATE = 100_000;

/** The slider's right end. Its left end, 0, is no mail at all. */
export const RATE_POSITIONS = 80;

/** Rows an hour at position 1: one every six minutes. */
const LOWEST_RATE = 10;

/** Rows an hour at a position of the slider: each step is the same factor, rounded to two digits. */
export function rateAt(position: number): number {
  if (position <= 0) return 0;
  const exact = LOWEST_RATE * (HIGHEST_RATE / LOWEST_RATE) ** ((position - 1) / (RATE_POSITIONS - 1));
  return Number(exact.toPrecision(2));
}

/** The position whose rate is nearest. */
export function positionOf(rowsPerHour: number): number {
  if (rowsPerHour <= 0) return 0;
  const share = Math.log(rowsPerHour / LOWEST_RATE) / Math.log(HIGHEST_RATE / LOWEST_RATE);
  return Math.min(RATE_POSITIONS, Math.max(1, 1 + Math.round(share * (RATE_POSITIONS - 1))));
}

/** Controls between the person who changes them and the server that is to know. */
export interface ControlDraft<Controls extends object> {
  /** Changed here, and not yet told by the server. */
  readonly changes: Partial<Controls>;
  /** Counts the changes made here: only what becomes of the last one decides what is shown. */
  readonly version: number;
  readonly error: string | null;
}

export type DraftStep<Controls extends object> =
  | { readonly type: 'changed'; readonly changes: Partial<Controls> }
  /** The server has taken the change over, and has told so. */
  | { readonly type: 'settled'; readonly version: number }
  | { readonly type: 'refused'; readonly version: number; readonly error: string };

export function noDraft<Controls extends object>(): ControlDraft<Controls> {
  return { changes: {}, version: 0, error: null };
}

/** What is shown: the server's values, and over them what was changed here. */
export function shownControls<Controls extends object>(controls: Controls, draft: ControlDraft<Controls>): Controls {
  return { ...controls, ...draft.changes };
}

/** The draft after a step. What was refused is forgotten: the control goes back to what the server tells. */
export function nextDraft<Controls extends object>(
  draft: ControlDraft<Controls>,
  step: DraftStep<Controls>,
): ControlDraft<Controls> {
  switch (step.type) {
    case 'changed':
      return { changes: { ...draft.changes, ...step.changes }, version: draft.version + 1, error: null };
    case 'settled':
      return step.version === draft.version ? { ...draft, changes: {} } : draft;
    case 'refused':
      return { ...draft, error: step.error, changes: step.version === draft.version ? {} : draft.changes };
  }
}

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
