import type { AuditRow } from '@local/testbed';
import { HttpError } from '@local/testbed';
import { ChildProcess, type Exit } from '@local/testbed';
import { inheritedEnvironment } from '@local/testbed';
import type { TenantControls } from '../wire/live.js';
import { TenantControl } from './tenant-control.js';

export interface TenantOptions {
  /** The simulator's compiled entry. */
  readonly simulatorPath: string;
  /** Rows that are there already, and over how many hours before now they are spread. */
  readonly rows: number;
  readonly historyHours: number;
  readonly seed: number;
}

/** A row of the tenant. */
export interface TenantRow extends AuditRow {
  /** When Exchange received the message, in milliseconds since 1970. */
  readonly receivedMs: number;
}

const SETTINGS = [
  'api_url',
  'account_name',
  'account_password',
  'graph_url',
  'authority_url',
  'tenant_id',
  'client_id',
  'client_secret',
] as const;

/** What the simulator says is to be filled in to read it; the names are those of the triggers' settings. */
export type TenantSettings = Readonly<Record<(typeof SETTINGS)[number], string>>;

/** The simulated tenant, as a process of its own. */
export class SimulatedTenant {
  readonly settings: TenantSettings;
  /** In milliseconds since 1970: mail of its own begins to arrive no earlier. */
  readonly startedAtMs: number;
  readonly #process: ChildProcess;
  readonly #origin: string;
  readonly #control: TenantControl;
  #hasEnded = false;

  private constructor(process: ChildProcess, settings: TenantSettings, startedAtMs: number) {
    this.#process = process;
    this.settings = settings;
    this.startedAtMs = startedAtMs;
    this.#origin = new URL(settings.api_url).origin;
    this.#control = new TenantControl(this.#origin);
    void process.exited.then(() => {
      this.#hasEnded = true;
    });
  }

  /**
   * Starts it without faults and without mail that goes on arriving.
   *
   * @throws Error where the simulator does not say within 30 seconds how to reach it.
   */
  static async start({ simulatorPath, rows, historyHours, seed }: TenantOptions): Promise<SimulatedTenant> {
    const numbers = { port: 0, rate: 0, rows, 'history-hours': historyHours, seed };
    const process_ = await ChildProcess.start({
      arguments: [simulatorPath, ...Object.entries(numbers).map(([name, number]) => `--${name}=${number}`)],
      environment: inheritedEnvironment(process.env),
    });
    try {
      // It takes its account from its own defaults and says which: so no password is on a command line.
      const settings = await Promise.all(
        SETTINGS.map(async (name) => {
          const [, value = ''] = await process_.waitForOutput(new RegExp(`^\\s*${name}\\s+(\\S+)$`));
          return [name, value] as const;
        }),
      );
      return new SimulatedTenant(process_, Object.fromEntries(settings) as TenantSettings, Date.now());
    } catch (error) {
      await process_.kill();
      throw error;
    }
  }

  /** Fulfilled when its process has ended. */
  get exited(): Promise<Exit> {
    return this.#process.exited;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  get controls(): TenantControls {
    return this.#control.controls;
  }

  /** Makes it behave so from now on. @throws {HttpError} 409 once its process has ended. */
  change(some: Partial<TenantControls>): Promise<TenantControls> {
    if (this.#hasEnded) throw new HttpError(409, 'The simulated tenant has ended: stop the runner and start it again.');
    return this.#control.change(some);
  }

  /**
   * Every row that is visible by now, with the statuses in which it was to be seen; read as it is consumed.
   *
   * @throws Error where the tenant does not answer with its rows, or not with all of them.
   */
  async *visibleRows(): AsyncGenerator<TenantRow> {
    const { ok, status, body } = await fetch(`${this.#origin}/simulator/rows`);
    if (!ok || body === null) {
      await body?.cancel();
      throw new Error(`The simulated tenant answers ${status} where its rows should be: build it again.`);
    }
    let rest = '';
    for await (const text of body.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) yield JSON.parse(line) as TenantRow;
    }
  }

  async stop(): Promise<void> {
    await this.#process.stop('SIGTERM', 1000);
  }
}
