/** What was measured of a trigger, as far as it tells whether the trigger goes on. */
import { type HealthPicture, type Measurement, NO_HEALTH, TriggerWatch } from '../observed/trigger-watch.js';
import { countIn, type Observations } from '../observed/observations.js';
import { describeExit, type LogEntry, type Stop, TriggerProcess } from '@local/testbed';
import type { HandedAccount } from '../form/account.js';
import { asModuleConfiguration } from '../module/module-command.js';
import { type Crash, Supervisor } from './supervisor.js';
import type { IntakeControls } from '../wire/live.js';
import type { PlaybookState } from '../wire/playbook.js';
import { ReceivingSide } from './receiving-side.js';

export interface Progress {
  readonly healthy: boolean;
  /** Events, since its process began. */
  readonly delivered: number;
}

/**
 * What a trigger has logged as critical, until it is mended: it holds while the trigger is unhealthy, and is over once
 * it is healthy again or delivers events again. A later trouble with other reasons is not blamed on it.
 */
export class LastWord {
  #said: { readonly message: string; readonly delivered: number } | undefined;
  #last: Progress = { healthy: true, delivered: 0 };

  say(message: string): void {
    this.#said = { message, delivered: this.#last.delivered };
  }

  /** To be told of each answer of the trigger; no answer says nothing. */
  measure(now: Progress): void {
    const recovered = now.healthy && !this.#last.healthy;
    if (recovered || now.delivered > (this.#said?.delivered ?? Infinity)) this.#said = undefined;
    this.#last = now;
  }

  /** Why the trigger cannot go on; undefined where it can, as far as is known. */
  get reason(): string | undefined {
    return this.#last.healthy ? undefined : this.#said?.message;
  }
}

export interface RunOptions {
  readonly modulePath: string;
  /** The card's `docker_parameters`. */
  readonly trigger: string;
  /** The settings, secrets included. */
  readonly configuration: Readonly<Record<string, unknown>>;
  readonly account: HandedAccount;
  readonly dataFolder: string;
  readonly intakeControls: IntakeControls;
  readonly observations: Observations;
  /** Called before each start of the process, restarts too. */
  readonly beforeProcess: () => Promise<void>;
  /** Called with the events that arrive in an intake of this runner. */
  readonly onEvents: (events: readonly string[]) => void;
}

const SAMPLE_EVERY_MS = 2000;

/** One process of a run. */
interface ProcessRun {
  readonly process: TriggerProcess;
  readonly startedAtMs: number;
  readonly watch: TriggerWatch;
  /** What it has logged as critical. */
  readonly critical: LastWord;
}

/** A trigger from Start to Stop: as many processes as it takes, and Sekoia's side towards them. */
export class Run {
  readonly #options: RunOptions;
  readonly #receiving: ReceivingSide;
  readonly #supervisor: Supervisor<TriggerProcess>;
  #life: ProcessRun | undefined;
  #isStopping = false;
  readonly #sampling: NodeJS.Timeout;

  private constructor(options: RunOptions, receiving: ReceivingSide) {
    this.#options = options;
    this.#receiving = receiving;
    this.#supervisor = new Supervisor({
      start: () => this.#startProcess(),
      onCrash: (crash) => this.#crashed(crash),
    });
    this.#sampling = setInterval(() => {
      options.observations.sample(this.health.lagSeconds, Date.now());
    }, SAMPLE_EVERY_MS);
  }

  static async start(options: RunOptions): Promise<Run> {
    const { configuration, account, intakeControls, observations, onEvents } = options;
    const entries: { take: (entry: LogEntry) => void } = { take: () => undefined };
    const receiving = await ReceivingSide.start({
      moduleSecrets: account.secrets,
      intakeKey: String(configuration['intake_key']),
      ownIntake: configuration['intake_server'] === undefined,
      controls: intakeControls,
      onLog: (entry) => entries.take(entry),
      onPlaybookRun: (name) => {
        observations.logs.runner('info', `The playbook would run now: ${observations.logs.hide(name)}`, Date.now());
      },
      onEvents: (events) => {
        observations.events.add(events, Date.now());
        onEvents(events);
      },
    });
    const run = new Run(options, receiving);
    entries.take = (entry) => run.#posted(entry);
    return run;
  }

  /** Fulfilled once stopped. Rejected where the process cannot even be started. */
  get ended(): Promise<void> {
    return this.#supervisor.ended;
  }

  get restarts(): number {
    return this.#supervisor.restarts;
  }

  /** Since when the process runs, in milliseconds since 1970; null while none does. */
  get startedAtMs(): number | null {
    return this.#supervisor.process ? (this.#life?.startedAtMs ?? null) : null;
  }

  get health(): HealthPicture {
    const { health, ...picture } = this.#life?.watch.last?.health ?? NO_HEALTH;
    const { logs } = this.#options.observations;
    return { ...picture, health: health && { ...health, reasons: health.reasons.map((reason) => logs.hide(reason)) } };
  }

  /** What the process says is the matter with it; undefined where it is healthy, or says nothing. */
  get complaint(): string | undefined {
    const { health } = this.health;
    return health?.healthy === false ? (health.reasons[0] ?? 'It is unhealthy.') : undefined;
  }

  /** By name, as the process counted last. */
  get metrics(): ReadonlyMap<string, number> | undefined {
    return this.#life?.watch.last?.metrics;
  }

  get state(): PlaybookState {
    if (this.#isStopping) return { name: 'stopping' };
    const { crash } = this.#supervisor;
    if (crash) return { name: 'trigger-crashed', why: describeExit(crash.exit), restartAtMs: crash.restartAtMs };
    const why = this.#life?.critical.reason;
    if (why !== undefined) return { name: 'trigger-crashed', why, restartAtMs: null };
    return { name: this.#life?.watch.hasResponded ? 'running' : 'starting' };
  }

  control(controls: IntakeControls): void {
    this.#receiving.control(controls);
  }

  /** Ends the process as a crash would; it is started again. False where none runs. */
  kill(): boolean {
    const { process } = this.#supervisor;
    void process?.kill();
    return process !== undefined;
  }

  /** Answers how the process ended; undefined where none was running. */
  async stop(): Promise<Stop | undefined> {
    this.#isStopping = true;
    try {
      return await this.#supervisor.stop();
    } finally {
      clearInterval(this.#sampling);
      this.#options.observations.logs.addOverdue(Infinity);
      await this.#receiving.close();
    }
  }

  async #startProcess(): Promise<TriggerProcess> {
    const { modulePath, trigger, configuration, account, dataFolder, observations, beforeProcess } = this.#options;
    const { token, callbackUrl, intakeUrl } = this.#receiving;
    await beforeProcess();
    const process = await TriggerProcess.start({
      modulePath,
      dockerParameters: trigger,
      // Its own default is the real intake, so that the value intake_url alone would not do.
      configuration: { ...configuration, ...(intakeUrl !== undefined && { intake_server: intakeUrl }) },
      moduleConfiguration: asModuleConfiguration(account),
      dataFolder,
      token,
      urlCallback: callbackUrl,
      ...(intakeUrl !== undefined && { intakeUrl }),
      onLine: ({ text }) => observations.logs.output(text, Date.now()),
    });
    observations.totals.nextProcess();
    const critical = new LastWord();
    const watch = new TriggerWatch(process, (measured) => {
      observations.totals.update(measured.metrics);
      critical.measure(progressOf(measured));
    });
    this.#life = { process, startedAtMs: Date.now(), watch, critical };
    observations.logs.runner('info', `Started: process ${process.pid ?? 'unknown'}.`, this.#life.startedAtMs);
    return process;
  }

  #posted(entry: LogEntry): void {
    const { logs } = this.#options.observations;
    logs.posted(entry);
    if (entry.level === 'critical') this.#life?.critical.say(logs.hide(entry.message));
  }

  #crashed({ exit, waitMs }: Crash): void {
    const { logs } = this.#options.observations;
    this.#life = undefined;
    logs.addOverdue(Infinity);
    const message = `The trigger ended (${describeExit(exit)}); it starts again in ${waitMs / 1000} s.`;
    logs.runner('error', message, Date.now());
  }
}

function progressOf({ health: { health }, metrics }: Measurement): Progress {
  return { healthy: health?.healthy !== false, delivered: countIn(metrics, 'delivered') };
}
