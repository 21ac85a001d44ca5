import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { identifyEvent } from '../audit/row-identity.js';
import { keyOf } from './audit/journal.js';
import { setTimeout as delay } from 'node:timers/promises';
import { explainRepeats, findingsOf, findLost, type RowsFound } from './audit/findings.js';
import { ChaosTestBed } from './test-bed/chaos-test-bed.js';
import { MAX_CHANGE_MS, SIGN_IN } from './test-bed/tenant.js';
import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { HELP, type LabOptions, readCommandLine, UsageError } from './command-line.js';
import { type Catalogue, catalogueOf, kindsOf } from './plan/catalogue.js';
import { choose, unknownNames } from './plan/steps.js';
import { makePlan } from './plan/plan.js';
import { progressLine, reportText, type RunReport } from './report.js';
import { RunFolder } from './test-bed/run-folder.js';
import { Troublemaker } from './troublemaker.js';

/**
 * The rows that the module has set aside in `rejected/` of its data folder, as keys. Lines that a crash has torn are
 * passed over.
 */
export async function readRejectedRows(dataFolder: string): Promise<ReadonlySet<string>> {
  const folder = join(dataFolder, 'rejected');
  const names = await readdir(folder).catch(() => []);
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  const keys = texts.flatMap((text) => text.split('\n')).flatMap(keyOfLine);
  return new Set(keys);
}

function keyOfLine(line: string): string[] {
  try {
    const { row } = JSON.parse(line) as { row?: unknown };
    const identity = identifyEvent(JSON.stringify(row));
    return identity === undefined ? [] : [keyOf(identity)];
  } catch {
    return [];
  }
}

interface Span {
  readonly start: string;
  readonly end: string;
}

/**
 * Says of a time, in milliseconds since 1970, whether `context.json` has set it aside. None is where that cannot be
 * read.
 */
export async function readSetAsideTime(dataFolder: string): Promise<(receivedMs: number) => boolean> {
  const text = await readFile(join(dataFolder, 'context.json'), 'utf8').catch(() => '{}');
  const spans = spansIn(text).map(({ start, end }) => ({ fromMs: Date.parse(start), toMs: Date.parse(end) }));
  return (receivedMs) => spans.some(({ fromMs, toMs }) => receivedMs >= fromMs && receivedMs < toMs);
}

function spansIn(text: string): readonly Span[] {
  try {
    return (JSON.parse(text) as { set_aside?: readonly Span[] }).set_aside ?? [];
  } catch {
    return [];
  }
}

/**
 * A minute or two for a settings error that was just met, two for an answer that never comes, and what the passes take.
 */
const MAX_WAIT_MS = 360_000;
/** Time that was set aside is asked for again after 15 minutes. */
const MAX_LATE_MS = 1_020_000;
const LOOK_EVERY_MS = 1000;

interface Settled {
  readonly rows: RowsFound;
  /** From the end of the trouble until nothing was missing; undefined: something still was when the time was up. */
  readonly tookMs: number | undefined;
  /** From the end of the trouble until every row had appeared and changed for the last time. */
  readonly shownAfterMs: number;
}

/**
 * Waits until all that the tenant will ever show has been shown and has arrived, and the status is ok; not for ever.
 */
async function settle(testBed: ChaosTestBed, dataFolder: string): Promise<Settled> {
  const startedMs = performance.now();
  const shownAfterMs = MAX_CHANGE_MS;
  testBed.stopMail();
  await delay(shownAfterMs);
  let settledMs: number | undefined;
  for (;;) {
    const rows = await look(testBed, dataFolder);
    const tookMs = performance.now() - startedMs;
    if (rows.lost.length === 0) settledMs ??= tookMs;
    const isDone = rows.lost.length === 0 && rows.late === 0 && testBed.status.isSettled;
    const limitMs = rows.late > 0 ? MAX_LATE_MS : MAX_WAIT_MS;
    if (isDone || tookMs >= limitMs)
      return { rows, tookMs: rows.lost.length === 0 ? settledMs : undefined, shownAfterMs };
    await delay(LOOK_EVERY_MS);
  }
}

/** What has become of the rows so far. */
async function look(testBed: ChaosTestBed, dataFolder: string): Promise<RowsFound> {
  const [rejected, isSetAside] = await Promise.all([readRejectedRows(dataFolder), readSetAsideTime(dataFolder)]);
  return findLost(testBed.visibleRows(), testBed.journal, { rejected, isSetAside });
}

const PROGRESS_EVERY_MS = 10_000;

export interface RunContext {
  readonly repository: string;
  readonly write: (text: string) => void;
  /** Aborted to end the trouble early. */
  readonly stop: AbortSignal;
}

/**
 * Implements `npm run chaos`. Resolves with the exit code: 0 for success, 1 where something was found, 2 where the user
 * can correct the command.
 */
export async function run(argv: readonly string[], context: RunContext): Promise<number> {
  try {
    const options = readCommandLine(argv, randomInt(1_000_000));
    if (options !== 'help') return await experiment(options, findModule(context.repository), context);
    context.write(HELP);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    context.write(`${error.message}\n`);
    return 2;
  }
}

function findModule(repository: string): string {
  const path = join(repository, 'dist/bundle/main.js');
  if (existsSync(path)) return path;
  throw new UsageError(`dist/bundle/main.js is not there: run "npm run build" in ${repository} first.`);
}

async function experiment(options: LabOptions, modulePath: string, { write, stop }: RunContext): Promise<number> {
  const plan = makePlan(options.seed, options.minutes * 60_000, catalogueFor(options));
  const folder = await RunFolder.open();
  write(
    `Seed ${options.seed}: ${plan.steps.length} steps of trouble in ${options.minutes} min. Log: ${folder.path}/run.log\n`,
  );
  const testBed = await ChaosTestBed.open({ options, modulePath, folder });
  let isClean = false;
  try {
    const troublemaker = new Troublemaker(testBed, (text) => folder.log('lab', text));
    const endProgress = reportProgress(testBed, folder, troublemaker, write);
    let settled: Settled;
    try {
      await testBed.lives.start();
      await troublemaker.carryOut(plan, stop);
      folder.log('lab', 'the trouble is over');
      settled = await settle(testBed, folder.dataFolder);
    } finally {
      endProgress();
    }
    await testBed.lives.close();
    const report = await conclude(testBed, { options, settled, folder, kills: troublemaker.kills });
    folder.log('lab', `the report:\n${reportText(report)}`);
    write(reportText(report));
    isClean = findingsOf(report).length === 0;
  } finally {
    await testBed.close();
    if (options.keep || !isClean) await folder.saveData();
    await testBed.disk?.close();
    await folder.close();
    if (options.keep || !isClean) write(`Data folder and log are kept in ${folder.path}\n`);
    else await folder.remove();
  }
  return isClean ? 0 : 1;
}

/** @throws {UsageError} where a name stands for nothing. */
function catalogueFor({ signInScenario, only, without }: LabOptions): Catalogue {
  const { api } = SIGN_IN[signInScenario];
  const [unknown] = unknownNames([...only, ...without], kindsOf(catalogueOf(api)));
  if (unknown === undefined) return catalogueOf(api, choose(only, without));
  const known = kindsOf(catalogueOf(api)).sort().join(', ');
  throw new UsageError(`There is no kind "${unknown}" to leave out or to keep. There are: ${known}.`);
}

function reportProgress(
  testBed: ChaosTestBed,
  folder: RunFolder,
  troublemaker: Troublemaker,
  write: (text: string) => void,
): () => void {
  const startedMs = performance.now();
  const show = async () => {
    const { rows, lost } = await look(testBed, folder.dataFolder);
    const standing = {
      elapsedMs: performance.now() - startedMs,
      rows,
      missing: lost.length,
      events: testBed.intake.totals().events,
      repeated: testBed.journal.repeats.reduce((sum, { events }) => sum + events, 0),
      kills: troublemaker.kills,
      peakMemoryMiB: testBed.lives.peakMemoryMiB,
    };
    write(progressLine(standing));
  };
  const timer = setInterval(() => void show(), PROGRESS_EVERY_MS);
  return () => clearInterval(timer);
}

interface Ended {
  readonly options: LabOptions;
  readonly settled: Settled;
  readonly folder: RunFolder;
  readonly kills: number;
}

async function conclude(testBed: ChaosTestBed, { options, settled, folder, kills }: Ended): Promise<RunReport> {
  const { journal, lives, logs, secrets, disk, simulator, intake } = testBed;
  await searchFiles(testBed, folder.dataFolder);
  return {
    options,
    kills,
    // Once more: the process has ended since, and nothing may have come of it.
    rows: await look(testBed, folder.dataFolder),
    audit: await testBed.report(),
    repeats: explainRepeats(journal.repeats, { lives: lives.past, lastBatchOfLife: journal.lastBatchOfLife }),
    lives: lives.past,
    peakMemoryMiB: lives.peakMemoryMiB,
    leaks: secrets.places,
    odd: logs.odd,
    violations: testBed.status.violations,
    looks: testBed.status.looks,
    anomalies: logs.anomalies,
    logsByLevel: logs.byLevel,
    results: {
      API: testBed.service.requests.totals.byResult,
      Tokens: simulator.tokenService.requests.totals.byResult,
      Intake: intake.totals().results,
      Manners: Object.fromEntries(testBed.manners),
    },
    diskManner: disk?.manner,
    settledAfterMs: settled.tookMs,
    shownAfterMs: settled.shownAfterMs,
  };
}

async function searchFiles({ secrets }: ChaosTestBed, dataFolder: string): Promise<void> {
  const files = await readdir(dataFolder, { recursive: true, withFileTypes: true });
  for (const file of files.filter((entry) => entry.isFile()))
    secrets.look(`file ${file.name}`, await readFile(join(file.parentPath, file.name), 'latin1'));
}
