import { MAX_EXCERPT_CHARACTERS, MAX_FOREIGN_CHARACTERS, MAX_STACK_CHARACTERS } from '../budgets.js';
import { SECRETS } from './redactor.js';

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

/**
 * Foreign text is what others wrote: answers, headers, addresses, messages of libraries. It enters the module's own
 * sentences here and nowhere else. Its beginning is read, its secrets are replaced while it is still as it came, and
 * only then it becomes one line and is cut. Line breaks, control characters and marks of direction become blanks: by
 * these it could pass itself off as a log line of its own, or give orders to a terminal.
 * @param limit in characters, the last of which is `…` where the text is longer
 */
export function excerpt(text: string, limit = MAX_EXCERPT_CHARACTERS): string {
  return toLine(SECRETS.redactForeign(text.slice(0, MAX_FOREIGN_CHARACTERS)), limit);
}

/** An excerpt of what a person would read of a page of HTML or XML. */
export function excerptOfPage(page: string, limit = MAX_EXCERPT_CHARACTERS): string {
  // First with its tags, as a secret can look like one; then without, as tags can stand within a secret.
  const text = withoutTags(SECRETS.redactForeign(page.slice(0, MAX_FOREIGN_CHARACTERS)));
  return toLine(SECRETS.redactForeign(text), limit);
}

function toLine(text: string, limit: number): string {
  const line = text.replace(/[\s\p{Cc}\p{Cf}\p{Cs}]+/gu, ' ').trim();
  if (line.length <= limit) return line;
  const characters = Array.from(line);
  return characters.length <= limit ? line : `${characters.slice(0, limit - 1).join('')}…`;
}

/**
 * The text between the tags, without styles and scripts. Takes each character once, whatever the page holds.
 */
function withoutTags(page: string): string {
  const [beginning = '', ...pieces] = page.split('<');
  let hiddenBy: string | undefined;
  const texts = pieces.map((piece) => {
    const [, slash, name] = /^(\/?)(style|script)\b/i.exec(piece) ?? [];
    if (hiddenBy === undefined && slash === '') hiddenBy = name?.toLowerCase();
    else if (slash === '/' && name?.toLowerCase() === hiddenBy) hiddenBy = undefined;
    if (hiddenBy !== undefined) return '';
    const end = piece.indexOf('>');
    return end < 0 ? `<${piece}` : piece.slice(end + 1);
  });
  return [beginning, ...texts].join(' ');
}
