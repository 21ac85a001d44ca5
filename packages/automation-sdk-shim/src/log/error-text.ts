import { MAX_EXCERPT_CHARACTERS, MAX_STACK_CHARACTERS } from '../budgets.js';
import { excerpt } from './foreign-text.js';
import { SECRETS } from './secrets.js';

const DEEPEST_CAUSE = 5;
/** A sentence of ours with an excerpt in it, or what a library says. */
const MAX_MESSAGE_CHARACTERS = 4 * MAX_EXCERPT_CHARACTERS;

/** One line about anything that was thrown. Libraries quote foreign text in their messages: it is one itself. */
export function errorLine(thrown: unknown): string {
  const text =
    thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : `a thrown ${typeof thrown}: ${String(thrown)}`;
  return excerpt(text, MAX_MESSAGE_CHARACTERS);
}

/**
 * The stack of anything that was thrown and of its causes. Other properties are left out: those of HTTP libraries
 * hold headers and bodies. Pieces of secrets are replaced, as libraries quote pieces of foreign text (JSON.parse does).
 */
export function errorStack(thrown: unknown): string {
  const stacks: string[] = [];
  for (let error = thrown; error !== undefined && stacks.length < DEEPEST_CAUSE;) {
    stacks.push(error instanceof Error ? (error.stack ?? errorLine(error)) : errorLine(error));
    error = error instanceof Error ? error.cause : undefined;
  }
  return SECRETS.redactForeign(stacks.join('\nCaused by ').slice(0, MAX_STACK_CHARACTERS));
}
