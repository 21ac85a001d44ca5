import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  MailWorld,
  startSimulator,
  type Graph,
  type GraphOptions,
  type ReportingOptions,
  type ReportingWebService,
  type Simulator,
  type TokenServiceOptions,
} from '@local/testbed';
import {
  DeliveryAudit,
  startIntake,
  startPlatform,
  TriggerProcess,
  type AuditReport,
  type Intake,
  type IntakeOptions,
  type Platform,
  type TriggerOptions,
} from '@local/testbed';
import {
  account,
  application,
  domain,
  organization,
  signInScenarios,
  type SignInScenario,
  type SignInScenarioName,
} from './sign-in-scenarios.js';

export const intakeKey = 'k3y-of-the-intake-9f2c';
export const token = 'eyJ0b2tlbiI6InBsYXlib29rIn0.s1gn4ture';
const modulePath = fileURLToPath(new URL('../../dist/bundle/main.js', import.meta.url));

export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

const SLOW_MS = 80 * second;

/** What the audit must say. Where it does not, its samples name some of the rows. */
export const allArrivedOnce = { missing: 0, repeated: 0, unknown: 0, unreadable: 0 };

/**
 * Everything around the trigger, on loopback: a simulated tenant, an intake that audits what it gets, a platform. The
 * trigger itself is a process, started as often as a test wants to on one data folder.
 */
export class Scenario {
  readonly simulator: Simulator;
  readonly intake: Intake;
  readonly platform: Platform;
  readonly audit: DeliveryAudit;
  readonly dataFolder: string;
  readonly signInScenario: SignInScenario;
  readonly started: TriggerProcess[] = [];
  /** Every line that any trigger wrote. */
  readonly output: string[] = [];

  private constructor(
    parts: Pick<Scenario, 'simulator' | 'intake' | 'platform' | 'audit' | 'dataFolder' | 'signInScenario'>,
  ) {
    this.simulator = parts.simulator;
    this.intake = parts.intake;
    this.platform = parts.platform;
    this.audit = parts.audit;
    this.dataFolder = parts.dataFolder;
    this.signInScenario = parts.signInScenario;
  }

  static async open(
    options: {
      /** By default the one of the user's document. */
      signInScenario?: SignInScenarioName;
      seed?: number;
      service?: Partial<ReportingOptions>;
      graph?: Partial<GraphOptions>;
      tokenService?: Partial<TokenServiceOptions>;
      tls?: boolean;
      /** Decides which requests to Microsoft fail at random. */
      faultSeed?: number;
      intake?: Partial<IntakeOptions>;
      onEvents?: (events: readonly string[]) => void;
    } = {},
  ): Promise<Scenario> {
    const world = new MailWorld({ seed: options.seed ?? 1, organization, domain });
    const simulator = await startSimulator({
      world,
      options: { ...account, ...options.service },
      // Tests poll every second, which the real quota does not allow.
      graph: { quotaRequests: 100_000, ...options.graph },
      tokenService: { ...application, ...options.tokenService },
      ...(options.tls !== undefined && { tls: options.tls }),
      ...(options.faultSeed !== undefined && { faultSeed: options.faultSeed }),
    });
    const audit = new DeliveryAudit();
    const intake = await startIntake({
      intakeKey,
      ...options.intake,
      onEvents: (events) => {
        audit.deliver(events);
        options.onEvents?.(events);
      },
    });
    const platform = await startPlatform({ token });
    const dataFolder = await mkdtemp(join(tmpdir(), 'message-trace-'));
    const signInScenario = signInScenarios[options.signInScenario ?? 'an account on the Reporting Web Service'];
    return new Scenario({ simulator, intake, platform, audit, dataFolder, signInScenario });
  }

  /** The API that is read. */
  get service(): ReportingWebService | Graph {
    return this.signInScenario.api === 'graph' ? this.simulator.graph : this.simulator.server;
  }

  /** Sets the clock of every service of the tenant ahead of ours. */
  setServiceClock(offsetMs: number): void {
    const { server, graph, tokenService } = this.simulator;
    for (const { options } of [server, graph, tokenService]) options.clockOffsetMs = offsetMs;
  }

  /** Starts the trigger; `frequency` 1 unless the test says otherwise. */
  async start(
    configuration: Record<string, unknown> = {},
    more: Partial<TriggerOptions> = {},
  ): Promise<TriggerProcess> {
    const trigger = await TriggerProcess.start({
      modulePath,
      dockerParameters: this.signInScenario.dockerParameters,
      configuration: {
        ...this.signInScenario.settings(this.simulator),
        intake_key: intakeKey,
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
  report(): Promise<AuditReport> {
    return this.audit.compare(visible(this.simulator.world, this.service.nowMs()));
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

  async close(): Promise<void> {
    await Promise.all(this.started.map((trigger) => trigger.kill().catch(() => undefined)));
    await Promise.all([this.simulator.close(), this.intake.close(), this.platform.close()]);
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

// eslint-disable-next-line @typescript-eslint/require-await -- the audit reads an asynchronous list, as it may come over HTTP
async function* visible(
  world: MailWorld,
  atMs: number,
): AsyncGenerator<{ traceId: string; recipient: string; statuses: readonly { status: string; fromMs: number }[] }> {
  yield* world.history(atMs);
}
