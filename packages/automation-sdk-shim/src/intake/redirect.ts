import type { HttpResponse } from '../http/http-client.js';
import { excerpt } from '../log/foreign-text.js';

/**
 * Those that keep method and body. 301 and 302 let a client change them, which would lose the batch: here they do not.
 */
const KEEPS_BATCH = new Set([301, 302, 307, 308]);
const IS_PERMANENT = new Set([301, 308]);

export type Redirect =
  | { readonly kind: 'follow'; readonly url: string; readonly isPermanent: boolean }
  /** `reason` follows "it answered 302". */
  | { readonly kind: 'refuse'; readonly reason: string };

/**
 * Where an answer sends a batch; undefined where it is no redirect. A batch holds the intake key and the events, so it
 * stays with its host, and never goes from https to http.
 */
export function redirectOf(
  { status, header }: Pick<HttpResponse, 'status' | 'header'>,
  from: string,
): Redirect | undefined {
  if (status < 300 || status >= 400) return undefined;
  const location = header('location');
  if (!KEEPS_BATCH.has(status)) return { kind: 'refuse', reason: ', which is no answer to a batch' };
  if (location === undefined || !URL.canParse(location, from)) {
    return { kind: 'refuse', reason: ' without an address to go to' };
  }
  const current = new URL(from);
  const target = new URL(location, from);
  const refuse = (why: string): Redirect => ({
    kind: 'refuse',
    reason: `, a redirect to ${excerpt(target.host)}, ${why}`,
  });
  if (target.protocol !== 'https:' && target.protocol !== current.protocol) {
    return refuse('which is not followed as it leaves https');
  }
  if (target.hostname !== current.hostname) return refuse('which is not followed as it is another host');
  // A user name in an address would become a header of its own.
  [target.username, target.password, target.hash] = ['', '', ''];
  return { kind: 'follow', url: target.href, isPermanent: IS_PERMANENT.has(status) };
}
