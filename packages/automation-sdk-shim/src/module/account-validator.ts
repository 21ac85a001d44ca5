import type { Outbound } from '../http/outbound.js';
import type { JsonObject } from '../json.js';
import type { Log } from '../log/log.js';

/** What the module hands to a validator; subclasses pass it on to `super` unread. */
export interface ValidatorContext {
  readonly moduleSettings: JsonObject;
  readonly log: Log;
  readonly stopping: AbortSignal;
  readonly outbound: Outbound;
}

/** A class that can be registered: its constructor takes the context alone. */
export type AccountValidatorClass = new (context: ValidatorContext) => AccountValidator;

/**
 * Tells the platform whether the module's configuration, as an operator has just filled it in, works. What does not fit
 * manifest.json is told before it comes to this.
 */
export abstract class AccountValidator {
  /** With its secrets, as for a trigger. */
  protected readonly moduleConfiguration: JsonObject;
  protected readonly log: Log;
  /** Aborted by SIGTERM and SIGINT. */
  protected readonly stopping: AbortSignal;
  /** For requests of the validator's own. */
  protected readonly outbound: Outbound;
  /** To be set before `validate` says false: a sentence for the operator, with what to do. */
  error: string | undefined;

  constructor(context: ValidatorContext) {
    this.moduleConfiguration = context.moduleSettings;
    this.log = context.log;
    this.stopping = context.stopping;
    this.outbound = context.outbound;
  }

  /** Whether the configuration works. Where it throws, it does not. */
  abstract validate(): Promise<boolean>;
}

/** For a module whose configuration works wherever it fits manifest.json. */
export class ManifestValidator extends AccountValidator {
  override validate(): Promise<boolean> {
    return Promise.resolve(true);
  }
}
