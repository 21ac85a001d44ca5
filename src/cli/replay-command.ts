import { askIntake, sendEach, type ShortIntakeOptions, type StoreAccess } from '@sekoia/automation-sdk-shim';
import { eventText } from '../message-trace/event-text.js';
import { isObject, type JsonObject } from '../model/json.js';
import { protectionIn } from '../sekoia/dead-letters.js';
import { privacyFor } from '../sekoia/row-privacy.js';
import { eventOptionsFor, openConnection, optionsFor } from './connection.js';
import { recordOf } from './row-forms.js';
import { type CommandSettings, readCommandSettings } from './settings.js';
import { storeFor } from './state-command.js';
import { EXIT, type ExitCode, type Terminal } from './terminal.js';

/** A dead letter that can be sent again. */
interface Letter {
  readonly file: string;
  readonly line: string;
  readonly event: string;
}

interface Counts {
  sent: number;
  /** The intake has rejected them again, or they are no rows. */
  left: number;
}

/**
 * `message-trace state replay-dead-letters`: sends what lies in `rejected` to the intake again. What it acknowledges is
 * removed there, batch by batch: an interruption can repeat the batch on its way, and loses nothing.
 * @throws UsageError, ConfigurationError, LockHeldError, StoreError
 */
export async function replayCommand(
  { settingsFile }: { readonly settingsFile?: string | undefined },
  terminal: Terminal,
): Promise<ExitCode> {
  const settings = await readCommandSettings({ file: settingsFile, needs: ['intake_key'] }, terminal);
  const { intake_key: key = '', intake_server: server } = settings.values;
  const connection = openConnection(terminal);
  try {
    const store = storeFor(terminal);
    if ((await store.names('rejected')).length === 0) {
      terminal.say(`There are no dead letters in the ${store.name}.`);
      return EXIT.complete;
    }
    const target = { key, server, http: connection.http };
    const { kind, reason } = await askIntake(target, undefined, terminal.signal);
    if (kind === 'key' || kind === 'away') {
      terminal.say(`The intake takes no events: ${reason}. Check intake_key and intake_server. Nothing was sent.`);
      return EXIT.failed;
    }
    const lost = new AbortController();
    const release = await store.take({ signal: terminal.signal, onLost: () => lost.abort() });
    const signal = AbortSignal.any([terminal.signal, lost.signal]);
    const replay = new Replay({ store, settings, target, signal, terminal });
    try {
      return await replay.run();
    } finally {
      await release().catch(() => undefined);
    }
  } finally {
    connection.close();
  }
}

interface Parts {
  readonly store: StoreAccess;
  readonly settings: CommandSettings;
  readonly target: ShortIntakeOptions;
  readonly signal: AbortSignal;
  readonly terminal: Terminal;
}

/** The intake takes no more for now: the rest stays where it is. */
class StoppedError extends Error {}

class Replay {
  readonly #parts: Parts;
  readonly #counts: Counts = { sent: 0, left: 0 };
  /** Lines of the files at hand that are still there. */
  readonly #lines = new Map<string, string[]>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async run(): Promise<ExitCode> {
    const { signal } = this.#parts;
    try {
      await this.#sendAll();
    } catch (error) {
      if (!(error instanceof StoppedError) && !signal.aborted) throw error;
      const why = signal.aborted ? 'Interrupted' : `The intake takes no more events: ${(error as Error).message}`;
      this.#say(`${why}. ${this.#counts.sent} events were sent. Run the same command again to send the others.`);
      return EXIT.incomplete;
    }
    this.#say(`${this.#counts.sent} events were sent. ${this.#counts.left} dead letters are left.`);
    return this.#counts.left === 0 ? EXIT.complete : EXIT.incomplete;
  }

  async #sendAll(): Promise<void> {
    const { store, settings } = this.#parts;
    const { chunkSize } = optionsFor(settings).events;
    let letters: Letter[] = [];
    for (const file of await store.names('rejected')) {
      for (const letter of this.#lettersIn(file, (await store.read(file)) ?? '')) {
        letters.push(letter);
        if (letters.length < chunkSize) continue;
        await this.#send(letters, chunkSize);
        letters = [];
      }
      if (letters.length === 0) this.#lines.clear();
    }
    await this.#send(letters, chunkSize);
  }

  *#lettersIn(file: string, text: string): Generator<Letter, void, undefined> {
    const lines = text.split('\n').filter((line) => line !== '');
    this.#lines.set(file, lines);
    // What is removed meanwhile must not move those that follow.
    for (const line of [...lines]) {
      const event = this.#eventOf(line);
      if (event === undefined) this.#counts.left += 1;
      else yield { file, line, event };
    }
  }

  /** Undefined where the row cannot be made an event: it stays for a person to look at. */
  #eventOf(line: string): string | undefined {
    const letter = letterIn(line);
    const row = letter?.['row'];
    const record = isObject(row) ? recordOf(row) : undefined;
    if (letter === undefined || record === undefined) return undefined;
    const { settings } = this.#parts;
    const known = { ...record, protection: protectionIn(letter) };
    const privacy = privacyFor(optionsFor(settings).privacy);
    return eventText(privacy?.record(known) ?? known, eventOptionsFor(settings));
  }

  async #send(letters: readonly Letter[], chunkSize: number): Promise<void> {
    const { target, signal } = this.#parts;
    const events = letters.map(({ event }) => event);
    for await (const { accepted, rejected, stopped } of sendEach(target, events, chunkSize, signal)) {
      await this.#remove(accepted.flatMap((index) => letters[index] ?? []));
      this.#counts.sent += accepted.length;
      this.#counts.left += rejected.length;
      this.#progress();
      if (stopped !== undefined) throw new StoppedError(stopped);
    }
  }

  async #remove(letters: readonly Letter[]): Promise<void> {
    for (const file of new Set(letters.map((letter) => letter.file))) {
      const lines = this.#lines.get(file) ?? [];
      for (const { line } of letters.filter((letter) => letter.file === file)) lines.splice(lines.indexOf(line), 1);
      if (lines.length === 0) await this.#parts.store.remove(file);
      else await this.#parts.store.replace(file, `${lines.join('\n')}\n`);
    }
  }

  #progress(): void {
    const { stderr } = this.#parts.terminal;
    if (stderr.isTTY) stderr.write(`\r${this.#counts.sent} events were sent …`);
  }

  #say(sentence: string): void {
    const { terminal } = this.#parts;
    if (terminal.stderr.isTTY) terminal.stderr.write('\r\u{1B}[K');
    terminal.say(sentence);
  }
}

function letterIn(line: string): JsonObject | undefined {
  try {
    const letter = JSON.parse(line) as unknown;
    return isObject(letter) ? letter : undefined;
  } catch {
    return undefined;
  }
}
