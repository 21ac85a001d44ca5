import { BlockList, isIP } from 'node:net';
import { ConfigurationError } from '../errors.js';
import type { Hide } from '../log/log.js';

const MACHINE = new BlockList();
MACHINE.addSubnet('127.0.0.0', 8, 'ipv4');
MACHINE.addAddress('::1', 'ipv6');
// What is sent to "any address" stays on this machine.
MACHINE.addAddress('0.0.0.0', 'ipv4');
MACHINE.addAddress('::', 'ipv6');

/**
 * A host as it is compared: in lower case, without the brackets of IPv6, a zone, or the dot at the end of a full name.
 */
function plainHost(host: string): string {
  const bare = host.toLowerCase().replace(/^\[(.*)\]$/, '$1');
  return isIP(bare) === 0 ? bare.replace(/\.$/, '') : bare.replace(/%.*$/, '');
}

/** Whether the list has the address, which may be IPv4 written as IPv6 (`::ffff:10.0.0.1`). False for names. */
function isListed(list: BlockList, address: string): boolean {
  const version = isIP(address);
  return version !== 0 && list.check(address, version === 6 ? 'ipv6' : 'ipv4');
}

/** Whether a plain host is this machine: `localhost` and names below it (RFC 6761), or an address of loopback. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || isListed(MACHINE, host);
}

/** Where a connection goes. */
export interface Destination {
  readonly scheme: 'http' | 'https';
  /** A name or an address; IPv6 with or without brackets. */
  readonly host: string;
  readonly port: number;
}

/** The variable that holds, in lower or upper case, where lower case wins; undefined where both are empty. */
function variableOf(env: NodeJS.ProcessEnv, lower: string): { name: string; value: string } | undefined {
  for (const name of [lower, lower.toUpperCase()]) {
    // Quotes come along from files of settings such as Docker's --env-file.
    const value = env[name]
      ?.trim()
      .replace(/^(["'])(.*)\1$/, '$2')
      .trim();
    if (value !== undefined && value !== '') return { name, value };
  }
  return undefined;
}

/** The address of an HTTP proxy, http:// where it has no scheme; undefined where it is not one. */
function proxyAddress(value: string): URL | undefined {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && ['http:', 'https:'].includes(url.protocol) ? url : undefined;
}

/**
 * The proxy that the environment names for a connection; undefined where it goes directly. To this machine it always
 * does: what is sent there, often credentials in the clear, is for no other one.
 */
export function proxyFor({ scheme, host, port }: Destination, env: NodeJS.ProcessEnv): URL | undefined {
  const plain = plainHost(host);
  if (isLoopback(plain) || isExempt(plain, port, variableOf(env, 'no_proxy')?.value ?? '')) return undefined;
  const named = variableOf(env, `${scheme}_proxy`) ?? variableOf(env, 'all_proxy');
  return named === undefined ? undefined : proxyAddress(named.value);
}

/**
 * Whether NO_PROXY names a plain host. Read as curl, Go and Python's requests read it; where they differ, more goes
 * directly: the README has the table.
 */
function isExempt(host: string, port: number, noProxy: string): boolean {
  return noProxy
    .toLowerCase()
    .split(/[\s,;]+/)
    .filter((entry) => entry !== '')
    .some((entry) => matches(entry, host, port));
}

function matches(entry: string, host: string, port: number): boolean {
  if (entry === '*') return true;
  const range = rangeIn(entry);
  if (range !== undefined) return isListed(range, host);
  const [, named = entry, onPort] = /^(\[.*\]|[^:]*):(\d+)$/.exec(entry) ?? [];
  if (onPort !== undefined && Number(onPort) !== port) return false;
  if (named.startsWith('*.')) return host.endsWith(plainHost(named.slice(1)));
  const name = plainHost(named).replace(/^\./, '');
  const address = rangeIn(name);
  if (address !== undefined) return isListed(address, host);
  return name !== '' && (host === name || host.endsWith(`.${name}`));
}

/** An address, or a range of them such as `10.0.0.0/8`. */
function rangeIn(entry: string): BlockList | undefined {
  const [, address = entry, bits] = /^([^/]*)\/(\d+)$/.exec(entry) ?? [];
  const plain = plainHost(address);
  const version = isIP(plain);
  if (version === 0) return undefined;
  const max = version === 4 ? 32 : 128;
  const length = bits === undefined ? max : Number(bits);
  if (length > max) return undefined;
  const list = new BlockList();
  list.addSubnet(plain, length, version === 4 ? 'ipv4' : 'ipv6');
  return list;
}

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
