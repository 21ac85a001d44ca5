import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { HttpClient } from '@sekoia/automation-sdk-shim';
import { TEST_TIMERS } from './test-timers.js';
import { Transport, type TransportOptions } from '../../src/microsoft/http/transport.js';

/**
 * What the platform's adapter gives each trigger for its own requests. Without keep-alive, so that a test's server can
 * close.
 */
export const outbound = {
  http: new HttpClient({
    userAgent: 'message-trace-test/1.0',
    agents: { http: new HttpAgent({ keepAlive: false }), https: new HttpsAgent({ keepAlive: false }) },
    timers: TEST_TIMERS,
  }),
};

/** What a source needs besides to sign in; warnings go nowhere unless a test listens. */
export function signInMeans(warn: (sentence: string) => void = () => undefined) {
  return { directTransport: transportWith(), dateMs: Date.now, warn };
}

/** A transport without a clock, unless a test brings one. */
export function transportWith(options: Partial<TransportOptions> = {}): Transport {
  return new Transport({ ...outbound, mark: () => () => 0, ...options });
}
