import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

export function respondWithJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: OutgoingHttpHeaders = {},
): void {
  responseText(response, status, 'application/json', JSON.stringify(body), headers);
}

export function responseText(
  response: ServerResponse,
  status: number,
  contentType: string,
  body: string,
  headers: OutgoingHttpHeaders = {},
): void {
  response
    .writeHead(status, { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(body), ...headers })
    .end(body);
}

/** A request that is answered with an error status; the message says what the sender should do. */
export class HttpError extends Error {
  override readonly name: string = 'HttpError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The address is known, but not with this method. */
export class MethodError extends HttpError {
  /** Those that are answered: what the header Allow says. */
  readonly allowed: readonly string[];

  constructor(allowed: readonly string[]) {
    super(405, `Only ${allowed.join(', ')} ${allowed.length === 1 ? 'is' : 'are'} answered here.`);
    this.allowed = allowed;
  }
}

const unzip = promisify(gunzip);

export interface BodyRules {
  /** The most bytes a body may have, as it was sent and, where it was compressed, unpacked. */
  readonly maxBytes: number;
  readonly acceptGzip: boolean;
}

/**
 * The body as text.
 *
 * @throws {HttpError} 413 over the limit, 415 for an encoding that is not accepted, 400 where gzip cannot be unpacked.
 */
export async function readBody(request: IncomingMessage, rules: BodyRules): Promise<string> {
  const sent = await readBytes(request, rules.maxBytes);
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding === 'identity') return sent.toString('utf8');
  if (encoding !== 'gzip' || !rules.acceptGzip) {
    throw new HttpError(415, `Content-Encoding ${encoding} is not accepted: send the body as it is.`);
  }
  return (await unpack(sent, rules.maxBytes)).toString('utf8');
}

/** Too long a body is still read to its end and thrown away, so that the sender sees the answer, not a broken pipe. */
async function readBytes(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= maxBytes) chunks.push(chunk);
    else chunks.length = 0;
  }
  if (bytes > maxBytes) throw tooLarge(bytes, maxBytes);
  return Buffer.concat(chunks);
}

async function unpack(packed: Buffer, maxBytes: number): Promise<Buffer> {
  try {
    return await unzip(packed, { maxOutputLength: maxBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge('more', maxBytes);
    throw new HttpError(400, 'The body is not the gzip that Content-Encoding says: compress it again.');
  }
}

function tooLarge(bytes: number | 'more', maxBytes: number): HttpError {
  return new HttpError(413, `The body has ${bytes} bytes where ${maxBytes} are allowed: send less at a time.`);
}
