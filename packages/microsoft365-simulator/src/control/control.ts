import type { IncomingMessage, ServerResponse } from 'node:http';
import { jsonAnswer, type Answer } from '../http/answer.js';
import { InvalidInputError } from '../invalid-input-error.js';
import type { ReportingWebService } from '../reporting-web-service/reporting-web-service.js';
import type { LiveHandle, MailWorld } from '../world/mail-world.js';
import { sendBooks } from './books.js';
import { jsonBody } from './json-body.js';
import { instant } from './readers.js';
import { faultRequest, mailRequest, optionsRequest, type SettableOptions } from './requests.js';

const controlPath = '/simulator';

/** Lets another process look at the simulator and change it while it runs. See the README for the pages. */
export class Control {
  readonly #world: MailWorld;
  readonly #server: ReportingWebService;
  #live: LiveHandle[] = [];

  constructor(world: MailWorld, server: ReportingWebService) {
    this.#world = world;
    this.#server = server;
  }

  serves(path: string): boolean {
    return path.startsWith(`${controlPath}/`);
  }

  /** Returns what to answer, or `sent` where nothing is left to do: the answer was a stream, or the client went away. */
  async answer(request: IncomingMessage, response: ServerResponse, url: URL): Promise<Answer | 'sent'> {
    if (!isLoopback(url.hostname)) return refusal(403, 'The control pages are for this machine: name it 127.0.0.1.');
    try {
      switch (`${request.method ?? ''} ${url.pathname.slice(controlPath.length)}`) {
        case 'GET /status':
          return this.#status();
        case 'PATCH /options':
          Object.assign(this.#server.options, optionsRequest(await jsonBody(request), 'The options'));
          return this.#status();
        case 'POST /faults':
          this.#plan(await jsonBody(request));
          return this.#status();
        case 'POST /mail':
          this.#mail(await jsonBody(request));
          return this.#status();
        case 'GET /books':
          await sendBooks(this.#world, this.#booksUntilMs(url), response);
          return 'sent';
        default:
          return refusal(404, 'There are GET status, GET books, PATCH options, POST faults and POST mail.');
      }
    } catch (error) {
      if (error instanceof InvalidInputError) return refusal(400, error.message);
      const abandoned = request.destroyed && !request.complete;
      if (abandoned) return 'sent';
      throw error;
    }
  }

  #status(): Answer {
    const { faults, requests } = this.#server;
    return jsonAnswer(200, {
      nowMs: this.#server.nowMs(),
      world: { organization: this.#world.organization, rows: this.#world.count, received: this.#world.bounds ?? null },
      requests: requests.totals,
      faults: {
        random: faults.random,
        scripted: faults.scripted.map((script) => ({ ...script, times: countOrAlways(script.times) })),
      },
      options: withoutSecrets(this.#server.options),
    });
  }

  #plan(body: unknown): void {
    const { clear, random, next } = faultRequest(body, 'The body');
    if (clear === true) this.#server.faults.clear();
    if (random !== undefined) this.#server.faults.failAtRandom(random);
    if (next === undefined) return;
    const { kind, times, page } = next;
    this.#server.faults.failNext(kind, times, page === undefined ? {} : { page });
  }

  #mail(body: unknown): void {
    const { stopLive, add, live } = mailRequest(body, 'The body');
    if (stopLive === true) {
      for (const handle of this.#live) handle.stop(this.#server.nowMs());
      this.#live = [];
    }
    if (add !== undefined) this.#world.add(add);
    if (live !== undefined) this.#live.push(this.#world.live(live));
  }

  #booksUntilMs(url: URL): number {
    const until = url.searchParams.get('until');
    if (until === null) return this.#server.nowMs();
    return instant(/^\d+$/.test(until) ? Number(until) : until, 'until');
  }
}

function isLoopback(hostname: string): boolean {
  return hostname === '127.0.0.1' || hostname === 'localhost' || hostname === '[::1]';
}

function refusal(status: number, error: string): Answer {
  return jsonAnswer(status, { error });
}

function countOrAlways(times: number): number | 'always' {
  return times === Infinity ? 'always' : times;
}

function withoutSecrets(options: SettableOptions): object {
  const { accountPassword, ...open } = options;
  return { ...open, accountPassword: accountPassword === '' ? '' : '***' };
}
