import { once } from 'node:events';
import { join } from 'node:path';
import type { WriteStream } from 'node:tty';
import type { Playbook } from '../playbooks/playbook.js';
import type { Playbooks } from '../playbooks/playbooks.js';
import { removeLeftSettings } from '../runner/settings-folder.js';
import { type LiveLine, openLiveLine } from '../terminal/live-line.js';
import { printable } from '../terminal/printable.js';
import type { LogLine } from '../wire/live.js';
import { findBuiltFiles } from './built-files.js';
import { claimDataFolder } from './claim-data-folder.js';
import { HELP, readCommandLine, type StartOptions, UsageError } from './command-line.js';
import { DEMO_ID, type DemoOptions, startDemo } from './demo.js';
import { LocalRunner } from './local-runner.js';
import { type Summarised, summaryLine } from './summary-line.js';

export interface Outputs {
  readonly output: WriteStream;
  /** For what is wrong with the command. */
  readonly errors: Pick<WriteStream, 'write'>;
}

/**
 * What `npm start` does, until `stop` aborts.
 *
 * Resolves with the exit code: 0; 1 where a trigger had to be killed; 2 where whoever typed the command can mend it.
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
