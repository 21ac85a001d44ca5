export { isLogLevel, LOG_LEVELS, type LogLevel } from '@local/testbed/log-levels';

/** The states of a trigger in a playbook, as Sekoia.io's page tells them apart. */
export type PlaybookState =
  /** Settings are missing or wrong. */
  | { readonly name: 'configuration-issues' }
  | { readonly name: 'ready-to-start' }
  | { readonly name: 'starting' }
  | { readonly name: 'running' }
  | { readonly name: 'stopping' }
  /** `restartAtMs`: when it starts again; null where it still runs but has logged that it cannot go on. */
  | { readonly name: 'trigger-crashed'; readonly why: string; readonly restartAtMs: number | null };

export interface PlaybookSummary {
  readonly id: string;
  readonly name: string;
  /** Its trigger's `docker_parameters`. */
  readonly trigger: string;
  readonly state: PlaybookState;
  /** Since when the trigger's process runs, in milliseconds since 1970; null while none does. */
  readonly startedAtMs: number | null;
  /** How often it was started again after a crash, since a user started it. */
  readonly restarts: number;
  /** What the process says is the matter with it: one sentence; null where it is healthy, or says nothing. */
  readonly complaint: string | null;
  /** It was started with other settings than are saved now: those take effect at the next start. */
  readonly needsRestart: boolean;
  /** Its settings were filled in with the simulated tenant. */
  readonly usesSimulatedTenant: boolean;
}

/** What is wrong with one setting. */
export interface Problem {
  /** The setting's name; empty where it concerns all of them. */
  readonly setting: string;
  /** A sentence that says what it should be. */
  readonly message: string;
}

/** Settings without the secrets: those never leave the server. */
export interface SettingsPicture {
  /** What was filled in, and nothing else: a setting that is absent has its default. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The names of the secrets that are saved. */
  readonly savedSecrets: readonly string[];
  readonly problems: readonly Problem[];
}

/** `GET /api/playbooks/:id` */
export interface PlaybookSettings extends SettingsPicture {
  readonly id: string;
  readonly name: string;
  readonly trigger: string;
}

/** What is to be saved. */
export interface SettingsChange {
  readonly settings: Readonly<Record<string, unknown>>;
  /** By name: a text replaces what is saved, null forgets it; what is absent stays. */
  readonly secrets: Readonly<Record<string, string | null>>;
}

/** `PUT /api/playbooks/:id`. Answered with `PlaybookSettings`, or with 422 and `Refused`: then nothing was changed. */
export interface PlaybookChange extends SettingsChange {
  readonly name: string;
}

/** The body of every answer that is no success. */
export interface Refused {
  /** A sentence that ends with what to do. */
  readonly error: string;
  /**
   * With 422: what is wrong with which setting; `setting: 'name'` is the playbook's own name where no setting has it.
   */
  readonly problems?: readonly Problem[];
}

/** A trigger that can be added to a playbook, as its card describes it. */
export interface LibraryEntry {
  /** Its card's `docker_parameters`, such as `message_trace`: what tells it from the others. */
  readonly trigger: string;
  readonly name: string;
  readonly description: string;
}

/** `GET /api/library` */
export interface Library {
  /** Of the module, from its manifest; likewise the version. */
  readonly name: string;
  readonly description: string;
  readonly version: string;
  readonly triggers: readonly LibraryEntry[];
}
