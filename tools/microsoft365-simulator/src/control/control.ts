import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Graph } from '../graph/graph.js';
import { graphFaults } from '../graph/service-faults.js';
import { jsonResponse, type Response } from '../http/answer.js';
import { InvalidInputError } from '../invalid-input-error.js';
import type { ReportingWebService } from '../reporting-web-service/reporting-web-service.js';
import { reportingFaults } from '../reporting-web-service/service-faults.js';
import { tokenFaults } from '../token-service/service-faults.js';
import type { TokenService } from '../token-service/token-service.js';
import type { LiveHandle, MailWorld } from '../world/mail-world.js';
import { sendAudit } from './books.js';
import { jsonBody } from './json-body.js';
import { mailRequest } from './mail-requests.js';
import { graphOptions, reportingOptions, tokenServiceOptions } from './option-requests.js';
import { instant } from './readers.js';
import { servicePages, type ServicePages } from './service-pages.js';

const controlPath = '/simulator';

const knownPages =
  'There are GET status, GET books and POST mail; PATCH options and POST faults, the same under graph/ and token-service/.';

/** The services that it controls. */
interface Services {
  readonly server: ReportingWebService;
  readonly graph: Graph;
  readonly tokenService: TokenService;
}

/** Lets another process look at the simulator and change it while it runs. See the README for the pages. */
export class Control {
  readonly #world: MailWorld;
  readonly #nowMs: () => number;
  readonly #pages: Readonly<Record<keyof Services, ServicePages>>;
  /** What changes something, by method and page. */
  readonly #changes: ReadonlyMap<string, (body: unknown) => void>;
  #live: LiveHandle[] = [];

  constructor(world: MailWorld, { server, graph, tokenService }: Services) {
    this.#world = world;
    this.#nowMs = () => server.nowMs();
    this.#pages = {
      server: servicePages(server, reportingOptions, reportingFaults),
      graph: servicePages(graph, graphOptions, graphFaults),
      tokenService: servicePages(tokenService, tokenServiceOptions, tokenFaults),
    };
    this.#changes = new Map([
      ['POST /mail', (body) => this.#mail(body)],
      ...changesOf('', this.#pages.server),
      ...changesOf('/graph', this.#pages.graph),
      ...changesOf('/token-service', this.#pages.tokenService),
    ]);
  }

  serves(path: string): boolean {
    return path.startsWith(`${controlPath}/`);
  }

  /** Returns what to answer, or `sent` where nothing is left to do: the answer was a stream. */
  async respond(request: IncomingMessage, response: ServerResponse, url: URL): Promise<Response | 'sent'> {
    if (!isLoopback(url.hostname)) return httpError(403, 'The control pages are for this machine: name it 127.0.0.1.');
    const page = `${request.method ?? ''} ${url.pathname.slice(controlPath.length)}`;
    try {
      const change = this.#changes.get(page);
      if (change !== undefined) {
        change(await jsonBody(request));
        return this.#status();
      }
      switch (page) {
        case 'GET /status':
          return this.#status();
        case 'GET /books':
          await sendAudit(this.#world, this.#auditUntilMs(url), response);
          return 'sent';
        default:
          return httpError(404, knownPages);
      }
    } catch (error) {
      if (error instanceof InvalidInputError) return httpError(400, error.message);
      throw error;
    }
  }

  #status(): Response {
    const { server, graph, tokenService } = this.#pages;
    return jsonResponse(200, {
      nowMs: this.#nowMs(),
      world: { organization: this.#world.organization, rows: this.#world.count, received: this.#world.bounds ?? null },
      ...server.status(),
      graph: graph.status(),
      tokenService: tokenService.status(),
    });
  }

  #mail(body: unknown): void {
    const { stopLive, add, live } = mailRequest(body, 'The body');
    if (stopLive === true) {
      for (const handle of this.#live) handle.stop(this.#nowMs());
      this.#live = [];
    }
    if (add !== undefined) this.#world.add(add);
    if (live !== undefined) this.#live.push(this.#world.live(live));
  }

  #auditUntilMs(url: URL): number {
    const until = url.searchParams.get('until');
    if (until === null) return this.#nowMs();
    return instant(/^\d+$/.test(until) ? Number(until) : until, 'until');
  }
}

function changesOf(prefix: string, pages: ServicePages): [string, (body: unknown) => void][] {
  return [
    [`PATCH ${prefix}/options`, pages.setOptions],
    [`POST ${prefix}/faults`, pages.planFaults],
  ];
}

function isLoopback(hostname: string): boolean {
  return hostname === '127.0.0.1' || hostname === 'localhost' || hostname === '[::1]';
}

function httpError(status: number, error: string): Response {
  return jsonResponse(status, { error });
}
