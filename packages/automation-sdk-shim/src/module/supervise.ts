import { StoreError } from '../data/data-store.js';
import { ConfigurationError, ServiceError, UndeliveredError, withCode } from '../errors.js';
import type { Health, TriggerRecord } from '../health.js';
import { type Backoff, backoffMs, SECOND_TO_MINUTE } from '../retry.js';
import type { Log } from '../log/log.js';
import { isAborted, sleep, untilAborted } from '../time.js';

const MINUTE_MS = 60_000;
const ENOUGH_ERRORS = 5;
const QUIET_START_MS = 30 * MINUTE_MS;
const MAX_LIFE_MS = 5 * 24 * 60 * MINUTE_MS;

/** Whether what run() threw says something about the trigger: failures of the platform and of its storage do not. */
function counts(thrown: unknown): boolean {
  if (thrown instanceof ServiceError) return thrown.status !== undefined && thrown.status < 500;
  return !(thrown instanceof StoreError);
}

/**
 * Whether a trigger has failed for so long that a person must know: 5 errors in a row, and no events for a fifth of
 * its life, of which 5 days count at most; but not in its first 30 minutes. The Python SDK's rule.
 */
export function isHopeless({ errorCount, aliveMs, withoutEventsMs }: TriggerRecord): boolean {
  if (errorCount < ENOUGH_ERRORS || aliveMs < QUIET_START_MS) return false;
  return withoutEventsMs >= Math.min(aliveMs, MAX_LIFE_MS) / 5;
}

/** After running so long, a failure counts as the first one again. */
const STEADY_MS = 300_000;
/** How long run() may take to return once stopping. */
const GRACE_MS = 5_500;

export interface Supervision {
  readonly log: Log;
  readonly health: Health;
  readonly stopping: AbortSignal;
  readonly backoff?: Backoff;
  readonly graceMs?: number;
  /** Whether the trigger may be waiting for its data folder. */
  readonly isStorageBusy?: () => boolean;
  readonly now?: () => number;
}

/**
 * Calls `run` again and again until stop, with growing waits after failures. Resolves once stopped: true where run()
 * had returned by then, false where it had to be left hanging.
 */
export async function supervise(run: () => Promise<void>, supervision: Supervision): Promise<boolean> {
  const { log, stopping } = supervision;
  const grace = supervision.graceMs ?? GRACE_MS;
  const returned = runUntilStopped(run, supervision).then(() => true);
  const left = untilAborted(stopping)
    .then(() => Promise.race([returned, delay(grace)]))
    .then((value) => value === true);
  const inTime = await Promise.race([returned, left]);
  if (!inTime) {
    const why = supervision.isStorageBusy?.() === true ? 'Its data folder does not answer.' : 'Please report it.';
    log.error(`The trigger did not stop within ${grace / 1_000} s and is ended. ${why}`);
  }
  return inTime;
}

/** A configuration error is reported once. Then nothing happens until stop. */
export async function holdUntilStopped(error: ConfigurationError, supervision: Supervision): Promise<void> {
  const message = `Configuration error: ${error.message}`;
  supervision.log.critical(withCode(error, message));
  supervision.health.misconfigured(message, 'configuration');
  await untilAborted(supervision.stopping);
}

async function runUntilStopped(run: () => Promise<void>, supervision: Supervision): Promise<void> {
  const { log, health, stopping } = supervision;
  const now = supervision.now ?? Date.now;
  let failures = 0;
  let hopeless = false;
  while (!stopping.aborted) {
    const startedMs = now();
    const failure = await outcomeOf(run);
    if (isAborted(stopping)) {
      if (failure !== undefined && !isEndOfWork(failure.thrown))
        log.exception(failure.thrown, 'The trigger failed while it stopped.');
      return;
    }
    if (failure?.thrown instanceof ConfigurationError) return holdUntilStopped(failure.thrown, supervision);
    failures = now() - startedMs >= STEADY_MS ? 1 : failures + 1;
    const waitMs = backoffMs(supervision.backoff ?? SECOND_TO_MINUTE, failures, Math.random());
    if (failure === undefined || counts(failure.thrown)) health.countError();
    if (failure === undefined) log.error('The trigger ended by itself; it is started again. Please report it.');
    else
      log.exception(
        failure.thrown,
        'The trigger failed; it is started again after a wait of up to a minute. If it fails for long, please report it.',
      );
    const wasHopeless = hopeless;
    hopeless = isHopeless(health.record());
    if (hopeless && !wasHopeless) log.critical(sentenceAbout(health.record()));
    await sleep(waitMs, stopping);
  }
}

function sentenceAbout({ errorCount, withoutEventsMs }: TriggerRecord): string {
  const minutes = Math.floor(withoutEventsMs / 60_000);
  return `The trigger failed ${errorCount} times in a row, and no events were delivered for ${minutes} minutes. It goes on trying. The errors before this entry say why; correct the cause, or report it.`;
}

/** What `run` threw, wrapped, since anything can be thrown; undefined where it resolved. */
async function outcomeOf(run: () => Promise<void>): Promise<{ readonly thrown: unknown } | undefined> {
  try {
    await run();
    return undefined;
  } catch (thrown) {
    return { thrown };
  }
}

/** The ways in which work ends because it was told to stop. */
function isEndOfWork(thrown: unknown): boolean {
  return thrown instanceof UndeliveredError || (thrown instanceof Error && thrown.name === 'AbortError');
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
