import { DateTime } from 'luxon';
import {
  HttpClient,
  type HttpResponse,
  type HttpRequest,
} from '../../../packages/automation-sdk-shim/src/http/http-client.js';
import { NetworkError } from '../../../packages/automation-sdk-shim/src/http/network-error.js';
import { retryAfterMs } from '../../../packages/automation-sdk-shim/src/http/retry-after.js';
import { UnavailableError } from '../../../src/model/errors.js';
import {
  Transport,
  type Response,
  type Request,
  type TransportOptions,
} from '../../../src/microsoft/http/transport.js';
import { outbound } from '../../support/outbound.js';
import type { Input, Part } from '../engine/target.js';

/** An answer without the wire. */
interface Parsed {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** Reads an answer as Node.js would where it is one; undefined for what its parser would refuse. */
export function parseResponse(bytes: Buffer): Parsed | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [first = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const status = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(first)?.[1];
  if (status === undefined || Number(status) < 200) return undefined;
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name, value] = /^([!#$%&'*+.^`|~\w-]+):[ \t]*([^\u0000-\u0008\u000a-\u001f\u007f]*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) return undefined;
    if (!headers.has(name.toLowerCase())) headers.set(name.toLowerCase(), value.trimEnd());
  }
  return {
    status: Number(status),
    headers,
    body: bytes
      .subarray(end + 4)
      .toString('utf8')
      .replace(/^\ufeff/, ''),
  };
}

export function wireResponse(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Part {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return { name: 'answer', bytes: Buffer.from(`HTTP/1.1 ${status} X\r\n${lines.join('')}\r\n${body}`) };
}

/** Gives the next of the input's answers to each request; the last one again and again. */
export class Responses {
  readonly #parts: Input;
  requests = 0;

  constructor(parts: Input) {
    this.#parts = parts;
  }

  next(): Part | undefined {
    const part = this.#parts[Math.min(this.requests, this.#parts.length - 1)];
    this.requests += 1;
    return part;
  }
}

/** Microsoft without a network: what is read of an answer is the same. */
export class CannedTransport extends Transport {
  readonly #responses: Responses;

  constructor(responses: Responses, options: Partial<TransportOptions> = {}) {
    super({ ...outbound, mark: () => () => 0, ...options });
    this.#responses = responses;
  }

  override send({ url }: Request, signal: AbortSignal): Promise<Response> {
    signal.throwIfAborted();
    const parsed = parseResponse(this.#responses.next()?.bytes ?? Buffer.alloc(0));
    if (parsed === undefined)
      return Promise.reject(new UnavailableError(`${url.host} could not be reached: no answer.`));
    const { status, headers, body } = parsed;
    const date = DateTime.fromHTTP(headers.get('date') ?? '');
    return Promise.resolve({
      host: url.host,
      status,
      body,
      dateMs: date.isValid ? date.toMillis() : undefined,
      location: headers.get('location'),
      retryAfterMs: retryAfterMs({ header: (name) => headers.get(name) }, 0),
    });
  }
}

/** Sekoia.io without a network. */
export class CannedHttp extends HttpClient {
  readonly #responseTo: (request: HttpRequest) => Part | undefined;

  constructor(responseTo: (request: HttpRequest) => Part | undefined) {
    super({ userAgent: outbound.http.userAgent });
    this.#responseTo = responseTo;
  }

  override send(request: HttpRequest): Promise<HttpResponse> {
    const parsed = parseResponse(this.#responseTo(request)?.bytes ?? Buffer.alloc(0));
    if (parsed === undefined)
      return Promise.reject(new NetworkError('no answer from sekoia.example (ECONNRESET)', true));
    const { status, headers, body } = parsed;
    return Promise.resolve({ status, text: body, header: (name) => headers.get(name) });
  }
}
