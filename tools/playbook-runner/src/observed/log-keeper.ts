import type { LogEntry } from '../platform/platform.js';
import { cutOff } from '../runner/cut-off.js';
import type { LogLine } from '../wire/live.js';
import type { LogLevel } from '../wire/playbook.js';
import { Stored } from './stored-lines.js';
import { readWrittenEntry, WrittenEntries } from './written-entries.js';

const LIMITS = { items: 2000, bytes: 8 << 20 };
const MAX_MESSAGE_LENGTH = 16_384;

export interface LogKeeperOptions {
  /** What may not be shown, as of now. */
  readonly secrets: () => readonly string[];
  /** Called with each line that is kept. */
  readonly onLine: (line: LogLine) => void;
}

/** The last lines about a trigger: what it logs, what its process writes, and what the runner does with it. */
export class LogKeeper {
  readonly #options: LogKeeperOptions;
  readonly #lines = new Stored<LogLine>(LIMITS, ({ message }) => message);
  readonly #written = new WrittenEntries();

  constructor(options: LogKeeperOptions) {
    this.#options = options;
  }

  /** Lines after that number, oldest first. */
  after(number: number): LogLine[] {
    return this.#lines.after(number);
  }

  /** An entry that the platform was sent. */
  posted({ date, level, message }: LogEntry): void {
    const atMs = Date.parse(`${date}Z`);
    if (this.#written.posted(message, atMs) !== 'shown') this.#add('module', level, message, atMs);
  }

  /** A line of the process's output. Log entries wait there until they are posted, so that none is shown twice. */
  output(text: string, nowMs: number): void {
    const entry = readWrittenEntry(text);
    if (entry) this.#written.add(entry);
    else if (text.trim() !== '') this.#add('output', 'info', text, nowMs);
  }

  /** Something that the runner did or saw. */
  runner(level: LogLevel, message: string, nowMs: number): void {
    this.#add('runner', level, message, nowMs);
  }

  /** Gives up waiting for what was written long ago: all of it, for Infinity, once the process has ended. */
  addOverdue(nowMs: number): void {
    for (const { level, message, atMs } of this.#written.takeOverdue(nowMs)) {
      this.#add('output', level, message, atMs);
    }
  }

  /** The text without what may not be shown. */
  hide(text: string): string {
    // The longest first: what is part of another secret must not leave the rest of that to be seen.
    const secrets = [...this.#options.secrets()].sort((one, other) => other.length - one.length);
    return secrets.reduce((shown, secret) => shown.replaceAll(secret, '•••'), text);
  }

  #add(origin: LogLine['origin'], level: LogLevel, message: string, atMs: number): void {
    const shown = cutOff(this.hide(message), MAX_MESSAGE_LENGTH);
    this.#lines.add((number) => {
      const line: LogLine = { number, atMs, level, message: shown, origin };
      this.#options.onLine(line);
      return line;
    });
  }
}
