import { excerpt } from '@sekoia/automation-sdk-shim';
import { DeadLinkError, ForeignLinkError } from './dead-link.js';

/** No server takes longer ones. */
const maxLinkLength = 32_768;

/**
 * The address that a link leads to, if that is on the API's own host; else what is wrong with it. Without a name and a
 * password, which would replace the credentials, and without a fragment, which is not sent: two links that differ in
 * these alone lead to the same page.
 * @param base the address of the page that has the link
 */
export function resolveLink(service: string, link: string, base: URL): URL | DeadLinkError {
  if (link.length > maxLinkLength || !URL.canParse(link, base.href))
    return new DeadLinkError(`${service} gave a link to a page that is no address.`);
  const url = new URL(link, base);
  // Not by `origin`: that of `blob:https://host/…` is `https://host`.
  if (url.protocol === base.protocol && url.host === base.host) {
    url.username = url.password = url.hash = '';
    return url;
  }
  const place = excerpt(url.host === '' ? url.protocol : `${url.protocol}//${url.host}`);
  return new ForeignLinkError(
    `${service} gave a link to another host (${place}). It was not followed: the credentials would have been sent there.`,
  );
}
