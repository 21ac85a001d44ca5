import type { HttpClient } from '@sekoia/automation-sdk-shim';
import { ServerClock } from '../collector/clock.js';
import { Transport } from '../microsoft/http/transport.js';
import type { SignInMeans } from './authorization-for.js';

export interface ShortTask {
  readonly http: HttpClient;
  /** Keeps a secret out of everything that is said, until the function that it returns is called. */
  readonly hide: (secret: string) => () => void;
  readonly warn: (sentence: string) => void;
}

/** What a sign-in of the connected account needs, for a process that answers one question and ends. */
export function signInMeansOf({ http, hide, warn }: ShortTask): SignInMeans {
  const clock = new ServerClock();
  const transport = new Transport({
    http,
    mark: () => clock.mark(),
    onDate: (dateMs, sentAt, receivedAt) => clock.observe(dateMs, sentAt, receivedAt),
  });
  return {
    transport,
    // Only a managed identity needs it, which an account cannot have.
    directTransport: transport,
    hide,
    now: () => performance.now(),
    dateMs: () => clock.now(),
    warn,
  };
}
