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
