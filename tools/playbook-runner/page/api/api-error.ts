import type { Problem } from '../../src/wire/playbook.js';

/** The runner refused a call, or did not answer. The message ends with what to do. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** Of the answer; 0 where none came. */
  readonly status: number;
  /** With 422: what is wrong with which setting. */
  readonly problems: readonly Problem[];

  constructor(message: string, status: number, problems: readonly Problem[] = []) {
    super(message);
    this.status = status;
    this.problems = problems;
  }
}

/** What to show to the operator, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'Something unexpected happened. Reload the page and try again.';
}
