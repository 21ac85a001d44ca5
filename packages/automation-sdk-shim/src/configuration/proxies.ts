import { ConfigurationError } from '../errors.js';
import { proxyAddress, variableOf } from '../http/proxy-choice.js';
import type { Hide } from '../log/hide.js';

const VARIABLES = ['https_proxy', 'http_proxy', 'all_proxy'];

/**
 * Checks the proxies that the environment names, which the HTTP agents then go through, and hides their passwords.
 * @throws ConfigurationError where one is not the address of an HTTP proxy; it never quotes the value
 */
export function checkProxies(env: NodeJS.ProcessEnv, hide: Hide): void {
  const given = VARIABLES.flatMap((lower) => {
    const variable = variableOf(env, lower);
    if (variable === undefined) return [];
    const url = proxyAddress(variable.value);
    return [{ name: variable.name, url: url && isPercentEncoded(url.username + url.password) ? url : undefined }];
  });
  for (const { name, url } of given) for (const secret of url === undefined ? [] : secretsOf(url)) hide(name, secret);
  const wrong = given.filter(({ url }) => url === undefined).map(({ name }) => name);
  if (wrong.length > 0) throw new ConfigurationError(wrong.map(sentenceAbout).join(' '));
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
  return `The environment variable ${name} must be the address of an HTTP proxy, such as http://proxy.example:3128, with user name and password, if any, percent-encoded. SOCKS proxies are not supported. Correct it.`;
}
