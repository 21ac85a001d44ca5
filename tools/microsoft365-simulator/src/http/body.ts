import type { IncomingMessage } from 'node:http';
import { InvalidInputError } from '../invalid-input-error.js';

const maxBytes = 65_536;

/** A request's body as text. Rejects with InvalidInputError where it is too long, or when the client goes away. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new InvalidInputError(`The body must not be longer than ${maxBytes} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
