/** One question about whether collecting will work, and what was found. */
import { CHECK_LIMIT_MS } from '@sekoia/automation-sdk-shim';
import { CollectorError, UnavailableError } from '../model/errors.js';

export interface Finding {
  /** `skipped`: nothing is known, which is no reason against it. */
  readonly outcome: 'good' | 'bad' | 'skipped';
  /** What was found. It holds no secret. */
  readonly sentence: string;
  /** What a person does about it. */
  readonly remedy?: string | undefined;
}

export interface CheckResult extends Finding {
  readonly name: string;
}

export interface Check {
  /** For people, such as `sign-in`. */
  readonly name: string;
  /** Checks without which this one has nothing to ask: where one is bad, it is skipped. */
  readonly needs?: readonly string[];
  /** What a person does where no answer comes. */
  readonly remedyWithoutAnswer?: string;
  /** @throws CollectorError for what is bad; anything else is a bug */
  readonly run: (signal: AbortSignal) => Finding | Promise<Finding>;
}

/**
 * Runs the checks one after the other, each for `limitMs` at most. @throws the reason of `signal` once it is aborted
 */
export async function* runChecks(
  checks: readonly Check[],
  signal: AbortSignal,
  limitMs = CHECK_LIMIT_MS,
): AsyncGenerator<CheckResult, void, undefined> {
  const failed = new Set<string>();
  for (const check of checks) {
    const { name, needs = [] } = check;
    const missing = needs.find((need) => failed.has(need));
    const finding =
      missing === undefined
        ? await findingOf(check, signal, limitMs)
        : ({ outcome: 'skipped', sentence: `Not checked, because of "${missing}".` } as const);
    if (missing !== undefined || finding.outcome === 'bad') failed.add(name);
    yield { name, ...finding };
  }
}

/** A finding as one text. */
export function textOf({ sentence, remedy }: Finding): string {
  return remedy === undefined ? sentence : `${sentence} ${remedy}`;
}

async function findingOf(check: Check, signal: AbortSignal, limitMs: number): Promise<Finding> {
  const limit = AbortSignal.timeout(limitMs);
  const { remedyWithoutAnswer } = check;
  try {
    return await check.run(AbortSignal.any([signal, limit]));
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof CollectorError) {
      const remedy = error.remedy ?? (error instanceof UnavailableError ? remedyWithoutAnswer : undefined);
      return { outcome: 'bad', sentence: error.sentence, remedy };
    }
    if (!limit.aborted) throw error;
    return { outcome: 'bad', sentence: `No answer came within ${limitMs / 1000} s.`, remedy: remedyWithoutAnswer };
  }
}
