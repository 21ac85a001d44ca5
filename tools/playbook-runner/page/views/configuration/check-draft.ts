import { checkName } from '../../../src/form/check-name.js';
import { findProblems, type SchemaError } from '../../../src/form/problems.js';
import { secretNames } from '../../../src/form/secrets.js';
import type { SettingsSchema } from '../../../src/form/settings-schema.js';
import type { Problem } from '../../../src/wire/playbook.js';
import { type Draft, type Settings, tidy } from './draft.js';

/**
 * What is wrong with a draft. A saved secret stands as filled in: only the runner knows its value, and has checked it.
 *
 * @param validate ajv's errors for settings
 */
export function checkDraft(
  schema: SettingsSchema,
  validate: (settings: Settings) => readonly SchemaError[],
  draft: Draft,
  savedSecrets: readonly string[],
): readonly Problem[] {
  const settings = tidy(draft.settings, secretNames(schema));
  const standing = savedSecrets.filter((name) => !(name in settings) && !draft.forgotten.includes(name));
  const standIns = Object.fromEntries(standing.map((name) => [name, 'saved']));
  const filledIn = { ...settings, ...standIns };
  const errors = validate(filledIn).filter(({ instancePath }) => !standing.some((name) => instancePath === `/${name}`));
  const problems = findProblems(schema, errors, filledIn);
  return [...checkName(draft.name), ...problems];
}
