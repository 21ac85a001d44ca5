import type { Problem } from '../wire/playbook.js';

/** A request that is answered with an error status; the message says what the sender should do. */
export class HttpError extends Error {
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

/** The address is known, but not with this method. */
export class MethodError extends HttpError {
  /** Those that are answered: what the header Allow says. */
  readonly allowed: readonly string[];

  constructor(allowed: readonly string[]) {
    super(405, `Only ${allowed.join(', ')} ${allowed.length === 1 ? 'is' : 'are'} answered here.`);
    this.allowed = allowed;
  }
}
