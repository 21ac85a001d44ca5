import { type AuditReport, DeliveryAudit } from '../audit/delivery-audit.js';
import type { Graph } from '../microsoft/graph/graph.js';
import type { GraphOptions } from '../microsoft/graph/options.js';
import type { ReportingWebService } from '../microsoft/reporting-web-service/reporting-web-service.js';
import type { ReportingOptions } from '../microsoft/reporting-web-service/trace-query.js';
import { type Simulator, startSimulator } from '../microsoft/simulator.js';
import type { TokenServiceOptions } from '../microsoft/token-service/options.js';
import { MailWorld, type RowHistory } from '../microsoft/world/mail-world.js';
import type { TriggerOptions } from '../processes/trigger-process.js';
import { type Intake, type IntakeOptions, startIntake } from '../sekoia/intake.js';
import { type Platform, type PlatformOptions, startPlatform } from '../sekoia/platform.js';
import { EXAMPLE_IDENTITIES, type Identities, type SignInScenario } from './sign-in-scenarios.js';

export interface TestBedOptions {
  readonly signInScenario: SignInScenario;
  /** By default those of the examples. */
  readonly identities?: Identities;
  /** Decides which mail the tenant has. Default 1. */
  readonly seed?: number;
  readonly service?: Partial<ReportingOptions>;
  readonly graph?: Partial<GraphOptions>;
  readonly tokenService?: Partial<TokenServiceOptions>;
  /** Whether Microsoft's services speak https. */
  readonly tls?: boolean;
  /** Decides which requests to Microsoft fail at random. */
  readonly faultSeed?: number;
  readonly intake?: Partial<IntakeOptions>;
  readonly platform?: Partial<PlatformOptions>;
  readonly onEvents?: (events: readonly string[]) => void;
}

/** What has been started, for the constructor. */
export type TestBedParts = Pick<
  TestBed,
  'signInScenario' | 'identities' | 'simulator' | 'intake' | 'platform' | 'audit'
>;

/**
 * Everything that the module meets, on loopback: a simulated tenant, an intake that audits what it gets, a platform.
 * The tests, the chaos test and measurements add what runs the module.
 */
export class TestBed {
  readonly signInScenario: SignInScenario;
  readonly identities: Identities;
  readonly simulator: Simulator;
  readonly intake: Intake;
  readonly platform: Platform;
  readonly audit: DeliveryAudit;

  constructor(parts: TestBedParts) {
    this.signInScenario = parts.signInScenario;
    this.identities = parts.identities;
    this.simulator = parts.simulator;
    this.intake = parts.intake;
    this.platform = parts.platform;
    this.audit = parts.audit;
  }

  /** The API that is read. */
  get service(): ReportingWebService | Graph {
    return this.signInScenario.api === 'graph' ? this.simulator.graph : this.simulator.server;
  }

  /** What the module is started with, but for its program and its data folder. Frequency 1 unless changed. */
  triggerOptions(changes: Readonly<Record<string, unknown>> = {}): Omit<TriggerOptions, 'modulePath' | 'dataFolder'> {
    const { signInScenario, simulator, identities } = this;
    return {
      dockerParameters: signInScenario.dockerParameters,
      configuration: {
        ...signInScenario.settings(simulator, identities),
        intake_key: identities.intakeKey,
        intake_server: this.intake.url,
        frequency: 1,
        ...changes,
      },
      token: identities.token,
      urlCallback: this.platform.callbackUrl,
    };
  }

  /** Sets the clock of every service of the tenant ahead of ours. */
  setServiceClock(offsetMs: number): void {
    const { server, graph, tokenService } = this.simulator;
    for (const { options } of [server, graph, tokenService]) options.clockOffsetMs = offsetMs;
  }

  /** The rows that the tenant has shown by now, with their statuses. */
  visibleRows(): Iterable<RowHistory> {
    return this.simulator.world.history(this.service.nowMs());
  }

  /** What the tenant has shown by now against what the intake has stored. */
  report(): Promise<AuditReport> {
    return this.audit.compare(asynchronous(this.visibleRows()));
  }

  async close(): Promise<void> {
    await Promise.all([this.simulator.close(), this.intake.close(), this.platform.close()]);
  }
}

/** Starts what a test bed is made of. */
export async function startTestBed(options: TestBedOptions): Promise<TestBedParts> {
  const { signInScenario, identities = EXAMPLE_IDENTITIES, seed = 1 } = options;
  const { organization, domain } = identities;
  const simulator = await startSimulator({
    world: new MailWorld({ seed, organization, domain }),
    options: { ...identities.account, ...options.service },
    // Tests poll every second, which the real quota does not allow.
    graph: { quotaRequests: 1_000_000, ...options.graph },
    tokenService: { ...identities.application, ...options.tokenService },
    ...(options.tls !== undefined && { tls: options.tls }),
    ...(options.faultSeed !== undefined && { faultSeed: options.faultSeed }),
  });
  const audit = new DeliveryAudit();
  const intake = await startIntake({
    intakeKey: identities.intakeKey,
    ...options.intake,
    onEvents: (events) => {
      audit.deliver(events);
      options.onEvents?.(events);
    },
  });
  const platform = await startPlatform({ token: identities.token, ...options.platform });
  return { signInScenario, identities, simulator, intake, platform, audit };
}

// eslint-disable-next-line @typescript-eslint/require-await -- the audit reads an asynchronous list, as it may come over HTTP
async function* asynchronous<Row>(rows: Iterable<Row>): AsyncGenerator<Row> {
  yield* rows;
}
