import type { Problem } from '../wire/playbook.js';

const MAX_NAME_LENGTH = 100;

/** What is wrong with a playbook's name. */
export function checkName(name: string): readonly Problem[] {
  const trimmed = name.trim();
  if (trimmed === '') return [{ setting: 'name', message: 'Fill in this field.' }];
  if (trimmed.length <= MAX_NAME_LENGTH) return [];
  return [{ setting: 'name', message: `Write a name of at most ${MAX_NAME_LENGTH} characters.` }];
}
