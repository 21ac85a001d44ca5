const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * Whether a text is an address that settings may name: https, or plain http for a loopback host, where nobody listens
 * in. User name, query and fragment are refused: paths are appended to the address, and the log may show it.
 */
export function isAddress(text: string): boolean {
  if (!/^https?:\/\//i.test(text) || /[\s?#@]/.test(text) || !URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || LOOPBACK.test(hostname);
}
