import type { HttpClient } from '@sekoia/automation-sdk-shim';
import { ServerClock } from '../collector/clock.js';
import { Transport } from '../microsoft/http/transport.js';
import type { SignInMeans } from './authorization-for.js';

export interface ShortTask {
  readonly http: HttpClient;
  /** Without any proxy, for a managed identity. An account cannot have one. */
  readonly directHttp?: HttpClient;
  /** Keeps a secret out of everything that is said, until the function that it returns is called. */
  readonly hide: (secret: string) => () => void;
  readonly warn: (sentence: string) => void;
}

const HALF_SECOND_MS = 500;

export interface ShortMeans extends SignInMeans {
  /** What the latest answer of Microsoft has told. */
  readonly seen: {
    /** How far Microsoft's clock is ahead of this machine's. */
    readonly clockOffMs?: number;
    /** Requests that are left, in the words of the answer. */
    readonly quotaLeft?: string;
  };
}

/** What a sign-in needs, for a process that answers one question and ends. */
export function signInMeansOf({ http, directHttp, hide, warn }: ShortTask): ShortMeans {
  const clock = new ServerClock();
  const seen: { clockOffMs?: number; quotaLeft?: string } = {};
  const transport = new Transport({
    http,
    mark: () => clock.mark(),
    onDate: (dateMs, sentAt, receivedAt) => {
      clock.observe(dateMs, sentAt, receivedAt);
      // Dates have whole seconds.
      seen.clockOffMs = dateMs + HALF_SECOND_MS - Date.now();
    },
    onQuota: (left) => (seen.quotaLeft = left),
  });
  return {
    transport,
    // The clock of a machine's own endpoint is not Microsoft's.
    directTransport:
      directHttp === undefined ? transport : new Transport({ http: directHttp, mark: () => clock.mark() }),
    hide,
    now: () => performance.now(),
    dateMs: () => clock.now(),
    warn,
    seen,
  };
}
