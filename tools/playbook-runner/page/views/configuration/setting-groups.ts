import { signInSettings } from '../../../src/form/credential.js';
import type { SettingsSchema } from '../../../src/form/settings-schema.js';
import type { Problem } from '../../../src/wire/playbook.js';

export interface SettingGroup {
  readonly id: 'required' | 'api' | 'intake' | 'advanced';
  readonly title: string;
  /** Names of settings, in the card's order. */
  readonly settings: readonly string[];
}

const apiSettings = ['api', 'client_id', 'tenant_id'];
const intakeSettings = ['intake_server'];

/** The parts of the form, without those that are empty. Settings that nobody has thought of yet are advanced ones. */
export function groupSettings(schema: SettingsSchema): readonly SettingGroup[] {
  const required = new Set([...(schema.required ?? []), ...signInSettings(schema)]);
  const rest = Object.keys(schema.properties).filter((name) => !required.has(name));
  const groups: readonly SettingGroup[] = [
    {
      id: 'required',
      title: 'Required settings',
      settings: Object.keys(schema.properties).filter((name) => required.has(name)),
    },
    { id: 'api', title: 'Which API is read', settings: rest.filter((name) => apiSettings.includes(name)) },
    { id: 'intake', title: 'Where the events go', settings: rest.filter((name) => intakeSettings.includes(name)) },
    {
      id: 'advanced',
      title: 'Advanced settings',
      settings: rest.filter((name) => !apiSettings.includes(name) && !intakeSettings.includes(name)),
    },
  ];
  return groups.filter(({ settings }) => settings.length > 0);
}

/** What is wrong with settings, from the first field of the form to the last. */
export function inOrderOfForm(schema: SettingsSchema, problems: readonly Problem[]): readonly Problem[] {
  const fields = ['name', ...groupSettings(schema).flatMap(({ settings }) => settings)];
  const place = ({ setting }: Problem): number => fields.indexOf(setting);
  return problems.toSorted((one, other) => place(one) - place(other));
}
