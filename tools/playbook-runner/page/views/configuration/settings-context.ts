import { createContext, use } from 'react';
import type { SettingsSchema } from '../../../src/form/settings-schema.js';
import type { AccountFacts } from '../../../src/form/account.js';
import type { Draft } from './draft.js';
import type { SettingGroup } from './setting-words.js';

/** What fields need beyond what the form gives them. */
export interface SettingsContent {
  readonly schema: SettingsSchema;
  /** The parts of the form. */
  readonly groups: readonly SettingGroup[];
  readonly draft: Draft;
  /** What is wrong, by setting: only of settings that the operator has been at, or all after a try to save. */
  readonly problems: ReadonlyMap<string, string>;
  readonly savedSecrets: readonly string[];
  /** Gives what is left empty. */
  readonly account: AccountFacts;
  readonly forget: (secret: string) => void;
  readonly keep: (secret: string) => void;
}

const Content = createContext<SettingsContent | null>(null);

export const SettingsProvider = Content.Provider;

export function useSettingsContent(): SettingsContent {
  const content = use(Content);
  if (!content) throw new Error('A field of the settings is outside of their form.');
  return content;
}
