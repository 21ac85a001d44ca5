import type { TransportFaultOptions } from '../faults/transport-faults.js';

/** What every service can be told. Everything may be changed while it runs; the next request sees it. */
export interface ServiceOptions extends TransportFaultOptions {
  /** How long every answer takes at least. */
  latencyMs: number;
  /** How far the service's clock is ahead of `now`: its Date header, what it shows, its limits. */
  clockOffsetMs: number;
  retryAfterSeconds: number;
  slowAnswerMs: number;
  signInOrigin: string;
  /** The time, in milliseconds since 1970. */
  now: () => number;
}

export const defaultServiceOptions: Readonly<ServiceOptions> = {
  latencyMs: 0,
  clockOffsetMs: 0,
  retryAfterSeconds: 1,
  slowAnswerMs: 2_000,
  signInOrigin: 'https://login.microsoftonline.com',
  now: Date.now,
};
