import type { Problem } from '../wire/playbook.js';

/** A request that is answered with an error status; the message says what the sender should do. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  /** What is wrong with which setting, where that is known. */
  readonly problems: readonly Problem[] | undefined;

  constructor(status: number, message: string, problems?: readonly Problem[]) {
    super(message);
    this.status = status;
    this.problems = problems;
  }
}
