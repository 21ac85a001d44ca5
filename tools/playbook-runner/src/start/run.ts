/** What the line tells of one playbook. */
import type { PlaybookState } from '../wire/playbook.js';
import type { DeliveryAudit, LogLine } from '../wire/live.js';
import { intakeOf, type Playbook } from '../playbooks/playbook.js';
import type { Playbooks } from '../playbooks/playbooks.js';
import { once } from 'node:events';
import { join } from 'node:path';
import type { WriteStream } from 'node:tty';
import { removeLeftSettings } from '@local/testbed';
import { type LiveLine, openLiveLine } from '../terminal/live-line.js';
import { findBuiltFiles, HELP, readCommandLine, type StartOptions, UsageError } from './command-line.js';
import { claimDataFolder } from './claim-data-folder.js';
import { LocalRunner } from './local-runner.js';

export interface Summarised {
  readonly state: PlaybookState['name'];
  readonly events: number;
  readonly eventsLastMinute: number;
  readonly lagSeconds: number | null;
  readonly audit: Pick<DeliveryAudit, 'missing' | 'repeated' | 'unknown'> | null;
}

/**
 * Such as `1 running · missing 0, repeated 0 · 1,204 events, 21/min · lag 3 s`: sums over all, and the longest lag.
 * What matters most comes first, as a narrow terminal cuts off the end.
 */
export function summaryLine(playbooks: readonly Summarised[]): string {
  const sum = (value: (playbook: Summarised) => number) =>
    playbooks.reduce((total, playbook) => total + value(playbook), 0);
  const number = (value: (playbook: Summarised) => number) => sum(value).toLocaleString('en-US');
  const started = playbooks.filter(({ state }) => state !== 'ready-to-start' && state !== 'configuration-issues');
  const lags = started.flatMap(({ lagSeconds }) => lagSeconds ?? []);
  const audit = started.flatMap((playbook) => playbook.audit ?? []);
  const total = (name: keyof DeliveryAudit & keyof (typeof audit)[number]) =>
    audit.reduce((all, one) => all + one[name], 0).toLocaleString('en-US');
  return [
    describeStates(started.map(({ state }) => state)),
    ...(audit.length > 0 ? [`missing ${total('missing')}, repeated ${total('repeated')}`] : []),
    ...(audit.some(({ unknown }) => unknown > 0) ? [`unknown ${total('unknown')}`] : []),
    `${number(({ events }) => events)} events, ${number(({ eventsLastMinute }) => eventsLastMinute)}/min`,
    ...(lags.length > 0 ? [`lag ${Math.round(Math.max(...lags))} s`] : []),
  ].join(' · ');
}

function describeStates(states: readonly PlaybookState['name'][]): string {
  if (states.length === 0) return 'none running';
  const counts = new Map<string, number>();
  for (const state of states) {
    const word = state === 'trigger-crashed' ? 'crashed' : state;
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts].map(([word, count]) => `${count} ${word}`).join(', ');
}

const DEMO_ID = 'demo';

export interface DemoOptions {
  /** Seconds; undefined: as it was. */
  readonly frequency: number | undefined;
  /** Of its intake's answers that fail, 0 … 1. */
  readonly faultShare: number;
}

/**
 * Starts the playbook that shows the module at work, and creates it where it is missing. A playbook that a user has
 * given another tenant or intake is left alone. Otherwise it would lose its credentials, or send made-up mail to an
 * intake that is watched.
 *
 * @returns whether it was started
 */
export async function startDemo(playbooks: Playbooks, { frequency, faultShare }: DemoOptions): Promise<boolean> {
  const stored = playbooks.find(DEMO_ID);
  if (stored && !staysOnThisMachine(stored)) return false;
  const demo = stored ?? (await addDemo(playbooks));
  await demo.saved.useSimulatedTenant(frequency);
  demo.changeIntake({ faultShare });
  await playbooks.start(DEMO_ID);
  return true;
}

/** Also where it was made and never filled in. */
function staysOnThisMachine({ usesSimulatedTenant, saved }: Playbook): boolean {
  const { settings } = saved.stored.stored;
  return intakeOf(settings) === 'own' && (usesSimulatedTenant || Object.keys(settings).length === 0);
}

function addDemo(playbooks: Playbooks): Promise<Playbook> {
  return playbooks.add({ id: DEMO_ID, name: 'Demo: simulated tenant', trigger: 'message_trace' });
}

/** Steps over marks beyond the third on one letter: no language needs more, and a tower of them hides other lines. */
const EXCESS_MARKS = /(\p{M}{3})\p{M}+/gu;

/** Joins emoji and chooses how they look; terminals disagree on the width of the result. */
const JOINERS = /[\u200c\u200d\ufe00-\ufe0f]/gu;

/**
 * Controls, formats (such as those that turn the direction of text), line separators, and what stands for no character.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}]/gu;

/**
 * A foreign text as one harmless line: nothing in it can move the cursor, colour, reverse or hide what is around it.
 *
 * Control characters are shown by their pictures (escape as ␛), everything else that cannot be printed as �.
 */
export function printable(text: string): string {
  return text.replace(JOINERS, '').replace(UNPRINTABLE, picture).replace(EXCESS_MARKS, '$1');
}

function picture(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  return code === 0x7f ? '␡' : '�';
}

export interface Outputs {
  readonly output: WriteStream;
  /** For what is wrong with the command. */
  readonly errors: Pick<WriteStream, 'write'>;
}

/**
 * What `npm start` does, until `stop` aborts.
 *
 * Resolves with the exit code: 0 for success, 1 where a trigger had to be killed, 2 where the user can correct the
 * command.
 */
export async function run(
  argv: readonly string[],
  repository: string,
  { output, errors }: Outputs,
  stop: AbortSignal,
): Promise<number> {
  try {
    const options = readCommandLine(argv, process.env);
    if (options === 'help') {
      output.write(HELP);
      return 0;
    }
    const dataFolder = options.dataFolder ?? join(repository, '.data');
    const release = await claimDataFolder(dataFolder);
    try {
      return await live({ ...options, dataFolder }, repository, output, stop);
    } finally {
      release();
    }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    errors.write(`${error.message}\n`);
    return 2;
  }
}

async function live(
  options: StartOptions & { readonly dataFolder: string },
  repository: string,
  output: WriteStream,
  stop: AbortSignal,
): Promise<number> {
  let line: LiveLine | undefined;
  const say = (text: string) => {
    if (line) line.above(text);
    else output.write(`${text}\n`);
  };
  await removeLeftSettings();
  const runner = await LocalRunner.start({
    ...options,
    repository,
    files: findBuiltFiles(repository),
    ...(options.fresh && { forget: DEMO_ID }),
    onTrouble: say,
    onLine: (logged, playbook) => {
      if (logged.level !== 'debug' && logged.level !== 'info') say(renderNotice(logged, playbook));
    },
  });
  let killed: readonly string[];
  try {
    if (options.port !== 0 && runner.port !== options.port) {
      say(`Port ${options.port} is taken: the page is on ${runner.port}.`);
    }
    say(`\n  ${runner.address}\n\nCtrl-C stops everything.`);
    if (options.demo) {
      await showDemo(runner.playbooks, options, say);
    }
    line = openLiveLine(output, () => summaryLine(runner.playbooks.all().map(summarise)));
    if (!stop.aborted) await once(stop, 'abort');
  } finally {
    killed = await runner.stop();
    line?.close();
  }
  output.write(`${summaryLine(runner.playbooks.all().map(summarise))}\n`);
  for (const name of killed)
    output.write(`${printable(name)}: the trigger did not stop within its time and was killed.\n`);
  return killed.length === 0 ? 0 : 1;
}

async function showDemo(playbooks: Playbooks, options: DemoOptions, say: (text: string) => void): Promise<void> {
  try {
    if (await startDemo(playbooks, options)) return;
    say(
      'The demo has a tenant or an intake of your own: it is left alone. Start it on the page, or add another playbook.',
    );
  } catch (error) {
    say(`There is no demo: ${String(error)}`);
  }
}

function summarise(playbook: Playbook): Summarised {
  const { events } = playbook.observations;
  return {
    state: playbook.summary().state.name,
    events: events.total,
    eventsLastMinute: events.inLastMinute(Date.now()),
    lagSeconds: playbook.lagSeconds,
    audit: playbook.audit?.picture() ?? null,
  };
}

function renderNotice({ atMs, level, message }: LogLine, playbook: Playbook): string {
  return `${new Date(atMs).toISOString().slice(11, 19)} ${printable(playbook.name)}: ${level}: ${printable(message)}`;
}
