import { HttpError } from '@local/testbed';
import type { Problem } from '../wire/playbook.js';

/** Answered with 422 and what is wrong with which setting. */
export class InvalidSettingsError extends HttpError {
  override readonly name = 'InvalidSettingsError';
  readonly problems: readonly Problem[];

  constructor(message: string, problems: readonly Problem[]) {
    super(422, message);
    this.problems = problems;
  }
}
