import type { FaultPlan } from '../../faults/fault-plan.js';
import {
  faultRequests,
  type FaultRequests,
  graphOptions,
  mailRequest,
  reportingOptions,
  tokenServiceOptions,
} from './requests.js';
import { instant, type Reader } from './readers.js';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { jsonResponse, readBody, type Response } from '../http/messages.js';
import { InvalidInputError } from '../../errors.js';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { LiveHandle, MailWorld } from '../world/mail-world.js';
import type { Graph } from '../graph/graph.js';
import { graphFaults } from '../graph/service-faults.js';
import type { ReportingWebService } from '../reporting-web-service/reporting-web-service.js';
import { reportingFaults } from '../reporting-web-service/service-faults.js';
import { tokenFaults } from '../token-service/wording.js';
import type { TokenService } from '../token-service/token-service.js';

interface ControlledService<Fault extends string> {
  readonly options: object;
  readonly requests: { readonly totals: object };
  readonly faults: FaultPlan<Fault>;
}

/** What the control pages can do with one service, whichever it is. */
export interface ServicePages {
  /** Throws InvalidInputError, and changes nothing then. */
  readonly setOptions: (body: unknown) => void;
  /** Throws InvalidInputError. */
  readonly planFaults: (body: unknown) => void;
  readonly status: () => { readonly requests: object; readonly faults: object; readonly options: object };
}

function servicePages<Fault extends string>(
  service: ControlledService<Fault>,
  readOptions: Reader<object>,
  kinds: readonly Fault[],
): ServicePages {
  const readFaults = faultRequests(kinds);
  return {
    setOptions: (body) => void Object.assign(service.options, readOptions(body, 'The options')),
    planFaults: (body) => plan(service.faults, readFaults(body, 'The body')),
    status: () => ({
      requests: service.requests.totals,
      faults: {
        random: service.faults.random,
        scripted: service.faults.scripted.map((script) => ({ ...script, times: countOrAlways(script.times) })),
      },
      options: withoutSecrets(service.options),
    }),
  };
}

function plan<Fault extends string>(faults: FaultPlan<Fault>, { clear, random, next }: FaultRequests<Fault>): void {
  if (clear === true) faults.clear();
  if (random !== undefined) faults.failAtRandom(random);
  if (next === undefined) return;
  const { kind, times, page } = next;
  faults.failNext(kind, times, page === undefined ? {} : { page });
}

function countOrAlways(times: number): number | 'always' {
  return times === Infinity ? 'always' : times;
}

const secrets: readonly string[] = ['accountPassword', 'clientSecret'];

function withoutSecrets(options: object): object {
  const open = Object.entries(options).map(([name, value]: [string, unknown]) =>
    secrets.includes(name) && value !== '' ? [name, '***'] : [name, value],
  );
  return Object.fromEntries(open) as object;
}

/**
 * The JSON in a request's body. Throws InvalidInputError. The content type must say JSON: a page of another site cannot
 * send that without asking first, and is not answered then.
 */
async function jsonBody(request: IncomingMessage): Promise<unknown> {
  if (!request.headers['content-type']?.startsWith('application/json')) {
    throw new InvalidInputError('The body must be JSON: send Content-Type: application/json.');
  }
  const text = await readBody(request);
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidInputError('The body is no valid JSON.');
  }
}

const rowsPerChunk = 500;

/** Streams the history of every row visible at an instant: one JSON object a line, oldest received first. */
async function sendAudit(world: MailWorld, untilMs: number, response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'Content-Type': 'application/x-ndjson; charset=utf-8' });
  // A reader that goes away in the middle is no error of ours.
  await pipeline(Readable.from(chunks(world, untilMs)), response).catch(() => undefined);
}

function* chunks(world: MailWorld, untilMs: number): Generator<string> {
  let lines: string[] = [];
  for (const row of world.describedHistory(untilMs)) {
    lines.push(`${JSON.stringify(row)}\n`);
    if (lines.length < rowsPerChunk) continue;
    yield lines.join('');
    lines = [];
  }
  if (lines.length > 0) yield lines.join('');
}

const controlPath = '/simulator';

const knownPages =
  'There are GET status, GET rows and POST mail; PATCH options and POST faults, the same under graph/ and token-service/.';

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
        case 'GET /rows':
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
