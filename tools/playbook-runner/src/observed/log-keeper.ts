import { isLogLevel, type LogLevel } from '../wire/playbook.js';
import { cutOff, type LogEntry } from '@local/testbed';
import type { LogLine } from '../wire/live.js';

interface Numbered {
  /** Counts up from 1. */
  readonly number: number;
}

export interface StoredLimits {
  readonly items: number;
  /** Of UTF-8, summed over the items' texts. */
  readonly bytes: number;
}

/** The last items of a sequence that never ends, within limits. Readers say with a number how far they have read. */
export class Stored<Item extends Numbered> {
  readonly #limits: StoredLimits;
  readonly #textOf: (item: Item) => string;
  readonly #items: { readonly item: Item; readonly bytes: number }[] = [];
  #bytes = 0;
  #added = 0;

  constructor(limits: StoredLimits, textOf: (item: Item) => string) {
    this.#limits = limits;
    this.#textOf = textOf;
  }

  add(make: (number: number) => Item): void {
    this.#added += 1;
    const item = make(this.#added);
    const bytes = Buffer.byteLength(this.#textOf(item));
    this.#items.push({ item, bytes });
    this.#bytes += bytes;
    while (this.#items.length > this.#limits.items || this.#bytes > this.#limits.bytes) {
      this.#bytes -= this.#items.shift()?.bytes ?? 0;
    }
  }

  /** Oldest first. Everything for a number that was never given out: it comes from another run of this program. */
  after(number: number): Item[] {
    const read = number > this.#added ? 0 : number;
    const first = this.#items.findIndex(({ item }) => item.number > read);
    return first === -1 ? [] : this.#items.slice(first).map(({ item }) => item);
  }

  find(number: number): Item | undefined {
    return this.#items.find(({ item }) => item.number === number)?.item;
  }
}

/** A log entry that the process wrote to its output. */
interface WrittenEntry {
  readonly atMs: number;
  readonly level: LogLevel;
  readonly message: string;
}

/** The module posts every five seconds, and cuts what is longer. */
const POSTED_WITHIN_MS = 15_000;
/**
 * While the platform cannot be reached, a module keeps its last 1,000 entries, and tries again once a minute or sooner.
 */
const REMEMBERED_FOR_MS = 5 * 60_000;
const REMEMBERED = 1000;
/** A moment is soon over: the module posts no more than this at a time. */
const REMEMBERED_EARLY = 100;
/** Both times are of the same call; it may have been interrupted between them. */
const TWINS_WITHIN_MS = 2000;
const COMPARED_CHARACTERS = 16_000;

type Said = Pick<WrittenEntry, 'atMs' | 'message'>;

/** Reads a line `{"level": "warning", "time": "<ISO>", "msg": "…"}`; undefined where it is something else. */
function readWrittenEntry(line: string): WrittenEntry | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const { level, time, msg } = JSON.parse(line) as Record<string, unknown>;
    const atMs = typeof time === 'string' ? Date.parse(time) : NaN;
    if (!isLogLevel(level) || typeof msg !== 'string' || Number.isNaN(atMs)) return undefined;
    return { atMs, level, message: msg };
  } catch {
    return undefined;
  }
}

/**
 * Log entries that were written and are still to be posted to the platform. A module does both with each, so that one
 * would be shown twice; but what it wrote last before a crash, and what it says about posting, is written only.
 */
class WrittenEntries {
  #waiting: WrittenEntry[] = [];
  /** Taken as overdue; what was posted late all the same is known by them. */
  #shown: WrittenEntry[] = [];
  /** Posted, but not seen as written: the post may come first by a moment, as it takes another way. */
  #early: Said[] = [];

  add(entry: WrittenEntry): void {
    if (!removeTwin(this.#early, entry)) this.#waiting.push(entry);
  }

  /**
   * To be called with what was posted. Stack traces are written only: the first line tells.
   *
   * @returns 'shown' where it was taken as overdue before
   */
  posted(message: string, atMs: number): 'new' | 'shown' {
    const twin = { message, atMs };
    if (removeTwin(this.#waiting, twin)) return 'new';
    if (removeTwin(this.#shown, twin)) return 'shown';
    this.#early = [...this.#early, twin].slice(-REMEMBERED_EARLY);
    return 'new';
  }

  /** Takes those that will hardly be posted any more: all of them with Infinity, once the process has ended. */
  takeOverdue(nowMs: number): WrittenEntry[] {
    const overdue: WrittenEntry[] = [];
    const waiting: WrittenEntry[] = [];
    for (const entry of this.#waiting) (nowMs - entry.atMs > POSTED_WITHIN_MS ? overdue : waiting).push(entry);
    this.#waiting = waiting;
    const remembered = [...this.#shown, ...overdue].filter(({ atMs }) => nowMs - atMs <= REMEMBERED_FOR_MS);
    this.#shown = remembered.slice(-REMEMBERED);
    return overdue;
  }
}

/** Whether it was among them. What says the same at another time is another entry. */
function removeTwin(entries: Said[], { message, atMs }: Said): boolean {
  const line = firstLine(message);
  const position = entries.findIndex(
    (entry) => Math.abs(entry.atMs - atMs) <= TWINS_WITHIN_MS && firstLine(entry.message) === line,
  );
  if (position !== -1) entries.splice(position, 1);
  return position !== -1;
}

function firstLine(message: string): string {
  return message.slice(0, COMPARED_CHARACTERS).split('\n', 1)[0] ?? '';
}

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
