import type { Side, Step } from '../plan/steps.js';

/** As `/health` names it. */
export type Status = 'ok' | 'degraded' | 'misconfigured';

/** Something that fails, or has failed, as the lab knows it. All times in milliseconds on one clock. */
export interface Trouble {
  /** In a few words, for the report. */
  readonly name: string;
  /** `total`: nothing gets through on that side; `passing`: some things do. */
  readonly extent: 'total' | 'passing';
  readonly fromMs: number;
  /** Undefined: it still lasts. */
  readonly untilMs?: number | undefined;
  /** When the process first ran into it; undefined: not yet. It cannot know of what it has not asked for. */
  readonly metMs?: number | undefined;
  /** How long the module may take to tell of it, where it is total. */
  readonly noticedWithinMs: number;
  /** How long after its end the module may still wait, and say so. */
  readonly recoveredWithinMs: number;
  /** Whether it looks like wrong settings. */
  readonly looksLikeSettings: boolean;
  /** Whether the module may set time aside because of it, and try that time again much later. */
  readonly setsTimeAside: boolean;
}

/** One look at `/health`. */
export interface Look {
  readonly atMs: number;
  /** When the process that answered was started. */
  readonly startedMs: number;
  readonly status: Status;
  /** What the reasons are about. */
  readonly matters: readonly string[];
}

export type Expectation = 'trouble' | 'ok' | 'either';

export interface Outcome {
  readonly expected: Expectation;
  /** Undefined: as it must be. */
  readonly violation?: string;
}

/** Node.js starts, the store is opened, a token is fetched, a first page is read: all that on a busy machine. */
export const STARTUP_MS = 20_000;

/** Whether a status was right, given everything that has failed so far. */
export function classify(look: Look, troubles: readonly Trouble[]): Outcome {
  const began = troubles.filter(({ fromMs }) => fromMs <= look.atMs);
  const recent = began.filter((trouble) => look.atMs <= (trouble.untilMs ?? Infinity) + trouble.recoveredWithinMs);
  const expected = expectationOf(look, began);
  if (look.status === 'misconfigured' && !recent.some(({ looksLikeSettings }) => looksLikeSettings))
    return { expected, violation: 'misconfigured, but no setting is wrong' };
  if (expected === 'trouble' && look.status === 'ok') {
    const [first] = began.filter((trouble) => mustBeTold(trouble, look));
    return { expected, violation: `ok during "${first?.name ?? ''}"` };
  }
  const isTimeSetAside = began.some(({ setsTimeAside }) => setsTimeAside) && isOnly(look.matters, 'set aside');
  if (expected === 'ok' && look.status !== 'ok' && !isTimeSetAside)
    return { expected, violation: `${look.status}, but nothing fails any more` };
  return { expected };
}

function expectationOf(look: Look, began: readonly Trouble[]): Expectation {
  if (began.some((trouble) => mustBeTold(trouble, look))) return 'trouble';
  if (look.atMs < look.startedMs + STARTUP_MS) return 'either';
  const mayLast = began.some(({ untilMs = Infinity, recoveredWithinMs }) => look.atMs <= untilMs + recoveredWithinMs);
  return mayLast ? 'either' : 'ok';
}

function mustBeTold(trouble: Trouble, { atMs }: Look): boolean {
  const { extent, untilMs = Infinity, metMs, noticedWithinMs } = trouble;
  if (extent === 'passing' || metMs === undefined || atMs >= untilMs) return false;
  return atMs > metMs + noticedWithinMs;
}

function isOnly(matters: readonly string[], matter: string): boolean {
  return matters.length > 0 && matters.every((one) => one === matter);
}

/** What is known of a trouble before it begins. */
export type Foreseen = Omit<Trouble, 'fromMs' | 'untilMs' | 'metMs'> & {
  /** Where the module runs into it: requests to these are counted. Empty: at once. */
  readonly at: readonly Side[];
};

/** What may pass is tried again after 1 s, 2 s and 4 s before it counts; then there are two polls of a second. */
const NOTICED_WITHIN_MS = 10_000;
/** An operation that hangs must first take longer than a slow one may. */
const HANG_NOTICED_WITHIN_MS = 25_000;
/** The longest wait after a failure is a minute; then there is a poll. */
const RETRY_MS = 75_000;
/** After settings that look wrong, one and two minutes. */
const SETTINGS_MS = 200_000;
/** The longest time limit of a request, and a wait. */
const SILENCE_MS = 120_000 + RETRY_MS;
/** Retry-After is believed for minutes at most. */
const RETRY_AFTER_MS = 660_000;

const SETTINGS = /^(http-40[0134]|http-410|http-500-hiding|sign-in|aadsts|echo|no-fields|40[0134]|422|over-quota|html)/;
const SILENCE = /^(no-answer|hang|slower-than-limit)/;
const LONG_WAIT = /retry-after-(600|huge)/;
/** Answers by which Microsoft refuses a range of time. */
const REFUSES_TIME = /^(http-400|http-410|http-500-hiding|empty-page|echo-(json|cut|shifted)|link-to)/;

function recoveryOf(kinds: readonly string[], isDear: boolean): number {
  if (kinds.some((kind) => LONG_WAIT.test(kind))) return RETRY_AFTER_MS;
  if (kinds.some((kind) => SILENCE.test(kind))) return SILENCE_MS;
  return isDear && kinds.some((kind) => SETTINGS.test(kind)) ? SETTINGS_MS : RETRY_MS;
}

function foreseen(name: string, at: readonly Side[], kinds: readonly string[], isDear: boolean): Foreseen {
  return {
    name,
    at,
    extent: 'passing',
    noticedWithinMs: NOTICED_WITHIN_MS,
    recoveredWithinMs: recoveryOf(kinds, isDear),
    looksLikeSettings: kinds.some((kind) => SETTINGS.test(kind)),
    setsTimeAside: at.includes('api') && kinds.some((kind) => REFUSES_TIME.test(kind)),
  };
}

/** What a step does to the status; undefined: nothing. The platform's logs do nothing to it. */
export function troubleOf(step: Step): Foreseen | undefined {
  switch (step.kind) {
    case 'weather':
      if (step.side === 'logs' || step.share === 0) return undefined;
      return foreseen(`${step.side}: ${step.faults.join(', ')}`, [step.side], step.faults, false);
    case 'dear-fault':
      if (step.side === 'logs') return undefined;
      return foreseen(`${step.side}: ${step.fault}`, [step.side], [step.fault], true);
    case 'outage': {
      const at: Side[] = step.of === 'microsoft' ? ['api', 'tokens'] : [step.of];
      const trouble = foreseen(`${step.of}: away with ${step.fault}`, at, [step.fault], true);
      // A foreign link is on those pages only that have a next one.
      return step.fault === 'link-to-another-host' ? trouble : { ...trouble, extent: 'total' };
    }
    case 'refusals':
      return foreseen('intake: refuses some events', ['intake'], [], false);
    case 'full-disk':
      return foreseen('disk: full', [], [], false);
    case 'clock-jump':
      return { ...foreseen('clock jump', [], [], false), setsTimeAside: true };
    case 'wrong-dates':
      return { ...foreseen('wrong dates', [], [], false), setsTimeAside: true };
    case 'intake-answers': {
      const trouble = foreseen(`intake: ${step.manner}`, ['intake'], [step.manner], true);
      const isTotal = ['no-ids', 'echo-request', 'retry-after-600', 'bomb'].includes(step.manner);
      return isTotal ? { ...trouble, extent: 'total' } : trouble;
    }
    case 'hanging-folder':
      return {
        ...foreseen('data folder: hangs', [], [], false),
        extent: 'total',
        noticedWithinMs: HANG_NOTICED_WITHIN_MS,
      };
    case 'kill':
      // A clock that is far off makes Microsoft refuse the present as the future.
      return step.clockOffMs === 0 ? undefined : { ...foreseen('own clock wrong', [], [], false), setsTimeAside: true };
  }
}
