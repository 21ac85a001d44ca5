/** The connected account and the actions of the module. All times are milliseconds since 1970. */
import type { LogLine } from './live.js';
import type { SettingsPicture } from './playbook.js';

/** `GET /api/account`, and the answer to `PUT /api/account` with a `SettingsChange`. */
export interface AccountSettings extends SettingsPicture {
  /** It was filled in with the simulated tenant. */
  readonly usesSimulatedTenant: boolean;
  /** The last test of the account as it is now; null where it was not tested since it was changed. */
  readonly test: AccountTest | null;
}

/** `POST /api/account/test` begins one. */
export interface AccountTest {
  readonly startedAtMs: number;
  /** Null while it goes on. */
  readonly result: AccountTestResult | null;
  readonly logs: readonly LogLine[];
}

export interface AccountTestResult {
  readonly success: boolean;
  /** What is wrong and what to do, as the module says it; null where nothing is. */
  readonly error: string | null;
  readonly tookMs: number;
}

/** How a run of an action goes: `stopped` on demand, `failed` where the module says why, or cannot any more. */
export type ActionState = 'running' | 'finished' | 'failed' | 'stopped';

/** `GET /api/actions/:command`: the last run of the action; so are the answers to `POST …/run` and `POST …/stop`. */
export interface ActionRun {
  /** Counts up from 1 over all actions. */
  readonly number: number;
  /** The action's `docker_parameters`. */
  readonly command: string;
  readonly state: ActionState;
  /** What it was given, without secrets. */
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly startedAtMs: number;
  /** Null while it runs. */
  readonly tookMs: number | null;
  /** What went wrong and what to do; null where nothing did. */
  readonly error: string | null;
  /** The branches of the playbook: true for those that go on. */
  readonly outputs: Readonly<Record<string, boolean>>;
  /** Whether `GET /api/actions/:command/results` answers. */
  readonly hasResults: boolean;
  readonly logs: readonly LogLine[];
}

/** `GET /api/actions`: the last run of each action that was run. */
export interface ActionRuns {
  readonly runs: readonly ActionRun[];
}

/** By the names of the card's `results`. Lists that the module wrote to a file are here as if it had not. */
export type ActionResults = Readonly<Record<string, unknown>>;
