import { randomUUID } from 'node:crypto';
import { Books } from '../books/books.js';
import { type Intake, startIntake } from '../intake/intake.js';
import type { LogEntry } from '../platform/log-entries.js';
import { type Platform, startPlatform } from '../platform/platform.js';
import { Ring } from '../waiting/ring.js';
import { EventMeter } from './event-meter.js';
import { PASSING_FAULTS } from './passing-faults.js';

export interface ReceivingSideOptions {
  /** Share of the intake's answers that fail, 0 … 1. */
  readonly faultShare: number;
  readonly seed: number;
  /** Called with each warning, error and critical that the module logs. */
  readonly onNotice?: (entry: LogEntry) => void;
}

/** Sekoia's side: where the module reports to and delivers to, and what is remembered of it. */
export interface ReceivingSide {
  readonly platform: Platform;
  readonly intake: Intake;
  /** Made up at each start, as is `intakeKey`. */
  readonly token: string;
  readonly intakeKey: string;
  readonly books: Books;
  readonly meter: EventMeter;
  readonly notices: Ring<LogEntry>;
  close(): Promise<void>;
}

const KEPT_EVENTS = 10;
const KEPT_NOTICES = 5;

export async function startReceivingSide(options: ReceivingSideOptions): Promise<ReceivingSide> {
  const [token, intakeKey] = [randomUUID(), randomUUID()];
  const books = new Books();
  const meter = new EventMeter();
  const notices = new Ring<LogEntry>(KEPT_NOTICES);
  const platform = await startPlatform({
    token,
    onLog: (entry) => {
      if (entry.level === 'debug' || entry.level === 'info') return;
      notices.push(entry);
      options.onNotice?.(entry);
    },
  });
  const intake = await startIntake({
    intakeKey,
    keep: KEPT_EVENTS,
    faults: { share: options.faultShare, kinds: PASSING_FAULTS, seed: options.seed },
    onEvents: (events) => {
      books.deliver(events);
      meter.add(events.length, Date.now());
    },
  });
  return {
    platform,
    intake,
    token,
    intakeKey,
    books,
    meter,
    notices,
    close: async () => {
      await Promise.all([intake.close(), platform.close()]);
    },
  };
}
