import type { Problem } from '../wire/playbook.js';

const LONGEST_NAME = 100;

/** What is wrong with a playbook's name. */
export function checkName(name: string): readonly Problem[] {
  const trimmed = name.trim();
  if (trimmed === '') return [{ setting: 'name', message: 'Fill in this field.' }];
  if (trimmed.length <= LONGEST_NAME) return [];
  return [{ setting: 'name', message: `Write a name of at most ${LONGEST_NAME} characters.` }];
}
