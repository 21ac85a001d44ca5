const DEEPEST_CAUSE = 5;

/** One line about anything that was thrown. */
export function errorLine(thrown: unknown): string {
  if (!(thrown instanceof Error)) return `a thrown ${typeof thrown}: ${String(thrown)}`;
  return `${thrown.name}: ${thrown.message}`;
}

/**
 * The stack of anything that was thrown and of its causes. Other properties are left out: those of HTTP libraries
 * hold headers and bodies.
 */
export function errorStack(thrown: unknown): string {
  const stacks: string[] = [];
  for (let error = thrown; error !== undefined && stacks.length < DEEPEST_CAUSE;) {
    stacks.push(error instanceof Error ? (error.stack ?? errorLine(error)) : errorLine(error));
    error = error instanceof Error ? error.cause : undefined;
  }
  return stacks.join('\nCaused by ');
}
