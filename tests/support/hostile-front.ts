import { once } from 'node:events';
import { createServer, request as ask, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { anyBadResponse, anyEntry, wire } from './arbitrary-response.js';
import { SeededRandom } from './seeded-random.js';

/**
 * What a service does with a request in the place of answering it: sends something else without having looked at it, or
 * in spite of having done what it was asked; sends the beginning of its answer; mixes entries of any kind with the
 * rows.
 */
export type Hostility = 'instead' | 'afterwards' | 'cut off' | 'mixed';

interface FrontOptions {
  readonly seed: number;
  readonly kinds: readonly Hostility[];
  /** What it sends in the place of an answer; by default anything that is no good one. */
  readonly rubbish?: fc.Arbitrary<Buffer>;
  /** What it sends before that. */
  readonly bombs?: readonly Buffer[];
  /** Told of each request that was answered with rubbish although it had been served. */
  readonly onServedInVain?: (requestBody: Buffer) => void;
}

interface Served {
  readonly status: number;
  readonly headers: readonly [string, string][];
  readonly body: Buffer;
}

/** Stands before a service on loopback, passes on what goes to and fro, and now and then does not. */
export class HostileFront {
  /** Share of the requests that are not answered as they should be. */
  share = 0;
  /** How many requests of each kind there were. */
  readonly done: Record<Hostility | 'good', number> = { good: 0, instead: 0, afterwards: 0, 'cut off': 0, mixed: 0 };
  readonly #options: FrontOptions;
  readonly #random: SeededRandom;
  readonly #rubbish: readonly Buffer[];
  #sent = 0;
  readonly #entries: readonly string[];
  readonly #server: Server;

  private constructor(target: URL, options: FrontOptions) {
    this.#options = options;
    this.#random = new SeededRandom(options.seed);
    const made = { seed: options.seed, numRuns: 300 };
    this.#rubbish = [...(options.bombs ?? []), ...fc.sample(options.rubbish ?? anyBadResponse, made)];
    this.#entries = fc.sample(anyEntry, made);
    this.#server = createServer((incoming, response) => {
      this.#serve(target, incoming, response).catch(() => response.destroy());
    });
  }

  static async open(targetUrl: string, options: FrontOptions): Promise<HostileFront> {
    const front = new HostileFront(new URL(targetUrl), options);
    front.#server.listen(0, '127.0.0.1');
    await once(front.#server, 'listening');
    return front;
  }

  /** The address by which an address of the service is reached through the front. */
  urlFor(serviceUrl: string): string {
    const url = new URL(serviceUrl);
    url.port = String((this.#server.address() as AddressInfo).port);
    return url.href;
  }

  get kinds(): readonly Hostility[] {
    return this.#options.kinds;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #serve(target: URL, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestBody = await buffer(incoming);
    const kind = this.#random.chance(this.share) ? this.#random.pick(this.#options.kinds) : 'good';
    this.done[kind] += 1;
    if (kind === 'instead') return void response.socket?.end(this.#nextRubbish());
    const served = await serve(target, incoming, requestBody);
    if (kind === 'afterwards' || kind === 'cut off') this.#options.onServedInVain?.(requestBody);
    if (kind === 'afterwards') return void response.socket?.end(this.#nextRubbish());
    if (kind === 'cut off') {
      const bytes = whole(served);
      return void response.socket?.end(bytes.subarray(0, this.#random.integer(0, bytes.length - 1)));
    }
    response.socket?.end(whole(kind === 'mixed' ? { ...served, body: this.#mix(served.body) } : served));
  }

  #nextRubbish(): Buffer {
    const rubbish = this.#rubbish[this.#sent % this.#rubbish.length]!;
    this.#sent += 1;
    return rubbish;
  }

  /** The same answer with entries of any kind among its rows. */
  #mix(body: Buffer): Buffer {
    const text = body.toString();
    const places = Array.from(text.matchAll(/(?<="(?:value|results)":\[)(?=\{)/g), ({ index }) => index);
    const [at] = places;
    if (at === undefined) return body;
    const entries = Array.from({ length: 5 }, () => this.#random.pick(this.#entries));
    return Buffer.from(`${text.slice(0, at)}${entries.join(',')},${text.slice(at)}`);
  }
}

function whole({ status, headers, body }: Served): Buffer {
  return wire({ status, headers: [...headers, ['Content-Length', String(body.length)]], body });
}

async function serve(target: URL, incoming: IncomingMessage, body: Buffer): Promise<Served> {
  const { method, url, headers } = incoming;
  const outgoing = ask({ host: target.hostname, port: target.port, method, path: url, headers, agent: false });
  outgoing.end(body);
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  const content = await buffer(response);
  const stored = Object.entries(response.headers).flatMap(([name, value]): [string, string][] =>
    // Waits that are asked for would have to be waited for, and the length may be another one.
    typeof value !== 'string' || /^(retry-after|content-length|transfer-encoding|connection|keep-alive)$/.test(name)
      ? []
      : [[name, value]],
  );
  return { status: response.statusCode ?? 0, headers: stored, body: content };
}
