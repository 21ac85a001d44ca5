import { domainToASCII } from 'node:url';

/**
 * The e-mail address in a sender or recipient. Undefined for the empty path `<>` of bounces, which is no address, and
 * for blanks; `<bob@example.com>` is a path with one.
 */
export function addressOf(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  const isPlain = !path.startsWith('<') && path.trim() === path;
  const address = isPlain
    ? path
    : path
        .trim()
        .replace(/^<(.*)>$/s, '$1')
        .trim();
  return address === '' ? undefined : address;
}

const ADDRESS_FORM = /^(?:"[^"\s][^"]*"|[^\s@<>,;"]+)@[^\s@<>,;"]+$/u;

/** Whether a person may have meant an address: one `@` between a name, which may be quoted, and a domain. */
export function isAddress(text: string): boolean {
  return ADDRESS_FORM.test(text);
}

const isPlainDomain = /^[a-z0-9._-]*[a-z0-9_-]$/;

/**
 * The domain of an e-mail address as DNS knows it: lower case, international names in Punycode (`xn--…`), no final dot.
 * Undefined where the address has none that can be one, such as Exchange's own `/o=ExchangeLabs/…`.
 */
export function domainOf(address: string | undefined): string | undefined {
  const at = address?.lastIndexOf('@') ?? -1;
  if (address === undefined || at === -1) return undefined;
  return domainName(address.slice(at + 1));
}

/** A domain's name in the form of `domainOf`. */
export function domainName(text: string): string | undefined {
  const domain = text.trim().toLowerCase();
  if (isPlainDomain.test(domain)) return domain;
  const name = domainToASCII(domain).replace(/\.$/, '');
  return isPlainDomain.test(name) ? name : undefined;
}
