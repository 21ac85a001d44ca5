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
