import { Control } from './control/control.js';
import { deliver } from './http/deliver.js';
import { listenLocally } from './http/local-server.js';
import type { ReportingOptions } from './reporting-web-service/options.js';
import { ReportingWebService, reportingPath } from './reporting-web-service/reporting-web-service.js';
import { notFound } from './reporting-web-service/service-faults.js';
import { MailWorld } from './world/mail-world.js';

export interface SimulatorOptions {
  /** On 127.0.0.1; by default a free one. */
  readonly port?: number;
  /** By default an empty one for `examplecorp.onmicrosoft.com`. */
  readonly world?: MailWorld;
  /** What is to differ from the defaults. */
  readonly options?: Partial<ReportingOptions>;
  /** Decides which requests fail at random. */
  readonly faultSeed?: number;
}

export interface Simulator {
  /** What the setting `api_url` must be: the service's base, without a slash at its end. */
  readonly apiUrl: string;
  /** Such as `http://127.0.0.1:8365`. */
  readonly origin: string;
  readonly world: MailWorld;
  readonly server: ReportingWebService;
  /** Ends every connection, also those that wait for an answer. */
  close(): Promise<void>;
}

/** Starts the services on loopback. Rejects with the system's error if the port cannot be had. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const world =
    options.world ?? new MailWorld({ seed: 1, organization: 'examplecorp.onmicrosoft.com', domain: 'example.corp' });
  const server = new ReportingWebService(world, options.options, options.faultSeed);
  const control = new Control(world, server);
  const closing = new AbortController();

  const listening = await listenLocally(options.port ?? 0, async (request, response, url) => {
    if (control.serves(url.pathname)) {
      const answer = await control.answer(request, response, url);
      if (answer !== 'sent') await deliver(response, answer, closing.signal);
      return;
    }
    const answer = server.serves(url.pathname) ? server.answer(request, url) : notFound();
    await deliver(response, answer, closing.signal);
  });

  return {
    apiUrl: listening.origin + reportingPath,
    origin: listening.origin,
    world,
    server,
    close: async () => {
      closing.abort();
      await listening.close();
    },
  };
}
