/** Says whether a kind of fault, step or answer belongs to a run. */
export type IsOn = (kind: string) => boolean;

/**
 * What `--only` and `--without` leave. A name stands for the kind of that name and for all that begin with it and a
 * hyphen: `echo` for `echo-html` and the others.
 */
export function choose(only: readonly string[], without: readonly string[]): IsOn {
  const names = (list: readonly string[], kind: string) =>
    list.some((name) => kind === name || kind.startsWith(`${name}-`));
  return (kind) => (only.length === 0 || names(only, kind)) && !names(without, kind);
}

/** The names that stand for no kind. */
export function unknownNames(names: readonly string[], kinds: readonly string[]): string[] {
  return names.filter((name) => !kinds.some((kind) => kind === name || kind.startsWith(`${name}-`)));
}

/** Whose answers can fail. */
export type Side = 'api' | 'tokens' | 'intake' | 'logs';
export const SIDES: readonly Side[] = ['api', 'tokens', 'intake', 'logs'];

/** From now on that share of a side's answers fails, in one of these ways; until the side's next weather. */
export interface Weather {
  readonly kind: 'weather';
  readonly side: Side;
  /** 0 … 1. */
  readonly share: number;
  readonly faults: readonly string[];
  /** Decides which requests meet with them. */
  readonly seed: number;
}

/** The next request to a side meets with a fault that takes the module a minute or more to get over. */
interface DearFault {
  readonly kind: 'dear-fault';
  readonly side: Side;
  readonly fault: string;
}

export type OutageOf = 'microsoft' | 'intake' | 'api';

/**
 * Microsoft (API and token service) or the intake is away altogether; or the API answers, but with nothing that can be
 * read.
 */
interface Outage {
  readonly kind: 'outage';
  readonly of: OutageOf;
  readonly fault: string;
  readonly forMs: number;
}

/** The intake refuses, by themselves and for good, some of the events that it is sent meanwhile. */
interface Refusals {
  readonly kind: 'refusals';
  /** Of the events, 0 … 1. */
  readonly share: number;
  readonly forMs: number;
}

/** The process ends and is started again. */
interface Kill {
  readonly kind: 'kill';
  readonly signal: 'SIGKILL' | 'SIGTERM';
  /** After SIGTERM: when SIGKILL follows if the process still runs. */
  readonly killAfterMs: number;
  /** How long nothing runs. */
  readonly downMs: number;
  /** How wrong the clock of the next process is; positive: ahead. */
  readonly clockOffMs: number;
}

/** Nothing more can be written to the data folder. */
interface FullDisk {
  readonly kind: 'full-disk';
  readonly forMs: number;
  /** Where files are limited and not the disk: how long a file may still get. */
  readonly fileBytes: number;
}

/** Microsoft's clock jumps: from now on it is that far ahead of ours. */
interface ClockJump {
  readonly kind: 'clock-jump';
  readonly offsetMs: number;
}

/** The Date header of all of Microsoft's answers is wrong; the clock behind it is right. */
interface WrongDates {
  readonly kind: 'wrong-dates';
  /** Positive: ahead. */
  readonly offsetMs: number;
  readonly forMs: number;
}

/**
 * How the intake answers every batch for a while.
 * - `no-ids`: 200 without ids, and nothing is stored.
 * - `half-the-ids`: the first half is stored and named, the rest is neither.
 * - `slower-than-limit`: takes so long for each event that a full chunk is answered after the module has given up;
 *   stored.
 * - `echo-request`: 400, 403 or 500 with the request in it, intake key included, each time in another spelling; nothing
 *   is stored.
 * - `retry-after-600`: 503 that asks for ten minutes; nothing is stored.
 * - `bomb`: 500 with a million keys; nothing is stored.
 */
export const INTAKE_MANNERS = [
  'no-ids',
  'half-the-ids',
  'slower-than-limit',
  'echo-request',
  'retry-after-600',
  'bomb',
] as const;
export type IntakeManner = (typeof INTAKE_MANNERS)[number];

interface IntakeResponses {
  readonly kind: 'intake-answers';
  readonly manner: IntakeManner;
  readonly forMs: number;
}

/** What the module writes next to the data folder never returns, until it ends. */
interface HangingFolder {
  readonly kind: 'hanging-folder';
  readonly forMs: number;
}

export type Step =
  Weather | DearFault | Outage | Refusals | Kill | FullDisk | ClockJump | WrongDates | IntakeResponses | HangingFolder;
export type StepKind = Step['kind'];
export const STEP_KINDS: readonly StepKind[] = [
  ...(['weather', 'dear-fault', 'outage', 'refusals', 'kill', 'full-disk', 'clock-jump'] as const),
  ...(['wrong-dates', 'intake-answers', 'hanging-folder'] as const),
];

/** What happens one after the other; different lanes do not wait for one another. */
export type Lane =
  | Side
  | ('dear faults' | 'outages' | 'refusals' | 'process' | 'disk' | 'clock')
  | ('unreadable' | 'dates' | 'intake answers' | 'folder');

export interface TimedStep {
  readonly lane: Lane;
  /** From the start of the trouble. A step that is late, as the one before it took longer, comes at once. */
  readonly atMs: number;
  readonly step: Step;
}

export interface Plan {
  readonly seed: number;
  readonly durationMs: number;
  /** By time. */
  readonly steps: readonly TimedStep[];
}

/** One step in a few words, for the log. */
export function describeStep(step: Step): string {
  switch (step.kind) {
    case 'weather':
      return step.share === 0
        ? `${step.side}: calm`
        : `${step.side}: ${Math.round(step.share * 100)} % fail with ${step.faults.join(', ')}`;
    case 'dear-fault':
      return `${step.side}: next answer is ${step.fault}`;
    case 'outage':
      return `${step.of}: away for ${step.forMs} ms with ${step.fault}`;
    case 'refusals':
      return `intake: refuses ${step.share * 100} % of the events for ${step.forMs} ms`;
    case 'kill': {
      const signal = step.signal === 'SIGTERM' ? `SIGTERM, SIGKILL after ${step.killAfterMs} ms` : step.signal;
      return `process: ${signal}; down for ${step.downMs} ms, next clock off by ${step.clockOffMs} ms`;
    }
    case 'full-disk':
      return `disk: full for ${step.forMs} ms, files end at ${step.fileBytes} bytes where they are limited`;
    case 'clock-jump':
      return `clock: Microsoft's is ${step.offsetMs} ms ahead of ours`;
    case 'wrong-dates':
      return `dates: every Date header is ${step.offsetMs} ms ahead for ${step.forMs} ms`;
    case 'intake-answers':
      return `intake: answers everything with ${step.manner} for ${step.forMs} ms`;
    case 'hanging-folder':
      return `data folder: hangs for ${step.forMs} ms`;
  }
}
