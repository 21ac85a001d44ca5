import { lstat, mkdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { HttpError } from '@local/testbed';
import type { ActionCard } from '../cards/read-cards.js';
import { InvalidSettingsError } from '../playbooks/stored-playbook.js';
import type { ActionResults, ActionRun, ActionState } from '../wire/module.js';
import type { ConnectedAccount } from './connected-account.js';
import { ModuleCommand, type Report } from './module-command.js';

/** How a member of the results names a file with a list that is too large for the platform. */
const PATH = /^(.+)_path$/;
/** More than an action writes: 100,000 rows take some 50 MB. */
const MAX_FILE_BYTES = 256 << 20;

type Arguments = Readonly<Record<string, unknown>>;

export interface ActionsOptions {
  /** By their `docker_parameters`. */
  readonly cards: ReadonlyMap<string, ActionCard>;
  readonly account: ConnectedAccount;
  /** The module's compiled entry. */
  readonly modulePath: string;
  /** Where the runs leave files, each in a folder of its own. */
  readonly folder: string;
}

/** One run of an action. */
interface Run {
  readonly number: number;
  readonly card: ActionCard;
  readonly given: Arguments;
  readonly command: ModuleCommand;
  state: ActionState;
  isStopping: boolean;
  report: Report;
  results: ActionResults | undefined;
}

/** The module's actions, run one by one as a playbook would, and what came of the last run of each. */
export class Actions {
  readonly #options: ActionsOptions;
  readonly #last = new Map<string, Run>();
  readonly #opening = new Map<string, Promise<Run>>();
  #started = 0;
  #isClosed = false;

  constructor(options: ActionsOptions) {
    this.#options = options;
  }

  pictures(): readonly ActionRun[] {
    return [...this.#last.values()].map(pictureOf);
  }

  /** The last run. @throws {HttpError} 404 where there is no such action, or it was not run. */
  picture(command: string): ActionRun {
    return pictureOf(this.#lastOf(command));
  }

  /** @throws {HttpError} 404 where there are none. */
  results(command: string): ActionResults {
    const { results } = this.#lastOf(command);
    if (results === undefined) throw new HttpError(404, 'The action has no results: run it.');
    return results;
  }

  /** @throws {HttpError} 404, 409 while it runs, 422 where arguments are missing or wrong. */
  async run(command: string, given: Arguments): Promise<ActionRun> {
    const card = this.#cardOf(command);
    const unknown = Object.keys(given).filter((name) => !Object.hasOwn(card.schema.properties, name));
    const problems = [
      ...unknown.map((setting) => ({ setting, message: 'The action has no such argument: leave it out.' })),
      ...card.check(given),
    ];
    if (problems.length > 0)
      throw new InvalidSettingsError('Some arguments are missing or wrong: correct them.', problems);
    if (this.#isClosed) throw new HttpError(409, 'The runner is being stopped: start it again with npm start.');
    if (this.#opening.has(command) || this.#last.get(command)?.state === 'running')
      throw new HttpError(409, 'The action runs already: wait for its end, or stop it.');
    const opening = this.#open(card, given);
    this.#opening.set(command, opening);
    try {
      const run = await opening;
      this.#last.set(command, run);
      return pictureOf(run);
    } finally {
      this.#opening.delete(command);
    }
  }

  /** Begins to stop. @throws {HttpError} 404; 409 where it does not run. */
  stop(command: string): ActionRun {
    const run = this.#lastOf(command);
    if (run.state !== 'running') throw new HttpError(409, 'The action does not run: there is nothing to stop.');
    void stop(run);
    return pictureOf(run);
  }

  /** Stops what runs. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled(this.#opening.values());
    await Promise.all([...this.#last.values()].filter(({ state }) => state === 'running').map(stop));
  }

  #cardOf(command: string): ActionCard {
    const card = this.#options.cards.get(command);
    if (card === undefined) throw new HttpError(404, 'There is no such action: go back to the list.');
    return card;
  }

  #lastOf(command: string): Run {
    const run = this.#last.get(this.#cardOf(command).command);
    if (run === undefined) throw new HttpError(404, 'The action was not run yet: run it.');
    return run;
  }

  async #open(card: ActionCard, given: Arguments): Promise<Run> {
    const { account, modulePath, folder } = this.#options;
    this.#started += 1;
    const number = this.#started;
    const dataFolder = join(folder, String(number));
    await mkdir(dataFolder, { recursive: true, mode: 0o700 });
    const command = await ModuleCommand.start({
      modulePath,
      command: card.command,
      account: account.whole,
      secrets: () => account.everySecret,
      arguments: given,
      dataFolder,
    });
    const run: Run = {
      number,
      card,
      given,
      command,
      state: 'running',
      isStopping: false,
      report: {},
      results: undefined,
    };
    void finish(run, dataFolder);
    return run;
  }
}

async function stop(run: Run): Promise<void> {
  run.isStopping = true;
  await run.command.stop();
}

/** Takes over what the module reports. Never rejects. */
async function finish(run: Run, dataFolder: string): Promise<void> {
  const report = run.command.hide(await run.command.ended);
  try {
    run.results = await withFiles(report.results, dataFolder, run.command);
    run.report = report;
  } catch (error) {
    run.report = { ...report, error: `Its results cannot be read (${String(error)}): run the action again.` };
  }
  await rm(dataFolder, { recursive: true, force: true });
  const ended = run.report.error === undefined ? 'finished' : 'failed';
  run.state = run.isStopping && ended === 'failed' ? 'stopped' : ended;
}

/** The results with the lists that they name files for, in the files' place. */
async function withFiles(results: unknown, folder: string, command: ModuleCommand): Promise<ActionResults | undefined> {
  if (typeof results !== 'object' || results === null) return undefined;
  const members = await Promise.all(
    Object.entries(results).map(async ([name, value]): Promise<[string, unknown]> => {
      const [, list] = PATH.exec(name) ?? [];
      if (list === undefined || typeof value !== 'string') return [name, value];
      return [list, command.hide(await readResult(folder, value))];
    }),
  );
  return Object.fromEntries(members);
}

/** @throws Error where the path is no file in the folder itself. */
async function readResult(folder: string, path: string): Promise<unknown> {
  if (basename(path) !== path) throw new Error('a path leads out of the data folder');
  const file = join(folder, path);
  const stat = await lstat(file);
  if (!stat.isFile() || stat.size > MAX_FILE_BYTES) throw new Error('a path names no file of at most 256 MiB');
  return JSON.parse(await readFile(file, 'utf8'));
}

function pictureOf({ number, card, given, command, state, report, results }: Run): ActionRun {
  const open = Object.entries(given).filter(([name]) => !card.secretNames.has(name));
  return {
    number,
    command: card.command,
    state,
    arguments: Object.fromEntries(open),
    startedAtMs: command.startedAtMs,
    tookMs: command.tookMs,
    error: report.error ?? null,
    outputs: report.outputs ?? {},
    hasResults: results !== undefined,
    logs: command.logs,
  };
}
