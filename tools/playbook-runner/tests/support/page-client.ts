import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { Live, LivePlaybook } from '../../src/wire/live.js';
import type { PlaybookSettings } from '../../src/wire/playbook.js';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

export interface Asking {
  readonly body?: unknown;
  /** Win over those of a page; undefined leaves one out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

const WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 50;

/** Talks to a runner as its page does, and remembers every answer. */
export class PageClient {
  /** The texts of all answers, headers included. */
  readonly responses: string[] = [];
  readonly #origin: string;
  readonly #token: string;

  private constructor(origin: string, token: string) {
    this.#origin = origin;
    this.#token = token;
  }

  /** Takes the token from the page, as a browser does. */
  static async open(origin: string): Promise<PageClient> {
    const page = await new PageClient(origin, '').ask('GET', '/');
    const token = /<meta name="request-token" content="([^"]*)"/.exec(page.text)?.[1];
    if (token === undefined) throw new Error(`The page has no token: ${page.text}`);
    return new PageClient(origin, token);
  }

  /** Sends the path as it is written: `fetch` would tidy it up, and would not send these headers. */
  async ask(method: string, path: string, { body, headers = {} }: Asking = {}): Promise<Reply> {
    const { hostname, port, host } = new URL(this.#origin);
    const sentBody = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const all: Readonly<Record<string, string | undefined>> = {
      host,
      ...(sentBody !== undefined && { 'content-length': String(Buffer.byteLength(sentBody)) }),
      ...(method !== 'GET' && { 'content-type': 'application/json', 'x-request-token': this.#token }),
      ...headers,
    };
    const sent = request({
      hostname,
      port,
      method,
      path,
      headers: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)),
    });
    sent.end(sentBody);
    return new Promise((resolve, reject) => {
      sent.on('error', reject);
      sent.on('response', (response) => {
        text(response).then((reply) => {
          this.responses.push(JSON.stringify(response.headers), reply);
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text: reply });
        }, reject);
      });
    });
  }

  /** The JSON of an answer that must have this status. */
  async call<Response>(status: number, method: string, path: string, body?: unknown): Promise<Response> {
    const reply = await this.ask(method, path, { body });
    if (reply.status !== status) throw new Error(`${method} ${path}: ${reply.status} ${reply.text}`);
    return (reply.text === '' ? undefined : JSON.parse(reply.text)) as Response;
  }

  /** Adds a playbook and answers its id. @param trigger the card's `docker_parameters` */
  async add(trigger = 'message_trace'): Promise<string> {
    return (await this.call<PlaybookSettings>(201, 'POST', '/api/playbooks', { trigger })).id;
  }

  /** Adds a playbook that reads the simulated tenant, and answers its id. */
  async addOnTenant(): Promise<string> {
    const id = await this.add();
    await this.call(200, 'POST', `/api/playbooks/${id}/simulated-tenant`);
    return id;
  }

  /** What `look` finds in the live answer about a playbook, as soon as it finds something. */
  async until<Found>(id: string, look: (playbook: LivePlaybook, live: Live) => Found | undefined): Promise<Found> {
    const deadline = Date.now() + WITHIN_MS;
    for (;;) {
      const live = await this.call<Live>(200, 'GET', `/api/live?playbook=${id}`);
      const found = live.playbook ? look(live.playbook, live) : undefined;
      if (found !== undefined) return found;
      if (Date.now() > deadline) {
        throw new Error(`Not seen in time: ${JSON.stringify([live.playbooks, live.playbook?.overview])}`);
      }
      await delay(LOOK_EVERY_MS);
    }
  }

  /** Waits until the playbook is in the state of that name. */
  async untilState(id: string, name: string): Promise<void> {
    await this.until(id, (_, { playbooks }) => playbooks.find((one) => one.id === id && one.state.name === name));
  }

  /**
   * Waits until there has been mail, stops it, and waits until a comparison that began after that finds nothing
   * missing.
   */
  async untilNoneIsMissing(id: string): Promise<void> {
    await this.until(id, ({ overview: { audit } }) => (audit && audit.visible > 0 ? audit : undefined));
    // While mail goes on arriving, some of it is always on its way.
    const { rowsPerHour } = (await this.call<Live>(200, 'GET', '/api/live')).tenant;
    await this.call(200, 'PATCH', '/api/tenant', { rowsPerHour: 0 });
    await this.#untilNoneIsMissing(id);
    await this.call(200, 'PATCH', '/api/tenant', { rowsPerHour });
  }

  async #untilNoneIsMissing(id: string): Promise<void> {
    const sinceMs = Date.now();
    await this.until(id, ({ overview: { audit } }) =>
      audit && audit.comparedAtMs > sinceMs && audit.missing === 0 ? audit : undefined,
    );
  }
}
