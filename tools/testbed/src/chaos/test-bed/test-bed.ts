/**
 * Longer than rows take plus all that Microsoft's clock can jump while a range is read: what is later than that is
 * rightly not looked for.
 */
import { hash } from 'node:crypto';
import type { Graph } from '../../microsoft/graph/graph.js';
import { graphFaults } from '../../microsoft/graph/service-faults.js';
import type { LiveHandle } from '../../microsoft/world/mail-world.js';
import { reportingFaults } from '../../microsoft/reporting-web-service/service-faults.js';
import type { ReportingWebService } from '../../microsoft/reporting-web-service/reporting-web-service.js';
import type { Simulator } from '../../microsoft/simulator.js';
import { tokenFaults } from '../../microsoft/token-service/wording.js';
import { type AuditReport, DeliveryAudit } from '../../audit/delivery-audit.js';
import { type Intake, startIntake } from '../../sekoia/intake.js';
import { INTAKE_FAULTS } from '../../sekoia/intake-totals.js';
import { type Platform, startPlatform } from '../../sekoia/platform.js';
import { SERVER_FAULTS } from '../../sekoia/server-faults.js';
import type { ShownRow } from '../audit/findings.js';
import { Journal } from '../audit/journal.js';
import type { LabOptions } from '../command-line.js';
import { MAX_OFFSET_MS } from '../plan/plan.js';
import type { IntakeManner, Side } from '../plan/steps.js';
import { StatusWatch } from '../status/status-watch.js';
import { type Disk, openDisk } from './disk.js';
import { type FaultySide, ruledResponse, faultySide } from './faulty-side.js';
import { grownResult, hang, type RunFolder } from './run-folder.js';
import { endedWell, ProcessRunner } from './process-runs.js';
import { LogTally, SecretWatch } from './output-watch.js';
import { BULK_HOURS, MAX_CHANGE_MS, PLATFORM, SECRETS, startTenant, SIGN_IN } from './sign-in-scenarios.js';

const LATE_WINDOW_MINUTES = Math.ceil((MAX_CHANGE_MS + 2 * MAX_OFFSET_MS) / 60_000) + 1;
/** More than the four seconds for which a stop waits for an acknowledgement. */
const SLOW_INTAKE_MS = 5000;
/** Fingerprints of all rows several times over, and room to spare. */
const DISK_BYTES_PER_ROW = 100;
const LEAST_DISK_BYTES = 8 << 20;

export interface TestBedParts {
  readonly options: LabOptions;
  readonly modulePath: string;
  readonly folder: RunFolder;
}

/**
 * Everything that the module meets, and the module: a tenant with mail, an intake with an audit, a platform, a disk,
 * and a process.
 */
export class TestBed {
  readonly audit = new DeliveryAudit();
  readonly journal = new Journal();
  readonly logs = new LogTally();
  readonly simulator: Simulator;
  readonly intake: Intake;
  readonly platform: Platform;
  readonly disk: Disk | undefined;
  readonly lives: ProcessRunner;
  readonly secrets: SecretWatch;
  readonly sides: Readonly<Record<Side, FaultySide>>;
  /** The API that is read. */
  readonly service: ReportingWebService | Graph;
  readonly #mail: LiveHandle;
  readonly status: StatusWatch;
  readonly #refusals: Refusing;
  readonly #dataFolder: string;
  #isDiskFull = false;
  #endHang: (() => Promise<void>) | undefined;
  #manner: IntakeManner | undefined;
  #turns = 0;
  readonly #manners = new Map<IntakeManner, number>();

  private constructor(parts: TestBedParts, opened: Opened) {
    const { options, folder } = parts;
    this.simulator = opened.simulator;
    this.intake = opened.intake;
    this.platform = opened.platform;
    this.disk = opened.disk;
    this.#mail = opened.mail;
    this.#refusals = opened.refusals;
    this.#dataFolder = folder.dataFolder;
    const { server, graph, tokenService } = this.simulator;
    const signInScenario = SIGN_IN[options.signInScenario];
    this.service = signInScenario.api === 'graph' ? graph : server;
    this.sides = {
      api:
        signInScenario.api === 'graph'
          ? faultySide(graphFaults, graph.faults)
          : faultySide(reportingFaults, server.faults),
      tokens: faultySide(tokenFaults, tokenService.faults),
      intake: faultySide(INTAKE_FAULTS, this.intake.faults),
      logs: faultySide(SERVER_FAULTS, this.platform.faults.logs),
    };
    this.status = new StatusWatch(
      () => performance.now(),
      (side) => this.#requestsTo(side),
      (violation) => folder.log('lab', `STATUS WRONG: ${JSON.stringify(violation)}`),
    );
    this.intake.respondToBatches(({ events }) => this.#rule(events, options.chunkSize));
    this.secrets = new SecretWatch(
      SECRETS,
      () => tokenService.issued,
      (sentence) => folder.log('lab', `SECRET SEEN in ${sentence}`),
    );
    this.lives = new ProcessRunner({
      trigger: {
        modulePath: parts.modulePath,
        dockerParameters: signInScenario.dockerParameters,
        dataFolder: folder.dataFolder,
        configuration: {
          ...signInScenario.settings(this.simulator),
          intake_key: PLATFORM.intakeKey,
          intake_server: this.intake.url,
          frequency: 1,
          late_window: LATE_WINDOW_MINUTES,
          start_time: BULK_HOURS + 1,
          chunk_size: options.chunkSize,
        },
        token: PLATFORM.token,
        urlCallback: this.platform.callbackUrl,
      },
      disk: this.disk,
      isDiskFull: () => this.#isDiskFull,
      isFolderHung: () => this.#endHang !== undefined,
      onHealth: (seen) => this.status.see(seen),
      onLine: (life, line) => {
        folder.log(`process ${life}`, line);
        this.logs.add(line);
        this.secrets.look('output', line);
      },
      onEnd: (life) =>
        folder.log(
          'lab',
          `process ${life.number} ended ${endedWell(life) ? 'well' : 'BADLY'}: ${JSON.stringify(life.ended)}`,
        ),
      onShown: (place, text) => this.secrets.look(place, text),
    });
  }

  static async open(parts: TestBedParts): Promise<TestBed> {
    const { simulator, mail, rows } = await startTenant(parts.options);
    // The intake and the platform report what they receive to the test bed, which is built from them.
    let testBed: TestBed | undefined = undefined as TestBed | undefined;
    const intake: Intake = await startIntake({
      intakeKey: PLATFORM.intakeKey,
      keep: 0,
      slowMs: SLOW_INTAKE_MS,
      onEvents: (events) => testBed?.receive(events),
    });
    const platform = await startPlatform({
      token: PLATFORM.token,
      keep: 0,
      onLog: ({ message }) => testBed?.secrets.look('platform logs', message),
    });
    const disk = await openDisk(parts.folder.dataFolder, LEAST_DISK_BYTES + Math.ceil(rows) * DISK_BYTES_PER_ROW);
    const refusals: Refusing = { share: 0 };
    intake.refuseEvents((event) => chanceOf(event) < refusals.share);
    testBed = new TestBed(parts, { simulator, intake, platform, disk, mail, refusals });
    return testBed;
  }

  /**
   * Enters what the intake has just stored, and what became of the request: that is known as soon as the intake has
   * counted it.
   */
  receive(events: readonly string[]): void {
    this.audit.deliver(events);
    const life = this.lives.latest;
    const before = this.intake.totals().results;
    const manner = this.#manner;
    queueMicrotask(() => {
      const result = grownResult(before, this.intake.totals().results);
      this.journal.store(events, life, result === 'accepted' ? (manner ?? result) : result);
    });
  }

  /** What share of the events the intake refuses by themselves: always the same ones. */
  refuse(share: number): void {
    this.#refusals.share = share;
  }

  /** How the intake answers from now on; undefined: as usual. */
  respondWith(manner: IntakeManner | undefined): void {
    this.#manner = manner;
  }

  /** How often each manner was answered with. */
  get manners(): ReadonlyMap<IntakeManner, number> {
    return this.#manners;
  }

  /** @throws the file system's error, where the disk is full */
  async hangFolder(): Promise<void> {
    this.#endHang = await hang(this.#dataFolder);
  }

  async endHang(): Promise<void> {
    await this.#endHang?.();
    this.#endHang = undefined;
  }

  /** Sets the Date header of every service of the tenant that far ahead of its clock. */
  setServiceDates(offsetMs: number): void {
    const { server, graph, tokenService } = this.simulator;
    for (const { options } of [server, graph, tokenService]) options.dateOffsetMs = offsetMs;
  }

  async fillDisk(fileBytes: number): Promise<void> {
    this.#isDiskFull = true;
    await this.disk?.fill(fileBytes, this.lives.pid);
  }

  async freeDisk(): Promise<void> {
    await this.disk?.free(this.lives.pid);
    this.#isDiskFull = false;
  }

  /** Sets the clock of every service of the tenant ahead of ours. */
  setServiceClock(offsetMs: number): void {
    const { server, graph, tokenService } = this.simulator;
    for (const { options } of [server, graph, tokenService]) options.clockOffsetMs = offsetMs;
  }

  #rule(events: readonly string[], chunkSize: number): ReturnType<typeof ruledResponse> | undefined {
    const manner = this.#manner;
    if (manner === undefined) return undefined;
    this.#turns += 1;
    this.#manners.set(manner, (this.#manners.get(manner) ?? 0) + 1);
    const response = ruledResponse(manner, events, { intakeKey: PLATFORM.intakeKey, chunkSize, turn: this.#turns });
    if (response.status === 200) this.journal.withhold(events.slice(response.stored?.length ?? 0));
    return response;
  }

  #requestsTo(side: Side): number {
    if (side === 'api') return this.service.requests.totals.requests;
    if (side === 'tokens') return this.simulator.tokenService.requests.totals.requests;
    return side === 'intake' ? this.intake.totals().requests : 0;
  }

  /** No mail is received any more; what has been received may still appear and change. */
  stopMail(): void {
    this.#mail.stop(this.service.nowMs());
  }

  /** The rows that the tenant has shown by now, with their statuses. */
  visibleRows(): Iterable<ShownRow> {
    return this.simulator.world.history(this.service.nowMs());
  }

  compare(): Promise<AuditReport> {
    return this.audit.compare(asynchronous(this.visibleRows()));
  }

  async close(): Promise<void> {
    await this.lives.close();
    await Promise.all([this.simulator.close(), this.intake.close(), this.platform.close()]);
  }
}

interface Opened {
  readonly simulator: Simulator;
  readonly intake: Intake;
  readonly platform: Platform;
  readonly disk: Disk | undefined;
  readonly mail: LiveHandle;
  readonly refusals: Refusing;
}

interface Refusing {
  share: number;
}

/** A number in [0, 1) that hangs on the text alone. */
function chanceOf(text: string): number {
  return hash('sha256', text, 'buffer').readUInt32BE() / 2 ** 32;
}

// eslint-disable-next-line @typescript-eslint/require-await -- the audit reads an asynchronous list, as it may come over HTTP
async function* asynchronous(rows: Iterable<ShownRow>): AsyncGenerator<ShownRow> {
  yield* rows;
}
