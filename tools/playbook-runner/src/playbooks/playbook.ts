import { type Card, valueOf } from '../cards/read-cards.js';
import type { HandedAccount } from '../form/account.js';
import type { IntakeControls, LivePlaybook, LogLine, Overview } from '../wire/live.js';
import { isDeepStrictEqual } from 'node:util';
import { HttpError } from '@local/testbed';
import { NO_HEALTH } from '../observed/trigger-watch.js';
import { type Cursors, Observations } from '../observed/observations.js';
import { describeExit, type Stop } from '@local/testbed';
import { AuditOfPlaybook, filterOf, type PlaybookAudit } from '../simulation/playbook-audit.js';
import type { PlaybookState, PlaybookSummary } from '../wire/playbook.js';
import type { SavedPlaybook } from './playbook-store.js';
import { wrongSettings } from './stored-playbook.js';
import { Run } from './run.js';
import { SavedSettings, type SettingsContext } from './saved-settings.js';

type Settings = Readonly<Record<string, unknown>>;

/** Requests to Microsoft Graph, as far as it is what these settings have read. */
function quotaOf(card: Card, settings: Settings, metrics: ReadonlyMap<string, number> | undefined): Overview['quota'] {
  const used = metrics?.get('message_trace_quota_used_requests');
  const limit = valueOf(card, settings, 'max_requests_per_5_minutes');
  return used !== undefined && typeof limit === 'number' && readsGraph(card, settings) ? { used, limit } : null;
}

function readsGraph(card: Card, settings: Settings): boolean {
  const api = valueOf(card, settings, 'api');
  return api === 'graph' || (api === 'automatic' && settings['client_id'] !== undefined);
}

export function intakeOf(settings: Settings): Overview['intake'] {
  const address = settings['intake_server'];
  return typeof address === 'string' ? { address } : 'own';
}

/** What a playbook is started with. */
interface StartedWith {
  readonly saved: SavedPlaybook;
  readonly account: HandedAccount;
}

export interface PlaybookOptions extends SettingsContext {
  readonly stored: SavedPlaybook;
  readonly card: Card;
  /** The module's compiled entry. */
  readonly modulePath: string;
  /** Called with each line of its log. */
  readonly onLine: (line: LogLine, playbook: Playbook) => void;
}

/** A trigger in a playbook: its settings, and what becomes of it when it is started. */
export class Playbook {
  readonly saved: SavedSettings;
  readonly observations: Observations;
  readonly #options: PlaybookOptions;
  readonly #audit: AuditOfPlaybook;
  /** What it was started with last: what is saved may have changed since. */
  #startedWith: StartedWith;
  #run: Run | undefined;
  /** Fulfilled once the run has begun; rejected where it could not. */
  #opening: Promise<void> | undefined;
  #ending: Promise<Stop | undefined> | undefined;
  #controls: IntakeControls = { faultShare: 0, outage: false };

  constructor(options: PlaybookOptions) {
    const { stored, card, tenant, account, onLine } = options;
    const saved = new SavedSettings(stored, card, options);
    this.saved = saved;
    this.observations = new Observations({
      secrets: () => [...saved.everySecret, ...account.everySecret],
      onLine: (line) => onLine(line, this),
    });
    this.#options = options;
    this.#audit = new AuditOfPlaybook(tenant.startedAtMs);
    this.#startedWith = this.#next;
  }

  get id(): string {
    return this.saved.stored.id;
  }

  get name(): string {
    return this.saved.stored.stored.name;
  }

  get usesSimulatedTenant(): boolean {
    return this.saved.stored.stored.usesSimulatedTenant;
  }

  get audit(): PlaybookAudit | undefined {
    return this.#audit.open;
  }

  /** From Start until all that was started has ended. */
  get isStarted(): boolean {
    return (this.#run ?? this.#opening) !== undefined;
  }

  get lagSeconds(): number | null {
    return (this.#run?.health ?? NO_HEALTH).lagSeconds;
  }

  summary(): PlaybookSummary {
    return {
      id: this.id,
      name: this.name,
      trigger: this.#options.card.trigger,
      state: this.#state(),
      startedAtMs: this.#run?.startedAtMs ?? null,
      restarts: this.#run?.restarts ?? 0,
      complaint: this.#run?.complaint ?? null,
      needsRestart: this.isStarted && !isSameConfiguration(this.#startedWith, this.#next),
      usesSimulatedTenant: this.usesSimulatedTenant,
    };
  }

  live(cursors: Cursors): LivePlaybook {
    return {
      id: this.id,
      overview: this.#overview(Date.now()),
      ...this.observations.since(cursors),
      intake: this.#controls,
    };
  }

  changeIntake(some: Partial<IntakeControls>): IntakeControls {
    this.#controls = { ...this.#controls, ...some };
    this.#run?.control(this.#controls);
    return this.#controls;
  }

  /** @throws {HttpError} 409 where it is started already, 422 where settings are missing or wrong. */
  async start(): Promise<PlaybookSummary> {
    if (this.isStarted) throw new HttpError(409, 'The playbook is started already: stop it first.');
    const { problems } = this.saved.picture();
    if (problems.length > 0) throw wrongSettings(problems);
    this.#opening = this.#open().finally(() => {
      this.#opening = undefined;
    });
    await this.#opening;
    return this.summary();
  }

  /** Begins to stop. @throws {HttpError} 409 where nothing runs, or is being stopped already. */
  stop(): PlaybookSummary {
    if (this.#run === undefined || this.#ending !== undefined) {
      throw new HttpError(409, 'The playbook is not running: there is nothing to stop.');
    }
    void this.untilStopped();
    return this.summary();
  }

  /** Stops what was started, if anything. Answers how the process ended; undefined where none ran. */
  async untilStopped(): Promise<Stop | undefined> {
    await this.#opening?.catch(() => undefined);
    if (this.#run) this.#ending ??= this.#end(this.#run);
    return this.#ending;
  }

  /** Ends the trigger's process without a chance to save anything. @throws {HttpError} 409 where none runs. */
  kill(): PlaybookSummary {
    if (this.#run?.kill() !== true) throw new HttpError(409, 'No process runs: start the playbook first.');
    this.#log('warning', 'Killed on demand.');
    return this.summary();
  }

  /** What it would be started with now. */
  get #next(): StartedWith {
    const { card, account } = this.#options;
    const saved = this.saved.stored;
    return { saved, account: account.handTo(card, { ...saved.stored.settings, ...saved.secrets }) };
  }

  #state(): PlaybookState {
    if (this.#run) return this.#run.state;
    if (this.#opening) return { name: 'starting' };
    return { name: this.saved.picture().problems.length > 0 ? 'configuration-issues' : 'ready-to-start' };
  }

  #overview(nowMs: number): Overview {
    const { card } = this.#options;
    const { settings } = (this.isStarted ? this.#startedWith.saved : this.saved.stored).stored;
    const { events, totals } = this.observations;
    const intake = intakeOf(settings);
    return {
      ...(this.#run?.health ?? NO_HEALTH),
      eventsLastMinute: events.inLastMinute(nowMs),
      // What a killed process counted last was never asked for: the runner's own intake has missed nothing.
      totals: { ...totals.totals, ...(intake === 'own' && { delivered: events.total }) },
      quota: quotaOf(card, settings, this.#run?.metrics),
      audit: this.audit?.picture() ?? null,
      intake,
    };
  }

  async #open(): Promise<void> {
    const { card, modulePath, store, account } = this.#options;
    this.#startedWith = this.#next;
    const { stored, secrets } = this.#startedWith.saved;
    const configuration = { ...stored.settings, ...secrets };
    const readsTenant = stored.usesSimulatedTenant || account.leadsToTenant(card, configuration);
    // Who the hashed recipients are cannot be told without the key.
    const isTold = stored.settings['address_privacy'] !== 'hash';
    const isComparable = readsTenant && isTold && intakeOf(stored.settings) === 'own';
    const audit = this.#audit.started(isComparable, Date.now());
    const run = await Run.start({
      modulePath,
      trigger: card.trigger,
      configuration,
      account: this.#startedWith.account,
      dataFolder: store.stateFolder(this.id),
      intakeControls: this.#controls,
      observations: this.observations,
      beforeProcess: async () => {
        audit?.readingStarts({
          nowMs: Date.now(),
          continues: await store.hasState(this.id),
          startTimeHours: Number(valueOf(card, stored.settings, 'start_time')),
          filter: filterOf(stored.settings),
        });
      },
      onEvents: (events) => audit?.deliver(events),
    });
    this.#run = run;
    // Only where not even a process can be made; a module that fails is started again.
    run.ended.catch((error: unknown) => {
      this.#log('error', `The trigger cannot be started (${String(error)}): mend that, then start it again.`);
      void this.untilStopped();
    });
  }

  async #end(run: Run): Promise<Stop | undefined> {
    // What `ended` was rejected with has been logged.
    const stop = await run.stop().catch(() => undefined);
    this.#log('info', stop ? `Stopped (${describeExit(stop)}, ${(stop.tookMs / 1000).toFixed(1)} s).` : 'Stopped.');
    this.#run = undefined;
    this.#ending = undefined;
    return stop;
  }

  #log(level: 'info' | 'warning' | 'error', message: string): void {
    this.observations.logs.runner(level, message, Date.now());
  }
}

function isSameConfiguration(one: StartedWith, other: StartedWith): boolean {
  const parts = ({ saved, account }: StartedWith) => [saved.stored.settings, saved.secrets, account];
  return isDeepStrictEqual(parts(one), parts(other));
}
