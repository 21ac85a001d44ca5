import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { HttpError } from './refusal.js';

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
