/**
 * All times are milliseconds since 1970. `GET /api/live?playbook=<id>&eventsAfter=<n>&logsAfter=<n>&samplesAfter=<ms>`;
 * all are optional.
 */
import type { LogLevel, PlaybookSummary } from './playbook.js';

export interface Live {
  readonly nowMs: number;
  readonly playbooks: readonly PlaybookSummary[];
  readonly tenant: TenantControls;
  /** Of the playbook that was asked for; null where there is none of that id, or none was named. */
  readonly playbook: LivePlaybook | null;
}

/**
 * What has happened since the page looked last, as its cursors say: everything that is kept, for cursors of 0. Oldest
 * first.
 */
export interface LivePlaybook {
  readonly id: string;
  readonly overview: Overview;
  readonly events: readonly EventLine[];
  readonly logs: readonly LogLine[];
  readonly samples: readonly Sample[];
  readonly intake: IntakeControls;
}

export interface Overview {
  /** Seconds back to the time before which everything has been read at least once; null until it is known. */
  readonly lagSeconds: number | null;
  readonly eventsLastMinute: number;
  readonly totals: Totals;
  /**
   * Requests to Microsoft Graph in the last five minutes, of those that the settings allow; null while it is not what
   * is read.
   */
  readonly quota: { readonly used: number; readonly limit: number } | null;
  /** What `/health` answers; null while nothing answers. */
  readonly health: { readonly healthy: boolean; readonly reasons: readonly string[] } | null;
  /** From pass 0 on; empty until the trigger tells of them. */
  readonly passes: readonly PassPicture[];
  /** What is being read at this moment. */
  readonly reading: ReadRange | null;
  /** A stretch of new time that was read ahead of the first watermark, while a backlog is caught up. */
  readonly readAhead: TimeRange | null;
  /** Null where there is nothing to compare: the events go elsewhere, or come from elsewhere. */
  readonly audit: DeliveryAudit | null;
  /** Where the events go: the runner's own intake, or the address that the settings name. */
  readonly intake: 'own' | { readonly address: string };
}

/**
 * Since the runner was started, over all restarts of the trigger, as this has counted: up to a second before a kill is
 * left out.
 */
export interface Totals {
  readonly rowsRead: number;
  /** Events, repeats included; counted by the runner's own intake where that takes them. */
  readonly delivered: number;
  readonly lateRows: number;
  readonly statusChanges: number;
  readonly repeatsSuppressed: number;
  /** Rows that the settings do not have sent. */
  readonly filtered: number;
  readonly rejected: number;
  /** Playbook runs that the settings ask for; the runner starts no playbook. */
  readonly playbookRuns: number;
  readonly gapSeconds: number;
  readonly requests: number;
}

/** [startMs, endMs) of the time at which Exchange received the messages. */
export interface TimeRange {
  readonly startMs: number;
  readonly endMs: number;
}

export interface ReadRange extends TimeRange {
  readonly pass: number;
}

export interface PassPicture {
  /** This pass reads time once it is that old. */
  readonly readsAtAgeSeconds: number;
  /** Everything before it has been read at that age. */
  readonly watermarkMs: number;
  /** The last range that was read under this pass, and when that was done. */
  readonly lastRead: (TimeRange & { readonly atMs: number }) | null;
}

/** The rows that the simulated tenant shows, compared one by one with the events that have arrived. */
export interface DeliveryAudit {
  readonly comparedAtMs: number;
  /** Rows that the tenant has shown and that this playbook had to read. */
  readonly visible: number;
  /** Events, repeats included. */
  readonly delivered: number;
  /**
   * Rows that have not been delivered in their last status. Never 0 for long: a row counts from the moment at which the
   * tenant shows it.
   */
  readonly missing: number;
  /** Rows that the rules of the playbook keep back in their last status. */
  readonly filtered: number;
  /**
   * Since when some of the missing rows were to be seen: how long the oldest has waited, in seconds; null where none is
   * missing.
   */
  readonly oldestMissingSeconds: number | null;
  readonly repeated: number;
  /** Delivered, and never shown by the tenant. */
  readonly unknown: number;
  readonly unreadable: number;
  /** The first few, to look for: trace id, recipient and status. */
  readonly missingSamples: readonly string[];
  readonly repeatedSamples: readonly string[];
}

export interface Sample {
  readonly atMs: number;
  readonly eventsPerMinute: number;
  readonly lagSeconds: number | null;
}

/** An event in a line of the table. Texts as they came. */
export interface EventLine {
  /** Counts up from 1: the cursor, and how to ask for the whole event. */
  readonly number: number;
  readonly arrivedAtMs: number;
  /** When Exchange received the message; null where the event does not say. */
  readonly receivedMs: number | null;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly status: string;
  readonly outcome: string;
}

/** `GET /api/playbooks/:id/events/:number`; 404 once it is kept no more. */
export interface EventDetail extends EventLine {
  /** The fields that the module has made; empty with `event_format: raw`. */
  readonly normalised: Readonly<Record<string, unknown>>;
  /** The row as Microsoft answered it. */
  readonly raw: Readonly<Record<string, unknown>>;
  /** The event as it was delivered. */
  readonly text: string;
}

export interface LogLine {
  /** Counts up from 1: the cursor. */
  readonly number: number;
  readonly atMs: number;
  readonly level: LogLevel;
  readonly message: string;
  /** `module`: sent to the platform. `output`: a line that the process wrote. `runner`: what the runner did with it. */
  readonly origin: 'module' | 'output' | 'runner';
}

/** How the simulated tenant behaves: `PATCH /api/tenant` with some of it. */
export interface TenantControls {
  readonly rowsPerHour: number;
  /** Of the rows that are still to arrive, the share that appears late, 0 … 1. */
  readonly lateShare: number;
  /** Of the answers, the share that fails, 0 … 1. */
  readonly faultShare: number;
  /** Nothing answers but 503. */
  readonly outage: boolean;
}

/** How the runner's own intake behaves towards a playbook: `PATCH /api/playbooks/:id/intake` with some of it. */
export interface IntakeControls {
  readonly faultShare: number;
  readonly outage: boolean;
}
