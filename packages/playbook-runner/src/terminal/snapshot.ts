import type { BooksReport } from '../books/books.js';
import type { LogEntry } from '../platform/log-entries.js';
import type { ShownEvent } from './shown-event.js';

export type TriggerState =
  | { readonly name: 'starting' | 'stopping' | 'stopped' }
  /** `lagSeconds`: back to the time before which everything has been read; undefined until it is known. */
  | { readonly name: 'running'; readonly healthy: boolean; readonly lagSeconds: number | undefined }
  | { readonly name: 'crashed'; readonly how: string; readonly restartInMs: number };

/** All that the summary shows, at one moment. */
export interface Snapshot {
  readonly nowMs: number;
  readonly state: TriggerState;
  readonly restarts: number;
  /** Events that the intake has stored. */
  readonly events: number;
  readonly eventsLastMinute: number;
  /** Undefined until the first comparison is done. */
  readonly books: BooksReport | undefined;
  /** Oldest first. */
  readonly lastEvents: readonly ShownEvent[];
  /** Warnings and worse that the module has logged, oldest first. */
  readonly notices: readonly LogEntry[];
}
