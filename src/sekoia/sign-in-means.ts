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

/** What a sign-in needs, for a process that answers one question and ends. */
export function signInMeansOf({
  http,
  directHttp,
  hide,
  warn,
}: ShortTask): SignInMeans & { readonly clock: ServerClock } {
  const clock = new ServerClock();
  const transport = new Transport({
    http,
    mark: () => clock.mark(),
    onDate: (dateMs, sentAt, receivedAt) => clock.observe(dateMs, sentAt, receivedAt),
  });
  return {
    transport,
    // The clock of a machine's own endpoint is not Microsoft's.
    directTransport:
      directHttp === undefined ? transport : new Transport({ http: directHttp, mark: () => clock.mark() }),
    clock,
    hide,
    now: () => performance.now(),
    dateMs: () => clock.now(),
    warn,
  };
}
