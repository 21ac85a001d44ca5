import { setTimeout as delay } from 'node:timers/promises';
import { type Stop, type TriggerOptions, type SignInScenarioName } from '@local/testbed';
import { explainRepeats } from '../../../tools/testbed/src/chaos/audit/findings.js';
import { Journal, type BatchResult } from '../../../tools/testbed/src/chaos/audit/journal.js';
import type { ProcessRun } from '../../../tools/testbed/src/chaos/test-bed/process-runs.js';
import { Scenario, second } from '../scenario.js';
import { SeededRandom } from '../seeded-random.js';
import { hangingFolder, type HangStore } from './hanging-store.js';
import { drawMoment, type Conditions, type Moment } from './moment.js';
import type { UnresolvedNames } from './unresolved-names.js';

/** Beyond it the process is killed, so that the next one can be started. */
const timeoutMs = 20 * second;
/** More than the four seconds that a stop waits for an acknowledgement. */
const slowIntakeMs = 6 * second;
/** A busy machine takes its time. */
const startWithinMs = 60 * second;
const chunkSize = 50;
const rowsPerExit = 120;

export interface LaneOptions {
  readonly signInScenario: SignInScenarioName;
  readonly seed: number;
  readonly exits: number;
  readonly names: UnresolvedNames | undefined;
  /** Where the store is none but the data folder. */
  readonly bucket?: { readonly values: Readonly<Record<string, string>>; readonly hang: HangStore };
}

export interface ExitRecord extends Stop {
  readonly moment: Moment;
  /** Whether the process had written anything: before that it may not have got round to listening for signals. */
  readonly hadSpoken: boolean;
}

export interface LaneResult {
  readonly records: readonly ExitRecord[];
  readonly rows: number;
  readonly missing: number;
  /** Events that came again, by cause. */
  readonly repeated: ReadonlyMap<string, number>;
  readonly output: readonly string[];
}

/** One store, one process after the other, each told to stop at a drawn moment; at the end, one that may finish. */
export async function runLane(options: LaneOptions): Promise<LaneResult> {
  const lane = await Lane.open(options);
  try {
    return await lane.run();
  } finally {
    await lane.close();
  }
}

/** What the intake's events are to be entered under. */
interface Present {
  life: number;
  intake: Conditions['intake'];
}

class Lane {
  readonly #options: LaneOptions;
  readonly #scenario: Scenario;
  readonly #journal: Journal;
  readonly #hang: HangStore;
  readonly #random: SeededRandom;
  readonly #lives: ProcessRun[] = [];
  readonly #records: ExitRecord[] = [];
  readonly #now: Present;

  private constructor(options: LaneOptions, scenario: Scenario, journal: Journal, now: Present) {
    this.#options = options;
    this.#scenario = scenario;
    this.#journal = journal;
    this.#hang = options.bucket?.hang ?? hangingFolder(scenario.dataFolder);
    this.#random = new SeededRandom(options.seed);
    this.#now = now;
  }

  static async open(options: LaneOptions): Promise<Lane> {
    const journal = new Journal();
    const now: Present = { life: 0, intake: 'fine' };
    const resultOf = (): BatchResult => (now.intake === 'slow' ? 'fault-slow' : 'accepted');
    const scenario = await Scenario.open({
      signInScenario: options.signInScenario,
      seed: options.seed,
      service: { slowResponseMs: slowIntakeMs },
      graph: { slowResponseMs: slowIntakeMs },
      intake: { slowMs: slowIntakeMs },
      onEvents: (events) => journal.store(events, now.life, resultOf()),
    });
    return new Lane(options, scenario, journal, now);
  }

  async run(): Promise<LaneResult> {
    const { exits, names, bucket } = this.#options;
    const possible = { hasUnresolvedNames: names !== undefined, isFolder: bucket === undefined };
    for (let exit = 0; exit < exits; exit += 1)
      this.#records.push(await this.#exit(drawMoment(this.#random, possible)));
    this.#begin('fine');
    await this.#scenario.start(...this.#started({}));
    const report = await this.#scenario.untilNoneIsMissing(180 * second);
    const repeated = new Map<string, number>();
    const lives = { lives: this.#lives, lastBatchOfLife: this.#journal.lastBatchOfLife };
    for (const { cause, events } of explainRepeats(this.#journal.repeats, lives))
      repeated.set(cause, (repeated.get(cause) ?? 0) + events);
    const { output } = this.#scenario;
    return { records: this.#records, rows: report.visible, missing: report.missing, repeated, output };
  }

  close(): Promise<void> {
    return this.#scenario.close();
  }

  async #exit(moment: Moment): Promise<ExitRecord> {
    const { conditions, afterMs, signal } = moment;
    this.#addMail();
    this.#fail(conditions);
    const makeWell = await this.#hang(conditions.storage);
    this.#begin(conditions.intake);
    let hadSpoken = false;
    const [configuration, more] = this.#started(conditions);
    const onLine = ({ text }: { text: string }) => {
      hadSpoken = true;
      this.#scenario.output.push(text);
    };
    const trigger = await this.#scenario.start(configuration, { ...more, onLine });
    if (moment.from === 'work') await trigger.waitForOutput(/./, { withinMs: startWithinMs });
    await delay(afterMs);
    const spoke = hadSpoken;
    const stop = await trigger.stop(signal, timeoutMs);
    this.#heal();
    await makeWell();
    const { exitCode, signal: ended, tookMs } = stop;
    const isKilled = ended === 'SIGKILL';
    this.#lives.push({
      number: this.#now.life,
      ended: {
        ...{ asked: isKilled ? 'SIGKILL' : 'SIGTERM', impatiently: false, exit: { exitCode, signal: ended } },
        ...{ hadSpoken: spoke, diskWasFull: false, folderHung: conditions.storage !== 'fine', tookMs },
      },
    });
    return { ...stop, moment, hadSpoken: spoke };
  }

  #begin(intake: Conditions['intake']): void {
    this.#now.life += 1;
    this.#now.intake = intake;
  }

  #addMail(): void {
    const now = Date.now();
    this.#scenario.simulator.world.add({ rows: rowsPerExit, from: now - 30 * second, to: now - 100 });
  }

  #fail({ microsoft, tokens, intake, platform }: Conditions): void {
    const { service, simulator } = this.#scenario;
    const kinds = { silent: 'no-answer', failing: 'http-503', slow: 'slow-answer' } as const;
    if (microsoft !== 'fine' && microsoft !== 'unresolved') service.faults.failNext(kinds[microsoft], Infinity);
    if (tokens !== 'fine') simulator.tokenService.faults.failNext(kinds[tokens], Infinity);
    const ofIntake = { silent: 'hang', failing: '503', slow: 'slow' } as const;
    if (intake !== 'fine' && intake !== 'unresolved') this.#scenario.intake.faults.startOutage(ofIntake[intake]);
    if (platform === 'silent') this.#scenario.platform.faults.logs.startOutage('hang');
  }

  #heal(): void {
    const { service, simulator, intake, platform } = this.#scenario;
    service.faults.clear();
    simulator.tokenService.faults.clear();
    intake.faults.endOutage();
    platform.faults.logs.endOutage();
  }

  /** The configuration, and how the process is started. */
  #started(conditions: Partial<Conditions>): [Record<string, unknown>, Partial<TriggerOptions>] {
    const { settings, microsoft, intake } = conditions;
    const { names, bucket } = this.#options;
    const { secret } = this.#scenario.signInScenario;
    const isUnresolved = microsoft === 'unresolved' || intake === 'unresolved';
    const configuration = {
      chunk_size: chunkSize,
      ...(settings === 'refused' && { [secret]: 'n0t-the-right-one' }),
      ...(settings === 'unusable' && { chunk_size: -1 }),
      ...(microsoft === 'unresolved' && { api_url: 'https://api.name-that-hangs.example' }),
      ...(intake === 'unresolved' && { intake_server: 'https://intake.name-that-hangs.example' }),
    };
    const more = {
      ...(bucket && { values: bucket.values }),
      ...(isUnresolved && names && { executable: names.executable }),
    };
    return [configuration, more];
  }
}
