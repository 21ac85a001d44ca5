import type { TransportFaultOptions } from '../faults/transport-faults.js';
import type { Response } from '../http/answer.js';
import type { RequestRecord } from '../http/request-log.js';

/** What an answer is for: the bounds are null where the request named none, the page where it was no valid query. */
export type AlteredRequest = Pick<RequestRecord<string>, 'atMs' | 'startMs' | 'endMs' | 'page' | 'skiptoken'>;

/** What every service can be told. Everything may be changed while it runs; the next request sees it. */
export interface ServiceOptions extends TransportFaultOptions {
  /** How long every answer takes at least. */
  latencyMs: number;
  /** How far the service's clock is ahead of `now`: its Date header, what it shows, its limits. */
  clockOffsetMs: number;
  /** How much further ahead the Date header alone is, as where a proxy with a wrong clock writes it. */
  dateOffsetMs: number;
  retryAfterSeconds: number;
  slowResponseMs: number;
  signInOrigin: string;
  /** The time, in milliseconds since 1970. */
  now: () => number;
  /**
   * Makes another answer of each one that is due, a fault's included: for what only some rows, times or ranges suffer
   * from. The log has the new status; the result and the rows are those of the answer that was due.
   */
  alter: (due: Response, request: AlteredRequest) => Response;
}

export const defaultServiceOptions: Readonly<ServiceOptions> = {
  latencyMs: 0,
  clockOffsetMs: 0,
  dateOffsetMs: 0,
  retryAfterSeconds: 1,
  slowResponseMs: 2_000,
  signInOrigin: 'https://login.microsoftonline.com',
  now: Date.now,
  alter: (due) => due,
};
