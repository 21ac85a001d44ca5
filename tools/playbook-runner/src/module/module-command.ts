import { randomUUID } from 'node:crypto';
import { describeExit, type Exit, type Platform, startPlatform, TriggerProcess } from '@local/testbed';
import type { HandedAccount } from '../form/account.js';
import { LogKeeper } from '../observed/log-keeper.js';
import type { LogLine } from '../wire/live.js';

/** What the platform shows in place of a secret, which it hands out apart. */
const MASK = '*****';
/** A module promises to stop within 10 seconds. */
const KILL_AFTER_MS = 8_000;

/** The value `module_configuration`: without its secrets, which the platform hands out. */
export function asModuleConfiguration({ settings, secrets }: HandedAccount): Readonly<Record<string, unknown>> {
  return { ...settings, ...Object.fromEntries(Object.keys(secrets).map((name) => [name, MASK])) };
}

/** What the module told the platform at its end: the body `{"status": "finished", …}`. */
export interface Report {
  readonly results?: unknown;
  readonly error?: string;
  readonly outputs?: Readonly<Record<string, boolean>>;
}

export interface ModuleCommandOptions {
  readonly modulePath: string;
  /** An action's `docker_parameters`, or `validate_module_configuration`. */
  readonly command: string;
  readonly account: HandedAccount;
  /** What may not be shown. */
  readonly secrets: () => readonly string[];
  /** The value `arguments`. */
  readonly arguments?: Readonly<Record<string, unknown>>;
  readonly dataFolder: string;
}

/** A command of the module that runs once and reports its end, and the platform that it reports to. */
export class ModuleCommand {
  readonly startedAtMs = Date.now();
  /** Fulfilled once the process has ended. Never rejected. */
  readonly ended: Promise<Report>;
  readonly #platform: Platform;
  readonly #process: TriggerProcess;
  readonly #logs: LogKeeper;
  #tookMs: number | null = null;

  private constructor(
    platform: Platform,
    process: TriggerProcess,
    logs: LogKeeper,
    reported: () => Report | undefined,
  ) {
    this.#platform = platform;
    this.#process = process;
    this.#logs = logs;
    this.ended = process.exited.then((exit) => this.#end(exit, reported()));
  }

  /** @throws Error where the process cannot be started. */
  static async start(options: ModuleCommandOptions): Promise<ModuleCommand> {
    const { modulePath, command, account, secrets, dataFolder } = options;
    const token = randomUUID();
    let report: Report | undefined;
    const platform = await startPlatform({
      token,
      secrets: account.secrets,
      keep: 0,
      onRequest: ({ method, authorized, body }) => {
        if (method === 'PATCH' && authorized && isFinished(body)) report = body;
      },
    });
    const logs = new LogKeeper({ secrets, onLine: () => undefined });
    try {
      const process = await TriggerProcess.start({
        modulePath,
        dockerParameters: command,
        configuration: {},
        moduleConfiguration: asModuleConfiguration(account),
        ...(options.arguments && { values: { arguments: JSON.stringify(options.arguments) } }),
        dataFolder,
        token,
        urlCallback: platform.callbackUrl,
        onLine: ({ text }) => {
          logs.output(text, Date.now());
          // What it logs comes with its report: nothing is posted before.
          logs.addOverdue(Infinity);
        },
      });
      return new ModuleCommand(platform, process, logs, () => report);
    } catch (error) {
      await platform.close();
      throw error;
    }
  }

  /** From its start to its end; null while it runs. */
  get tookMs(): number | null {
    return this.#tookMs;
  }

  get logs(): readonly LogLine[] {
    return this.#logs.after(0);
  }

  /** A value as it may be shown. */
  hide<Value>(value: Value): Value {
    return hideIn(value, (text) => this.#logs.hide(text)) as Value;
  }

  /** Asks it to end. What it still reports counts. */
  async stop(): Promise<void> {
    await this.#process.stop('SIGTERM', KILL_AFTER_MS);
    await this.ended;
  }

  async #end(exit: Exit, report: Report | undefined): Promise<Report> {
    this.#tookMs = Date.now() - this.startedAtMs;
    await this.#platform.close();
    if (report) return report;
    const last = this.logs.at(-1)?.message;
    const said = last === undefined ? '' : ` Its last line: ${last}`;
    return { error: `The module ended without a report (${describeExit(exit)}).${said}` };
  }
}

function isFinished(body: unknown): body is Report {
  return typeof body === 'object' && body !== null && (body as { status?: unknown }).status === 'finished';
}

function hideIn(value: unknown, hide: (text: string) => string): unknown {
  if (typeof value === 'string') return hide(value);
  if (Array.isArray(value)) return value.map((one) => hideIn(one, hide));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [hide(name), hideIn(one, hide)]));
}
