import { ACTION_EXIT_MS, ACTION_REPORT_MS, ACTION_STOP_MS } from '../budgets.js';
import { readCards } from '../configuration/cards.js';
import { locateSharedFiles } from '../data/locate-store.js';
import type { SharedFiles } from '../data/shared-files.js';
import { CodedError, SendEventError, withCode } from '../errors.js';
import type { JsonObject } from '../json.js';
import { CollectedLogs } from '../log/platform-logs.js';
import { errorLine } from '../log/foreign-text.js';
import { hideWith } from '../log/log.js';
import type { Redactor } from '../log/redactor.js';
import { isAborted, withGrace } from '../time.js';
import type { ActionClass, ActionResults, AnyAction } from './action.js';
import { callbackTo } from './platform.js';
import {
  type Basics,
  type CommandRequest,
  openBasics,
  openProcessContext,
  type ProcessContext,
} from './process-context.js';
import { argumentsOfAction, logNotices, secretNames, secretsInAnswer, settingsOfModule } from './settings-of-item.js';
import { endProcess } from './shutdown.js';

export interface ActionRequest extends CommandRequest {
  readonly Item: ActionClass;
}

/** How an action ended, as the platform is told. */
export interface Report {
  readonly results?: ActionResults;
  /** A sentence for the playbook's author. */
  readonly error?: string | undefined;
  readonly logs?: string | undefined;
  readonly outputs?: Readonly<Record<string, boolean>>;
}

/**
 * Runs one action and tells the platform: `PATCH url_callback {"status":"running","need_secrets"?:true}`, the action,
 * then `PATCH {"status":"finished","results"?,"error"?,"logs"?,"outputs"?}`. Resolves to the exit code: 0 where the
 * platform was told, or no longer wants to know (409), whatever the result is. Run by hand, the report goes to standard
 * output, and one with an error is a 1.
 */
export async function runAction(request: ActionRequest): Promise<number> {
  const basics = openBasics(request.env);
  const { log, cleanup } = basics;
  const logs = new CollectedLogs();
  log.shipTo(logs);
  let told = false;
  try {
    const context = await openProcessContext(request, 'action', basics);
    const telling = tell(request, context, basics, logs);
    // An exception that nothing caught ends the process: the platform is told before that.
    const settled = telling.then(
      () => undefined,
      () => undefined,
    );
    cleanup.push(() => settled, { mayHang: true });
    told = await telling;
  } catch (error) {
    if (isAborted(basics.stop.signal)) log.warning('The action was stopped before its end was reported.');
    else if (error instanceof CodedError) log.error(withCode(error));
    else log.exception(error, 'The end of the action could not be reported. Please report it.');
  }
  await cleanup.closeAll();
  const code = told ? 0 : 1;
  // What the action left open, such as a timer, would keep the container running.
  setTimeout(() => endProcess(code), ACTION_EXIT_MS).unref();
  return code;
}

/** False where the action was run by hand and failed. */
async function tell(
  request: ActionRequest,
  context: ProcessContext,
  basics: Basics,
  logs: CollectedLogs,
): Promise<boolean> {
  const { redactor, stop } = basics;
  const callback = callbackTo(context.platform, context.http);
  const outcome = await perform(request, context, basics);
  const report = (): Report => ({ ...outcome, logs: logs.text() });
  if (callback === undefined) {
    process.stdout.write(`${finishedText(report(), redactor)}\n`);
    return outcome.error === undefined;
  }
  await withGrace(stop.signal, ACTION_REPORT_MS, async (late) => {
    try {
      await callback.send('PATCH', finishedText(report(), redactor), late);
    } catch (error) {
      const status = error instanceof SendEventError ? error.status : undefined;
      if (status === 409) {
        basics.log.info('The platform no longer waits for the end of this action (409). Its playbook run has ended.');
      } else if (status === 413) {
        await callback.send('PATCH', finishedText(withoutResults(outcome), redactor), late);
      } else {
        throw error;
      }
    }
  });
  return true;
}

/** What is told instead of results that the platform does not take: otherwise the playbook would wait for its limit. */
function withoutResults({ outputs = {} }: Report): Report {
  const error =
    'The results are too large for the platform (it answered 413). Run the action with arguments that match less.';
  return { error, outputs };
}

/** @returns JSON text without a secret in it. Members that hold nothing are left out, as by the Python SDK. */
export function finishedText({ results, error, logs, outputs = {} }: Report, redactor: Redactor): string {
  const besides = {
    ...(error !== undefined && error !== '' && { error }),
    ...(logs !== undefined && { logs }),
    ...(Object.keys(outputs).length > 0 && { outputs }),
  };
  const status = 'finished';
  if (results === undefined || results === null) return redactor.stringify({ status, ...besides });
  try {
    return redactor.stringify({ status, results, ...besides });
  } catch (thrown) {
    const invalid = `The results of the action are not JSON (${errorLine(thrown)}). Please report it.`;
    return redactor.stringify({ status, ...besides, error: invalid });
  }
}

/** How the action ended. Never rejects. */
async function perform(request: ActionRequest, context: ProcessContext, basics: Basics): Promise<Report> {
  let action: AnyAction | undefined;
  try {
    const { manifest, platform, http } = context;
    const members: JsonObject = secretNames(manifest).length > 0 ? { need_secrets: true } : {};
    const answer = await callbackTo(platform, http)?.begin(basics.stop.signal, members);
    const secrets = secretsInAnswer(answer, manifest);
    const prepared = prepare(request, context, secrets, basics);
    action = prepared.action;
    const results: unknown = await runUntilStopped(action, prepared.given, basics.stop.signal);
    const invalid =
      results === undefined || typeof results === 'object'
        ? undefined
        : `The action returned a ${typeof results} where an object was expected. Please report it.`;
    return {
      ...(invalid === undefined && { results: results as ActionResults }),
      error: invalid ?? action.errorMessage,
      outputs: action.outputs,
    };
  } catch (error) {
    return { error: sentenceAbout(error, basics), outputs: action?.outputs ?? {} };
  }
}

/** @throws ConfigurationError with all that is wrong with values, configuration and arguments; CardError */
function prepare(
  { command, root, env, Item }: ActionRequest,
  { manifest, values, problems, http }: ProcessContext,
  secrets: JsonObject,
  { log, redactor, stop, cleanup }: Basics,
): { action: AnyAction; given: object } {
  const hide = hideWith(redactor, log);
  const module = problems.attempt(() => settingsOfModule(values, manifest, secrets, hide));
  const given = problems.attempt(() => argumentsOfAction(values, readCards(root), command, hide, Item.rules));
  problems.throwIfAny();
  if (module === undefined || given === undefined) throw new Error('a problem was not reported');
  logNotices(module, log);
  logNotices({ ...given, doubts: [] }, log);

  let files: SharedFiles | undefined;
  cleanup.push(() => files?.close());
  const action = new Item({
    moduleSettings: module.values,
    log,
    http,
    redactor,
    files: () => (files ??= locateSharedFiles({ env, values, hide, log, signal: stop.signal })),
  });
  return { action, given: given.values };
}

/** The action was told to stop, and went on. */
class UnstoppableError extends Error {
  override readonly name = 'UnstoppableError';
}

/** What the action returns, if need be `ACTION_STOP_MS` after the stop. */
function runUntilStopped(action: AnyAction, given: object, stopping: AbortSignal): Promise<ActionResults> {
  return withGrace(stopping, ACTION_STOP_MS, (late) => {
    const tooLate = new Promise<never>((_resolve, reject) => {
      const message = `it went on for ${ACTION_STOP_MS / 1_000} s after the stop`;
      late.addEventListener('abort', () => reject(new UnstoppableError(message)));
    });
    return Promise.race([action.run(given, stopping), tooLate]);
  });
}

function sentenceAbout(error: unknown, { log, stop }: Basics): string {
  if (error instanceof CodedError) {
    const sentence = withCode(error);
    log.error(sentence);
    return sentence;
  }
  if (isAborted(stop.signal)) {
    const why = error instanceof UnstoppableError ? ` It ignored the stop: ${error.message}. Please report it.` : '';
    log.warning(`The action was stopped before it had finished.${why}`);
    return 'The action was stopped before it had finished. Run it again.';
  }
  log.exception(error, 'The action failed.');
  return `The action failed (${errorLine(error)}). Try again; if it fails again, report it.`;
}
