import { ConfigurationError } from '../errors.js';
import type { Hide } from '../log/hide.js';

const VARIABLES = ['https_proxy', 'http_proxy', 'all_proxy'];

/**
 * Checks the proxies that the environment names, which the HTTP agents then go through, and hides their passwords.
 * @throws ConfigurationError where one is not the address of an HTTP proxy; it never quotes the value
 */
export function checkProxies(env: NodeJS.ProcessEnv, hide: Hide): void {
  const given = VARIABLES.flatMap((lower) => {
    // The agents read the variable in lower case first.
    const name = env[lower] ? lower : lower.toUpperCase();
    const value = env[name];
    return value ? [{ name, url: proxyAddress(value) }] : [];
  });
  for (const { name, url } of given) for (const secret of url === undefined ? [] : secretsOf(url)) hide(name, secret);
  const wrong = given.filter(({ url }) => url === undefined).map(({ name }) => name);
  if (wrong.length > 0) throw new ConfigurationError(wrong.map(sentenceAbout).join(' '));
}

function proxyAddress(value: string): URL | undefined {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) return undefined;
  return isPercentEncoded(url.username + url.password) ? url : undefined;
}

function isPercentEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** The password, as it stands in the address and as it is meant, and what Proxy-Authorization has in base64. */
function secretsOf({ username, password }: URL): string[] {
  const user = decodeURIComponent(username);
  // Without a password, what stands there is a token.
  if (password === '') return username === '' ? [] : [username, user];
  const plain = decodeURIComponent(password);
  return [password, plain, `${user}:${plain}`];
}

function sentenceAbout(name: string): string {
  return `The environment variable ${name} must be the address of an HTTP proxy with its scheme, such as http://proxy.example:3128, with user name and password, if any, percent-encoded. Correct it.`;
}
