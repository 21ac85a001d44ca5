import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { readShownEvent } from '../terminal/shown-event.js';
import type { LogEntry } from '../platform/log-entries.js';
import type { Stop } from '../runner/child-process.js';
import type { Snapshot } from '../terminal/snapshot.js';
import { BooksWatch } from './books-watch.js';
import type { BuiltFiles } from './built-files.js';
import { type ReceivingSide, startReceivingSide } from './receiving-side.js';
import { SimulatedTenant } from './simulated-tenant.js';
import { TriggerWatch } from './trigger-watch.js';

export interface SessionOptions {
  readonly files: BuiltFiles;
  readonly dataFolder: string;
  /** Whether the data folder holds the state of an earlier start. */
  readonly continues: boolean;
  /** Rows an hour. */
  readonly rate: number;
  /** Seconds. */
  readonly frequency: number;
  /** 0 … 1. */
  readonly faultShare: number;
  /** Called with each warning, error and critical that the module logs. */
  readonly onNotice?: (entry: LogEntry) => void;
}

const FIRST_ROWS = 200;
/** A little less than the `start_time` of an hour: the trigger counts back from its own start, which comes later. */
const FIRST_ROWS_HOURS = 0.9;
const LAST_COMPARISON_MS = 1000;

/** Everything on loopback, from the simulated tenant to the books about what has arrived. */
export class Session {
  readonly #receiving: ReceivingSide;
  readonly #tenant: SimulatedTenant;
  readonly #trigger: TriggerWatch;
  readonly #books: BooksWatch;

  private constructor(receiving: ReceivingSide, tenant: SimulatedTenant, options: SessionOptions) {
    this.#receiving = receiving;
    this.#tenant = tenant;
    this.#trigger = new TriggerWatch({
      modulePath: options.files.module,
      dockerParameters: 'message_trace',
      dataFolder: options.dataFolder,
      token: receiving.token,
      urlCallback: receiving.platform.callbackUrl,
      intakeUrl: receiving.intake.url,
      configuration: {
        account_name: tenant.accountName,
        account_password: tenant.accountPassword,
        intake_key: receiving.intakeKey,
        api_url: tenant.apiUrl,
        intake_server: receiving.intake.url,
        start_time: 1,
        frequency: options.frequency,
      },
    });
    this.#books = new BooksWatch(receiving.books, () => tenant.visibleRows());
  }

  static async start(options: SessionOptions): Promise<Session> {
    const { files, continues, rate, faultShare } = options;
    // Each start gets mail of its own: the same mail once more would be known to a trigger that continues.
    const seed = randomInt(2 ** 31);
    const receiving = await startReceivingSide({ ...options, seed });
    try {
      const tenant = await SimulatedTenant.start({
        simulatorPath: files.simulator,
        rate,
        // A trigger that continues has read the time before, and would look for mail there only as late as it may come.
        rows: continues ? 0 : FIRST_ROWS,
        historyHours: FIRST_ROWS_HOURS,
        faultShare,
        seed,
      });
      return new Session(receiving, tenant, options);
    } catch (error) {
      await receiving.close();
      throw error;
    }
  }

  /** Rejected when something breaks that nobody starts again; never fulfilled before the session is stopped. */
  async untilBroken(): Promise<void> {
    const tenantGone = this.#tenant.exited.then(({ exitCode, signal }) => {
      throw new Error(
        `The simulated tenant has ended (${signal ?? `exit code ${exitCode ?? 'unknown'}`}): start again.`,
      );
    });
    await Promise.race([tenantGone, this.#trigger.ended, this.#books.ended]);
  }

  snapshot(nowMs: number): Snapshot {
    const { intake, meter, notices } = this.#receiving;
    return {
      nowMs,
      state: this.#trigger.state(nowMs),
      restarts: this.#trigger.restarts,
      events: meter.total,
      eventsLastMinute: meter.inLastMinute(nowMs),
      books: this.#books.report,
      lastEvents: intake.events().map(readShownEvent),
      notices: notices.items(),
    };
  }

  /**
   * Stops what was started last first, so that the trigger can deliver and log to its end.
   *
   * Answers how the trigger ended; undefined where it was not running.
   */
  async stop(): Promise<Stop | undefined> {
    try {
      return await this.#trigger.stop();
    } finally {
      // The last comparison is a courtesy: where it fails or takes long, the one before has to do.
      await Promise.race([this.#books.stop().catch(() => undefined), delay(LAST_COMPARISON_MS)]);
      await this.#tenant.stop();
      await this.#receiving.close();
    }
  }
}
