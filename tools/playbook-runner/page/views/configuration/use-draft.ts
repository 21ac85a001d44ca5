import { useState } from 'react';
import type { PlaybookSettings, Problem } from '../../../src/wire/playbook.js';
import { afterFillIn, type Draft, draftOf, isChanged, keepEdits, type Settings } from './draft.js';

export interface EditedDraft {
  readonly saved: PlaybookSettings;
  readonly draft: Draft;
  readonly changed: boolean;
  /** What the operator has been at: what is wrong there may be said. */
  readonly touched: ReadonlySet<string>;
  /** Once saving was tried, all that is wrong may be said. */
  readonly tried: boolean;
  /** What the runner refused, until anything is edited: it may be for another setting that one was refused. */
  readonly refused: readonly Problem[];
  readonly rename: (name: string) => void;
  readonly change: (settings: Settings, setting: string) => void;
  readonly touch: (setting: string) => void;
  readonly forget: (secret: string) => void;
  readonly keep: (secret: string) => void;
  readonly discard: () => void;
  readonly try: () => void;
  readonly refuse: (problems: readonly Problem[]) => void;
  /** `sent` has been saved, and this came of it. What was edited since stays unsaved. */
  readonly accept: (sent: Draft, after: PlaybookSettings) => void;
  /** The simulated tenant has been filled in beside what was saved and drafted when it was asked for. */
  readonly merge: (asked: Pick<EditedDraft, 'draft' | 'saved'>, after: PlaybookSettings) => void;
}

const none: ReadonlySet<string> = new Set();

/**
 * A draft of a playbook's settings and what has been done with it.
 * @param replaced the names of the settings that the simulated tenant replaces
 */
export function useDraft(initial: PlaybookSettings, replaced: readonly string[]): EditedDraft {
  const [saved, setSaved] = useState(initial);
  const [draft, setDraft] = useState(() => draftOf(initial));
  const [touched, setTouched] = useState(none);
  // Settings that were saved once and have gone wrong since, as by a new card, need no try. New ones are just empty.
  const [tried, setTried] = useState(initial.problems.length > 0 && Object.keys(initial.settings).length > 0);
  const [refused, setRefused] = useState<readonly Problem[]>([]);

  const touch = (setting: string): void => setTouched((before) => new Set([...before, setting]));
  const edit = (setting: string, change: (before: Draft) => Draft): void => {
    setDraft(change);
    touch(setting);
    setRefused([]);
  };
  const settle = (): void => {
    setTried(false);
    setRefused([]);
  };
  /** What was touched stays so: it may be what is being typed just now. */
  const respond = (asked: Draft, next: Draft, after: PlaybookSettings): void => {
    setSaved(after);
    setDraft((now) => keepEdits(now, asked, next));
    settle();
  };
  return {
    saved,
    draft,
    changed: isChanged(draft, saved),
    touched,
    tried,
    refused,
    rename: (name) => edit('name', (before) => ({ ...before, name })),
    change: (settings, setting) =>
      edit(setting, (before) => ({
        ...before,
        settings,
        forgotten: before.forgotten.filter((secret) => !(secret in settings)),
      })),
    touch,
    forget: (secret) => edit(secret, (before) => ({ ...before, forgotten: [...before.forgotten, secret] })),
    keep: (secret) =>
      edit(secret, (before) => ({ ...before, forgotten: before.forgotten.filter((name) => name !== secret) })),
    discard: () => {
      setDraft(draftOf(saved));
      setTouched(none);
      settle();
    },
    try: () => setTried(true),
    refuse: setRefused,
    accept: (sent, after) => respond(sent, draftOf(after), after),
    merge: (asked, after) => respond(asked.draft, afterFillIn(asked.draft, asked.saved, after, replaced), after),
  };
}
