import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type SignInScenarioName,
  signInScenarios,
  startTestBed,
  TestBed,
  type AuditReport,
  type TestBedOptions,
  type TestBedParts,
  type TriggerOptions,
  TriggerProcess,
} from '@local/testbed';

const modulePath = fileURLToPath(new URL('../../dist/bundle/main.js', import.meta.url));

export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

const SLOW_MS = 80 * second;

/** What the audit must say. Where it does not, its samples name some of the rows. */
export const allArrivedOnce = { missing: 0, repeated: 0, unknown: 0, unreadable: 0 };

/** A test bed, and the trigger: a process, started as often as a test wants to on one data folder. */
export class Scenario extends TestBed {
  readonly started: TriggerProcess[] = [];
  /** Every line that any trigger wrote. */
  readonly output: string[] = [];

  readonly dataFolder: string;

  private constructor(parts: TestBedParts, dataFolder: string) {
    super(parts);
    this.dataFolder = dataFolder;
  }

  /** @param options by default the trigger signs in as in the user's document */
  static async open({
    signInScenario = 'an account on the Reporting Web Service',
    ...options
  }: Omit<TestBedOptions, 'signInScenario'> & {
    readonly signInScenario?: SignInScenarioName;
  } = {}): Promise<Scenario> {
    const parts = await startTestBed({ signInScenario: signInScenarios[signInScenario], ...options });
    return new Scenario(parts, await mkdtemp(join(tmpdir(), 'message-trace-')));
  }

  /** Starts the trigger; `frequency` 1 unless the test says otherwise. */
  async start(
    configuration: Record<string, unknown> = {},
    more: Partial<TriggerOptions> = {},
  ): Promise<TriggerProcess> {
    const trigger = await TriggerProcess.start({
      modulePath,
      ...this.triggerOptions(configuration),
      dataFolder: this.dataFolder,
      onLine: ({ text }) => this.output.push(text),
      ...more,
    });
    this.started.push(trigger);
    return trigger;
  }

  /**
   * The audit, as soon as no row is missing; the last one where that takes too long. By default that is longer than
   * the two minutes after which a request is given up.
   */
  async untilNoneIsMissing(withinMs = 150 * second): Promise<AuditReport> {
    const startedMs = Date.now();
    const deadline = startedMs + withinMs;
    for (;;) {
      const events = this.intake.totals().events;
      const report = await this.report();
      if (report.missing === 0 || Date.now() >= deadline) {
        if (Date.now() - startedMs > SLOW_MS) this.#tellWhy(Date.now() - startedMs);
        return report;
      }
      // Something must arrive before the audit can look any better.
      await this.intake
        .until((totals) => totals.events > events, { withinMs: deadline - Date.now() + 1 })
        .catch(() => undefined);
    }
  }

  /** A wait of a minute or more is worth a look, even if all rows came in the end. */
  #tellWhy(tookMs: number): void {
    const requests = JSON.stringify(this.service.requests.totals.byResult);
    const lines = this.output.slice(-20).join('\n');
    process.stdout.write(
      `waited ${tookMs / second} s for rows; requests ${requests}; the trigger's last lines:\n${lines}\n`,
    );
  }

  /** Waits until the tenant has been asked so many times more: the trigger has had another look. */
  async untilAsked(times: number): Promise<void> {
    const { requests } = this.service;
    await requests.nth(requests.totals.requests + times);
  }

  /**
   * All text that left the trigger or that it left behind, but for the events and the requests that must hold the
   * secrets.
   */
  async traces(): Promise<string> {
    const files = await readdir(this.dataFolder, { recursive: true, withFileTypes: true });
    const contents = await Promise.all(
      files.filter((file) => file.isFile()).map((file) => contentOf(join(file.parentPath, file.name))),
    );
    const logs = this.platform.records().requests.map(({ body }) => JSON.stringify(body));
    return [...this.output, ...contents, ...logs].join('\n');
  }

  override async close(): Promise<void> {
    await Promise.all(this.started.map((trigger) => trigger.kill().catch(() => undefined)));
    await super.close();
    await rm(this.dataFolder, { recursive: true, force: true });
  }
}

/** Nothing where the trigger has renamed or removed the file meanwhile. */
async function contentOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'latin1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return '';
  }
}
