import type { IncomingMessage, ServerResponse } from 'node:http';
import { listenOnLoopback } from '../http/loopback-server.js';
import { selfSignedCertificate } from './certificates/self-signed-certificate.js';
import { Control } from './control/control.js';
import { Graph, graphPath } from './graph/graph.js';
import type { GraphOptions } from './graph/options.js';
import { deliver, type Response } from './http/messages.js';
import type { ReportingOptions } from './reporting-web-service/trace-query.js';
import { reportingPath, ReportingWebService } from './reporting-web-service/reporting-web-service.js';
import { notFound } from './reporting-web-service/service-faults.js';
import { IssuedTokens } from './token-service/issued-tokens.js';
import type { TokenServiceOptions } from './token-service/options.js';
import { TokenService } from './token-service/token-service.js';
import { MailWorld } from './world/mail-world.js';

/** Longer than any client keeps an idle connection: else its next request may meet the closing of it by chance. */
const KEEP_ALIVE_MS = 120_000;

/** The address with the origin that the client itself used. */
function requestUrl(request: IncomingMessage, scheme: 'http' | 'https'): URL {
  const named = `${scheme}://${request.headers.host ?? '127.0.0.1'}`;
  const origin = URL.canParse(named) ? named : `${scheme}://127.0.0.1`;
  const target = request.url?.startsWith('/') ? request.url : '/';
  // Not resolved against the origin: a target such as //other.example/ would replace it.
  return new URL(origin + target);
}

/** A fault in the simulator itself must not look like one that was asked for: it ends the process. */
function throwUnlessAbandoned(error: unknown, request: IncomingMessage): void {
  const abandoned = request.destroyed && !request.complete;
  if (!abandoned) throw error;
}

export interface SimulatorOptions {
  /** On 127.0.0.1; by default a free one. */
  readonly port?: number;
  /** By default an empty one for `examplecorp.onmicrosoft.com`. */
  readonly world?: MailWorld;
  /** What is to differ from the defaults in the Reporting Web Service; its `now` and its account are the tenant's. */
  readonly options?: Partial<ReportingOptions>;
  /** The same for Microsoft Graph. */
  readonly graph?: Partial<GraphOptions>;
  /** The same for the token service. */
  readonly tokenService?: Partial<TokenServiceOptions>;
  /** Decides which requests fail at random. */
  readonly faultSeed?: number;
  /** Whether to speak https, with a certificate that is made for the occasion; http by default. */
  readonly tls?: boolean;
}

export interface Simulator {
  /** What the setting `api_url` must be for the Reporting Web Service: its base, without a slash at its end. */
  readonly apiUrl: string;
  /** The base of Microsoft Graph, without a slash at its end. */
  readonly graphUrl: string;
  /** The base of the token service, without the tenant and without a slash at its end. */
  readonly authorityUrl: string;
  /** Such as `http://127.0.0.1:8365`. */
  readonly origin: string;
  /** With `tls` what clients must trust, PEM: the content of the file that NODE_EXTRA_CA_CERTS names. Else null. */
  readonly certificate: string | null;
  readonly world: MailWorld;
  /** The Reporting Web Service. */
  readonly server: ReportingWebService;
  readonly graph: Graph;
  readonly tokenService: TokenService;
  /** Ends every connection, also those that wait for an answer. */
  close(): Promise<void>;
}

/** Starts the services on loopback. Rejects with the system's error if the port is not available. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const world =
    options.world ?? new MailWorld({ seed: 1, organization: 'examplecorp.onmicrosoft.com', domain: 'example.corp' });
  const tokens = new IssuedTokens();
  const server = new ReportingWebService(world, options.options, options.faultSeed, tokens);
  // One tenant, one time and one account: a change to them applies to all its services.
  const shared = { now: () => server.options.now() };
  const graph = new Graph(world, tokens, { ...shared, ...options.graph }, options.faultSeed);
  const identity = { domains: [world.organization, world.domain], account: server.options };
  const tokenService = new TokenService(identity, tokens, { ...shared, ...options.tokenService }, options.faultSeed);
  const control = new Control(world, { server, graph, tokenService });
  const secured = options.tls === true ? selfSignedCertificate('Microsoft 365 simulator', 'ec') : null;
  const closing = new AbortController();

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = requestUrl(request, secured === null ? 'http' : 'https');
    if (control.serves(url.pathname)) {
      const reply = await control.respond(request, response, url);
      if (reply !== 'sent') await deliver(response, reply, closing.signal);
      return;
    }
    const service = [server, graph, tokenService].find((candidate) => candidate.serves(url.pathname));
    const reply: Response = service === undefined ? notFound() : await service.respond(request, url);
    await deliver(response, reply, closing.signal);
  };
  const listening = await listenOnLoopback(options.port ?? 0, answer, {
    ...(secured !== null && { tls: secured }),
    keepAliveMs: KEEP_ALIVE_MS,
    onError: throwUnlessAbandoned,
  });

  return {
    apiUrl: listening.origin + reportingPath,
    graphUrl: listening.origin + graphPath,
    authorityUrl: listening.origin,
    origin: listening.origin,
    certificate: secured?.certificate ?? null,
    world,
    server,
    graph,
    tokenService,
    close: async () => {
      closing.abort();
      await listening.close();
    },
  };
}
