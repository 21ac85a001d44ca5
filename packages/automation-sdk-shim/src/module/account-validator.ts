import type { HttpClient } from '../http/http-client.js';
import type { JsonObject } from '../json.js';
import { type Log, hideWith } from '../log/log.js';
import type { Redactor } from '../log/redactor.js';
import { CodedError, ConfigurationError, withCode } from '../errors.js';
import { errorLine } from '../log/foreign-text.js';
import {
  type Basics,
  type CommandRequest,
  openBasics,
  openProcessContext,
  type ProcessContext,
} from './process-context.js';
import { callbackTo } from './platform.js';
import { secretsInAnswer, settingsOfModule } from './settings-of-item.js';

/** What the module hands to a validator; subclasses pass it on to `super` unread. */
export interface ValidatorContext {
  readonly moduleSettings: JsonObject;
  readonly log: Log;
  readonly stopping: AbortSignal;
  readonly http: HttpClient;
  readonly redactor: Redactor;
}

/** A class that can be registered: its constructor takes the context alone. */
export type AccountValidatorClass = new (context: ValidatorContext) => AccountValidator;

/**
 * Tells the platform whether the module's configuration, as an operator has just filled it in, works. A configuration
 * that does not fit manifest.json is reported before this runs.
 */
export abstract class AccountValidator {
  /** With its secrets, as for a trigger. */
  protected readonly moduleConfiguration: JsonObject;
  protected readonly log: Log;
  /** Aborted by SIGTERM and SIGINT. */
  protected readonly stopping: AbortSignal;
  /** For requests of the validator's own. */
  protected readonly http: HttpClient;
  readonly #redactor: Redactor;
  /** To be set before `validate` says false: a sentence for the operator, with what to do. */
  error: string | undefined;

  constructor(context: ValidatorContext) {
    this.moduleConfiguration = context.moduleSettings;
    this.log = context.log;
    this.stopping = context.stopping;
    this.http = context.http;
    this.#redactor = context.redactor;
  }

  /** Keeps a secret that was not in the configuration, such as a token, out of everything that the module says. */
  protected hide(secret: string): void {
    this.#redactor.add(secret);
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

export interface ValidatorRequest extends CommandRequest {
  readonly Validator: AccountValidatorClass;
}

interface Result {
  readonly success: boolean;
  /** A sentence for the operator. */
  readonly error?: string;
}

/**
 * Checks the module's configuration and tells the platform: `PATCH url_callback {"status":"running"}`, the check, then
 * `PATCH {"status":"finished","results":{"success":…},"error"?:"…"}`. Resolves to the exit code: 0 where the platform
 * was told, whatever the result is. Run by hand, the log tells, and a configuration that does not work is a 1.
 */
export async function runValidator(request: ValidatorRequest): Promise<number> {
  const basics = openBasics(request.env);
  const { log, stop, cleanup } = basics;
  try {
    return (await validate(request, basics)) ? 0 : 1;
  } catch (error) {
    if (stop.signal.aborted) log.warning('The check was stopped before its result was told.');
    else if (error instanceof CodedError) log.error(withCode(error));
    else log.exception(error, 'The configuration of the module could not be checked. Please report it.');
    return 1;
  } finally {
    await cleanup.closeAll();
  }
}

async function validate(request: ValidatorRequest, basics: Basics): Promise<boolean> {
  const { log, redactor, stop } = basics;
  const processContext = await openProcessContext(request, 'account_validator', basics);
  const { platform, http, problems, manifest } = processContext;
  problems.throwIfAny();
  const callback = callbackTo(platform, http);
  const secrets = secretsInAnswer(await callback?.begin(stop.signal), manifest);

  const result = await resultOf(request, processContext, secrets, basics);
  if (result.success) log.info('The configuration of the module works.');
  else log.error(`The configuration of the module does not work. ${result.error ?? ''}`.trim());
  if (callback === undefined) return result.success;

  const { success, error } = result;
  const finished = { status: 'finished', results: { success }, ...(error !== undefined && { error }) };
  await callback.send('PATCH', redactor.stringify(finished), stop.signal);
  return true;
}

async function resultOf(
  { Validator }: ValidatorRequest,
  { values, manifest, http }: ProcessContext,
  secrets: JsonObject,
  { log, redactor, stop }: Basics,
): Promise<Result> {
  try {
    const settings = settingsOfModule(values, manifest, secrets, hideWith(redactor, log));
    const validator = new Validator({
      moduleSettings: settings.values,
      log,
      stopping: stop.signal,
      http,
      redactor,
    });
    const success = await validator.validate();
    return success || validator.error === undefined ? { success } : { success, error: validator.error };
  } catch (error) {
    stop.signal.throwIfAborted();
    if (error instanceof ConfigurationError) return { success: false, error: withCode(error) };
    log.exception(error, 'The check of the module’s configuration failed.');
    return {
      success: false,
      error: `The check failed (${errorLine(error)}). Try again; if it fails again, report it.`,
    };
  }
}
