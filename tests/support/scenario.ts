import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MailWorld, startSimulator, type ReportingOptions, type Simulator } from '@local/microsoft365-simulator';
import {
  Books,
  startIntake,
  startPlatform,
  TriggerProcess,
  type BooksReport,
  type Intake,
  type IntakeOptions,
  type Platform,
  type TriggerOptions,
} from '@local/playbook-runner';

export const account = { accountName: 'svc-trace@example.corp', accountPassword: 'C0rrect-h0rse"+/& battery' };
export const intakeKey = 'k3y-of-the-intake-9f2c';
export const token = 'eyJ0b2tlbiI6InBsYXlib29rIn0.s1gn4ture';
const modulePath = fileURLToPath(new URL('../../dist/module/main.js', import.meta.url));

export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

/** What the books must say. Where they do not, their samples name some of the rows. */
export const allArrivedOnce = { missing: 0, repeated: 0, unknown: 0, unreadable: 0 };

/**
 * Everything around the trigger, on loopback: a simulated tenant, an intake that keeps the books, a platform. The trigger itself is a process,
 * started as often as a test wants to on one data folder.
 */
export class Scenario {
  readonly simulator: Simulator;
  readonly intake: Intake;
  readonly platform: Platform;
  readonly books: Books;
  readonly dataFolder: string;
  readonly started: TriggerProcess[] = [];
  /** Every line that any trigger wrote. */
  readonly output: string[] = [];

  private constructor(simulator: Simulator, intake: Intake, platform: Platform, books: Books, dataFolder: string) {
    this.simulator = simulator;
    this.intake = intake;
    this.platform = platform;
    this.books = books;
    this.dataFolder = dataFolder;
  }

  static async open(
    options: {
      seed?: number;
      service?: Partial<ReportingOptions>;
      intake?: Partial<IntakeOptions>;
      onEvents?: (events: readonly string[]) => void;
    } = {},
  ): Promise<Scenario> {
    const world = new MailWorld({
      seed: options.seed ?? 1,
      organization: 'examplecorp.onmicrosoft.com',
      domain: 'example.corp',
    });
    const simulator = await startSimulator({ world, options: { ...account, ...options.service } });
    const books = new Books();
    const intake = await startIntake({
      intakeKey,
      ...options.intake,
      onEvents: (events) => {
        books.deliver(events);
        options.onEvents?.(events);
      },
    });
    const platform = await startPlatform({ token });
    const dataFolder = await mkdtemp(join(tmpdir(), 'message-trace-'));
    return new Scenario(simulator, intake, platform, books, dataFolder);
  }

  /** Starts the trigger; `frequency` 1 unless the test says otherwise. */
  async start(
    configuration: Record<string, unknown> = {},
    more: Partial<TriggerOptions> = {},
  ): Promise<TriggerProcess> {
    const trigger = await TriggerProcess.start({
      modulePath,
      dockerParameters: 'message_trace',
      configuration: {
        account_name: account.accountName,
        account_password: account.accountPassword,
        intake_key: intakeKey,
        api_url: this.simulator.apiUrl,
        intake_server: this.intake.url,
        frequency: 1,
        ...configuration,
      },
      dataFolder: this.dataFolder,
      token,
      urlCallback: this.platform.callbackUrl,
      onLine: ({ text }) => this.output.push(text),
      ...more,
    });
    this.started.push(trigger);
    return trigger;
  }

  /** What the tenant has shown by now against what the intake has stored. */
  report(): Promise<BooksReport> {
    return this.books.compare(visible(this.simulator.world, this.simulator.server.nowMs()));
  }

  /** The books, as soon as no row is missing; the last ones where that takes too long. */
  async untilNoneIsMissing(withinMs = 60 * second): Promise<BooksReport> {
    const deadline = Date.now() + withinMs;
    for (;;) {
      const events = this.intake.totals().events;
      const report = await this.report();
      if (report.missing === 0 || Date.now() >= deadline) return report;
      // Something must arrive before the books can look any better.
      await this.intake
        .until((totals) => totals.events > events, { withinMs: deadline - Date.now() + 1 })
        .catch(() => undefined);
    }
  }

  /** Waits until the tenant has been asked so many times more: the trigger has had another look. */
  async untilAsked(times: number): Promise<void> {
    const { requests } = this.simulator.server;
    const asked = requests.totals.requests + times;
    await new Promise<void>((resolve) => {
      const off = requests.on(() => {
        if (requests.totals.requests < asked) return;
        off();
        resolve();
      });
    });
  }

  /** All text that left the trigger or that it left behind, but for the events and the requests that must hold the secrets. */
  async traces(): Promise<string> {
    const files = await readdir(this.dataFolder, { recursive: true, withFileTypes: true });
    const contents = await Promise.all(
      files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name), 'latin1')),
    );
    const logs = this.platform.records().requests.map(({ body }) => JSON.stringify(body));
    return [...this.output, ...contents, ...logs].join('\n');
  }

  async close(): Promise<void> {
    await Promise.all(this.started.map((trigger) => trigger.kill().catch(() => undefined)));
    await Promise.all([this.simulator.close(), this.intake.close(), this.platform.close()]);
    await rm(this.dataFolder, { recursive: true, force: true });
  }
}

// eslint-disable-next-line @typescript-eslint/require-await -- the books read an asynchronous list, as it may come over HTTP
async function* visible(
  world: MailWorld,
  atMs: number,
): AsyncGenerator<{ traceId: string; recipient: string; statuses: readonly { status: string; fromMs: number }[] }> {
  yield* world.history(atMs);
}
