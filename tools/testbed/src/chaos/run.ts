import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { explainRepeats, findingsOf } from './audit/findings.js';
import { HELP, type LabOptions, readCommandLine, UsageError } from './command-line.js';
import { type Catalogue, catalogueOf, kindsOf } from './plan/catalogue.js';
import { choose, unknownNames } from './plan/steps.js';
import { makePlan } from './plan/plan.js';
import { progressLine, reportText, type RunReport } from './report.js';
import { look, settle, type Settled } from './settling.js';
import { RunFolder } from './test-bed/run-folder.js';
import { TestBed } from './test-bed/test-bed.js';
import { SIGN_IN } from './test-bed/sign-in-scenarios.js';
import { Troublemaker } from './troublemaker.js';

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
  const path = join(repository, 'dist/module/main.js');
  if (existsSync(path)) return path;
  throw new UsageError(`dist/module/main.js is not there: run "npm run build" in ${repository} first.`);
}

async function experiment(options: LabOptions, modulePath: string, { write, stop }: RunContext): Promise<number> {
  const plan = makePlan(options.seed, options.minutes * 60_000, catalogueFor(options));
  const folder = await RunFolder.open();
  write(
    `Seed ${options.seed}: ${plan.steps.length} steps of trouble in ${options.minutes} min. Log: ${folder.path}/run.log\n`,
  );
  const testBed = await TestBed.open({ options, modulePath, folder });
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
  testBed: TestBed,
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

async function conclude(testBed: TestBed, { options, settled, folder, kills }: Ended): Promise<RunReport> {
  const { journal, lives, logs, secrets, disk, simulator, intake } = testBed;
  await searchFiles(testBed, folder.dataFolder);
  return {
    options,
    kills,
    // Once more: the process has ended since, and nothing may have come of it.
    rows: await look(testBed, folder.dataFolder),
    audit: await testBed.compare(),
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

async function searchFiles({ secrets }: TestBed, dataFolder: string): Promise<void> {
  const files = await readdir(dataFolder, { recursive: true, withFileTypes: true });
  for (const file of files.filter((entry) => entry.isFile()))
    secrets.look(`file ${file.name}`, await readFile(join(file.parentPath, file.name), 'latin1'));
}
