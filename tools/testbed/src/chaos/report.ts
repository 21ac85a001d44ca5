import type { LabOptions } from './command-line.js';
import { eventsOf, type ExplainedRepeats, findingsOf, type Outcome } from './audit/findings.js';
import { endedWell, type ProcessRun } from './test-bed/process-runs.js';
import type { Violation } from './status/status-watch.js';

/** How a run stands. */
export interface Standing {
  readonly elapsedMs: number;
  readonly rows: number;
  readonly missing: number;
  readonly events: number;
  readonly repeated: number;
  readonly kills: number;
  readonly peakMemoryMiB: number;
}

export function progressLine(standing: Standing): string {
  const { rows, missing, events, repeated, kills } = standing;
  const elapsed = Math.round(standing.elapsedMs / 1000);
  const clock = `${Math.floor(elapsed / 60)}:${String(elapsed % 60).padStart(2, '0')}`;
  const memory = `${Math.round(standing.peakMemoryMiB)} MiB`;
  return `${clock}  ${rows} rows, ${missing} not delivered yet; ${events} events, ${repeated} repeated; ${kills} kills, ${memory}\n`;
}

/** All that the report tells. Durations in milliseconds. */
export interface RunReport extends Outcome {
  readonly options: LabOptions;
  readonly kills: number;
  /** How often each result was counted, by who counted it. */
  readonly results: Readonly<Record<string, Readonly<Partial<Record<string, number>>>>>;
  /** How often the status had to be what. */
  readonly looks: ReadonlyMap<string, number>;
  readonly logsByLevel: ReadonlyMap<string, number>;
  /** The first of the lines that ask to be reported. */
  readonly anomalies: readonly string[];
  /** Undefined: the disk was never full, as there was no way to make it so. */
  readonly diskManner: string | undefined;
  /** From the end of the trouble until nothing was missing; undefined: never. */
  readonly settledAfterMs: number | undefined;
  readonly shownAfterMs: number;
}

const MAX_LISTED = 20;

/** The report as text, a line for each thing. */
export function reportText(run: RunReport): string {
  const findings = findingsOf(run);
  const lines = [
    `Plan       seed ${run.options.seed}, ${run.options.minutes} min, way ${run.options.signInScenario}, chunks of ${run.options.chunkSize}, ${run.options.rate} rows/h`,
    ...rowLines(run),
    ...repeatLines(run.repeats),
    ...Object.entries(run.results).map(([who, results]) => line(who, tallyText(countsIn(results)))),
    line('Disk', run.diskManner ?? 'never full: neither a file system nor a limit could be set here'),
    ...processLines(run),
    line('Logs', tallyText([...run.logsByLevel])),
    ...run.anomalies.map((text) => line('', text)),
    ...statusLines(run),
    line('Secrets', run.leaks.size === 0 ? 'none seen outside' : `SEEN in ${tallyText([...run.leaks])}`),
    '',
    ...(findings.length === 0 ? ['All is well.'] : findings.map((finding) => `FOUND: ${finding}`)),
  ];
  return `${lines.join('\n')}\n`;
}

function rowLines({ rows, audit, settledAfterMs, shownAfterMs }: RunReport): string[] {
  const settled =
    settledAfterMs === undefined
      ? 'something was missing to the end'
      : `nothing was missing ${seconds(settledAfterMs)} after the trouble, ${seconds(settledAfterMs - shownAfterMs)} after the last change was shown`;
  return [
    line(
      'Rows',
      `${rows.rows} visible, with ${rows.statuses} statuses; ${rows.passedUndelivered} passed before anybody looked`,
    ),
    line(
      'Had to',
      `${rows.statuses - rows.passedUndelivered} statuses had to be seen: of each row the last, and each earlier one that was`,
    ),
    line('Events', `${audit.delivered} delivered, ${audit.repeated} of them repeated`),
    line('Refused', `${rows.refused} rows by the intake for good; they lie in rejected/`),
    line('Lost', `${rows.lost.length} rows`),
    line('Late', `${rows.late} rows, of time that is set aside`),
    ...listed(
      rows.lost,
      ({ traceId, recipient, status, wasWithheld }) =>
        `${wasWithheld ? 'not named by the intake' : 'unexplained'}: ${traceId} ${recipient} ${status}`,
    ),
    line('Settled', settled),
  ];
}

function repeatLines(repeats: readonly ExplainedRepeats[]): string[] {
  const causes = [...new Set(repeats.map(({ cause }) => cause))];
  const byCause = causes.map((cause): [string, number] => [
    cause,
    eventsOf(repeats.filter((repeat) => repeat.cause === cause)),
  ]);
  return [line('Repeats', tallyText(byCause)), ...listed(repeats, repeatText)];
}

function repeatText({ cause, events, first, again }: ExplainedRepeats): string {
  const from = `batch ${first.number} (process ${first.life}, ${first.result})`;
  return `${cause}: ${events} of the ${first.events} events of ${from} came again in batch ${again.number} (process ${again.life})`;
}

function processLines({ lives, kills, peakMemoryMiB }: RunReport): string[] {
  const ends = new Map<string, number>();
  for (const life of lives) ends.set(endText(life), (ends.get(endText(life)) ?? 0) + 1);
  const badEnds = lives.filter((life) => !endedWell(life));
  return [
    line('Processes', `${lives.length}, ${kills} ended by the plan; ${tallyText([...ends])}`),
    ...listed(badEnds, ({ number, ended }) => `not as it should: process ${number}, ${JSON.stringify(ended)}`),
    line('Stops', stopTimes(lives)),
    line('Memory', `${Math.round(peakMemoryMiB)} MiB at most`),
  ];
}

function statusLines({ looks, violations }: RunReport): string[] {
  const text = `looks at /health by what it had to say: ${tallyText([...looks])}; wrong ${violations.length} times`;
  return [line('Status', text), ...listed(violations, violationText)];
}

function violationText({ fromMs, untilMs, looks, process, what, troubles, reasons }: Violation): string {
  const when = `${seconds(fromMs)} to ${seconds(untilMs)} (${looks} looks)`;
  return `${when} process ${process}: ${what}; failing: ${troubles.join(' | ') || 'nothing'}; reasons: ${reasons}`;
}

/** How long stops took. */
function stopTimes(lives: readonly ProcessRun[]): string {
  const times = lives.flatMap(({ ended }) => (ended?.asked === 'SIGTERM' ? [ended.tookMs ?? 0] : []));
  if (times.length === 0) return 'none';
  const sorted = times.sort((one, other) => one - other);
  const at = (share: number) => seconds(sorted[Math.floor(share * (sorted.length - 1))] ?? 0);
  return `${sorted.length} by SIGTERM: half within ${at(0.5)}, 95 % within ${at(0.95)}, all within ${at(1)}`;
}

/** The first few, a line each. */
function listed<Item>(items: readonly Item[], text: (item: Item) => string): string[] {
  const more = items.length - MAX_LISTED;
  return [
    ...items.slice(0, MAX_LISTED).map((item) => line('', text(item))),
    ...(more > 0 ? [line('', `and ${more} more`)] : []),
  ];
}

function endText({ ended }: ProcessRun): string {
  const how = ended?.exit.signal ?? `exit code ${ended?.exit.exitCode ?? 'unknown'}`;
  return `${ended?.asked ?? 'by itself'} → ${how}`;
}

function tallyText(tally: readonly (readonly [string, number])[]): string {
  if (tally.length === 0) return 'none';
  return [...tally]
    .sort(([, one], [, other]) => other - one)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}

function countsIn(results: Readonly<Partial<Record<string, number>>>): [string, number][] {
  return Object.entries(results).map(([result, count = 0]) => [result, count]);
}

function line(title: string, text: string): string {
  return `${title.padEnd(10)} ${text}`;
}

function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(1)} s`;
}
