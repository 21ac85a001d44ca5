import { hash } from 'node:crypto';
import { graphFaults } from '../../microsoft/graph/service-faults.js';
import type { LiveHandle } from '../../microsoft/world/mail-world.js';
import { reportingFaults } from '../../microsoft/reporting-web-service/service-faults.js';
import { tokenFaults } from '../../microsoft/token-service/wording.js';
import { INTAKE_FAULTS } from '../../sekoia/intake-totals.js';
import { SERVER_FAULTS } from '../../sekoia/server-faults.js';
import { startTestBed, TestBed, type TestBedParts } from '../../test-bed/test-bed.js';
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
import {
  addMail,
  BULK_HOURS,
  bulkRows,
  IDENTITIES,
  MAX_CHANGE_MS,
  SECRETS,
  SIGN_IN,
  TENANT_OPTIONS,
} from './tenant.js';

/**
 * Longer than rows take plus all that Microsoft's clock can jump while a range is read: what is later than that is
 * rightly not looked for.
 */
const LATE_WINDOW_MINUTES = Math.ceil((MAX_CHANGE_MS + 2 * MAX_OFFSET_MS) / 60_000) + 1;
/** More than the four seconds for which a stop waits for an acknowledgement. */
const SLOW_INTAKE_MS = 5000;
/** Fingerprints of all rows several times over, and room to spare. */
const DISK_BYTES_PER_ROW = 100;
const LEAST_DISK_BYTES = 8 << 20;

export interface ChaosOptions {
  readonly options: LabOptions;
  readonly modulePath: string;
  readonly folder: RunFolder;
}

/** A test bed in which everything can fail, with the disk and the processes of the module. */
export class ChaosTestBed extends TestBed {
  readonly journal = new Journal();
  readonly logs = new LogTally();
  readonly disk: Disk | undefined;
  readonly lives: ProcessRunner;
  readonly secrets: SecretWatch;
  readonly sides: Readonly<Record<Side, FaultySide>>;
  readonly status: StatusWatch;
  readonly #mail: LiveHandle;
  readonly #dataFolder: string;
  #refusedShare = 0;
  #isDiskFull = false;
  #endHang: (() => Promise<void>) | undefined;
  #manner: IntakeManner | undefined;
  #turns = 0;
  readonly #manners = new Map<IntakeManner, number>();

  private constructor({ options, folder, modulePath }: ChaosOptions, parts: TestBedParts, disk: Disk | undefined) {
    super(parts);
    this.disk = disk;
    this.#mail = addMail(this.simulator.world, options.rate);
    this.#dataFolder = folder.dataFolder;
    const { server, graph, tokenService } = this.simulator;
    this.sides = {
      api:
        this.signInScenario.api === 'graph'
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
    this.intake.refuseEvents((event) => chanceOf(event) < this.#refusedShare);
    this.secrets = new SecretWatch(
      SECRETS,
      () => tokenService.issued,
      (sentence) => folder.log('lab', `SECRET SEEN in ${sentence}`),
    );
    this.lives = new ProcessRunner({
      trigger: {
        ...this.triggerOptions({
          late_window: LATE_WINDOW_MINUTES,
          start_time: BULK_HOURS + 1,
          chunk_size: options.chunkSize,
        }),
        modulePath,
        dataFolder: folder.dataFolder,
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

  static async open(chaos: ChaosOptions): Promise<ChaosTestBed> {
    const { options, folder } = chaos;
    // The intake and the platform report what they receive to the test bed, which is built from them.
    let testBed: ChaosTestBed | undefined = undefined as ChaosTestBed | undefined;
    const parts = await startTestBed({
      signInScenario: SIGN_IN[options.signInScenario],
      identities: IDENTITIES,
      seed: options.seed,
      faultSeed: options.seed,
      ...TENANT_OPTIONS,
      intake: { keep: 0, slowMs: SLOW_INTAKE_MS },
      platform: { keep: 0, onLog: ({ message }) => testBed?.secrets.look('platform logs', message) },
      onEvents: (events) => testBed?.receive(events),
    });
    const rows = bulkRows(options.rate) + (options.rate * options.minutes) / 60;
    const disk = await openDisk(folder.dataFolder, LEAST_DISK_BYTES + Math.ceil(rows) * DISK_BYTES_PER_ROW);
    testBed = new ChaosTestBed(chaos, parts, disk);
    return testBed;
  }

  /**
   * Enters what the intake has just stored, and what became of the request: that is known as soon as the intake has
   * counted it.
   */
  receive(events: readonly string[]): void {
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
    this.#refusedShare = share;
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

  #rule(events: readonly string[], chunkSize: number): ReturnType<typeof ruledResponse> | undefined {
    const manner = this.#manner;
    if (manner === undefined) return undefined;
    this.#turns += 1;
    this.#manners.set(manner, (this.#manners.get(manner) ?? 0) + 1);
    const response = ruledResponse(manner, events, { intakeKey: IDENTITIES.intakeKey, chunkSize, turn: this.#turns });
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

  override async close(): Promise<void> {
    await this.lives.close();
    await super.close();
  }
}

/** A number in [0, 1) that hangs on the text alone. */
function chanceOf(text: string): number {
  return hash('sha256', text, 'buffer').readUInt32BE() / 2 ** 32;
}
