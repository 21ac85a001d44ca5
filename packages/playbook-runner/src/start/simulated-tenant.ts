import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { VisibleRow } from '../books/books.js';
import { ChildProcess, type Exit } from '../runner/child-process.js';
import { inheritedEnvironment } from '../runner/environment.js';

export interface TenantOptions {
  /** The simulator's compiled entry. */
  readonly simulatorPath: string;
  /** Rows an hour that go on arriving. */
  readonly rate: number;
  /** Rows that are there already, and over how many hours before now they are spread. */
  readonly rows: number;
  readonly historyHours: number;
  readonly faultShare: number;
  readonly seed: number;
}

/** The simulated tenant, as a process of its own. */
export class SimulatedTenant {
  /** The trigger's setting of that name; likewise the next two. */
  readonly apiUrl: string;
  readonly accountName: string;
  readonly accountPassword: string;
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess, greeting: readonly [string, string, string]) {
    this.#process = process;
    [this.apiUrl, this.accountName, this.accountPassword] = greeting;
  }

  /** @throws Error where the simulator does not say within 30 seconds how to reach it. */
  static async start(options: TenantOptions): Promise<SimulatedTenant> {
    const { simulatorPath, rate, rows, historyHours, faultShare, seed } = options;
    const numbers = { port: 0, rate, rows, 'history-hours': historyHours, faults: faultShare, seed };
    const process_ = await ChildProcess.start({
      arguments: [simulatorPath, ...Object.entries(numbers).map(([name, number]) => `--${name}=${number}`)],
      environment: inheritedEnvironment(process.env),
    });
    try {
      // It takes its account from its own defaults and says which: so no password is on a command line.
      const setting = async (name: string): Promise<string> =>
        (await process_.waitForOutput(new RegExp(`^\\s*${name}\\s+(\\S+)$`)))[1] ?? '';
      return new SimulatedTenant(process_, [
        await setting('api_url'),
        await setting('account_name'),
        await setting('account_password'),
      ]);
    } catch (error) {
      await process_.kill();
      throw error;
    }
  }

  get exited(): Promise<Exit> {
    return this.#process.exited;
  }

  /** Every row that is visible by now, with the statuses in which it was to be seen; read as it is consumed. */
  async *visibleRows(): AsyncGenerator<VisibleRow> {
    const response = await fetch(new URL('/simulator/books', this.apiUrl));
    if (!response.ok || response.body === null) {
      throw new Error(`The simulated tenant answers ${response.status} where its books should be: build it again.`);
    }
    for await (const line of createInterface({ input: Readable.fromWeb(response.body) })) {
      yield JSON.parse(line) as VisibleRow;
    }
  }

  async stop(): Promise<void> {
    await this.#process.stop('SIGTERM', 1000);
  }
}
