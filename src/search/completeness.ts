/** Why a search has not found everything there is. */
export type StopReason =
  /** As many rows were found as were asked for, and there is one more. */
  | 'rows'
  /** As many requests were made as were allowed. */
  | 'requests'
  /** A part of the time is older than what the service keeps. */
  | 'history'
  /** The service has stopped answering, or asks to be left alone. */
  | 'unavailable'
  /** The service refuses a second of the time, or its pages lead nowhere. */
  | 'refused'
  /** Entries of an answer cannot be read, so whether they fit is unknown. */
  | 'unreadable'
  /** Not all rows were taken, or the search was cancelled. */
  | 'cancelled';

/** How much a search has seen. Nothing is found outside, and everything within, if it is complete. */
export interface Completeness {
  /** Whether every row that fits, of all the time that was asked for, has been found. */
  readonly complete: boolean;
  /** Whether all time that the service still has was searched to its end, be it that entries could not be read. */
  readonly finished: boolean;
  /** Only where it is not complete: the first that happened. */
  readonly stoppedBy?: StopReason;
  /** The same as sentences that say what to do. */
  readonly reason?: string;
  /**
   * All time from here on, up to `searchedUntil`, has been searched to its end. Milliseconds since 1970. The same as
   * `searchedUntil` where no time has been.
   */
  readonly searchedFrom: number;
  readonly searchedUntil: number;
  /** That were sent, repeats included. */
  readonly requests: number;
  /** That were found. */
  readonly rows: number;
}

/** What each reason means for the answer, and what to do. */
export function sentenceFor(stoppedBy: StopReason, detail: string): string {
  switch (stoppedBy) {
    case 'rows':
      return `More than ${detail} rows fit. Narrow the search, or raise the limit on rows.`;
    case 'requests':
      return `The search needs more than ${detail} requests. Narrow the search, or raise the limit on requests.`;
    case 'history':
      return `Microsoft Graph keeps no mail from before ${detail}. Use a historical search in the Exchange admin centre.`;
    case 'unavailable':
      return `${detail} The rest was not searched. Try again later.`;
    case 'refused':
      return `${detail} The rest was not searched. Search another time range, or the Exchange admin centre.`;
    case 'unreadable':
      return `${detail} entries of the answers cannot be read, so whether they fit is unknown.`;
    case 'cancelled':
      return 'The search was ended before it had seen everything.';
  }
}
