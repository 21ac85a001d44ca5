import { draw, mix } from '../random.js';
import type { MailStream } from './mail-stream.js';
import { trait } from './traits.js';

/**
 * The GUID that Exchange gives to a message. Its first eight digits are a bijection of the message's number, its last
 * eight one of the stream's number, so no two messages of a world can share one.
 */
export function traceIdOf(stream: MailStream, message: number): string {
  const middle = draw(stream.key, message, trait.traceId);
  const more = digits(mix(middle ^ stream.key), 8);
  const group = digits(middle, 8);
  const unique = digits(mix(stream.number ^ 0x5eed), 8);
  return `${digits(mix(message ^ 0x7ace), 8)}-${group.slice(0, 4)}-4${group.slice(5)}-${more.slice(0, 4)}-${more.slice(4)}${unique}`;
}

function digits(number: number, length: number): string {
  return number.toString(16).padStart(length, '0');
}
