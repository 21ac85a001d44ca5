import { describe, expect, test } from '@jest/globals';
import { proxyFor, type Destination } from '../../src/http/proxies.js';

const PROXY = 'http://proxy.example:3128/';

function destination(address: string): Destination {
  const url = new URL(address);
  const scheme = url.protocol === 'https:' ? 'https' : 'http';
  return { scheme, host: url.hostname, port: Number(url.port) || (scheme === 'https' ? 443 : 80) };
}

const chosen = (address: string, env: NodeJS.ProcessEnv) => proxyFor(destination(address), env)?.href;
const everything = { http_proxy: PROXY, https_proxy: PROXY, all_proxy: PROXY };

describe('this machine', () => {
  test.each([
    'http://localhost:8080',
    'http://LOCALHOST./token',
    'https://api.localhost',
    'http://127.0.0.1:3000',
    'http://127.45.6.7',
    'http://0x7f.1',
    'http://0.0.0.0:8000',
    'https://[::1]:8443',
    'http://[::ffff:127.0.0.1]',
    'http://[::]:1',
  ])('%s never goes to a proxy, whatever NO_PROXY says', (address) => {
    for (const no_proxy of [undefined, '', 'localhost', 'elsewhere.example'])
      expect(chosen(address, { ...everything, ...(no_proxy !== undefined && { no_proxy }) })).toBeUndefined();
  });

  test.each([
    'http://localhost.example',
    'http://notlocalhost',
    'http://128.0.0.1',
    'http://[::2]',
    'http://127.0.0.1.example',
  ])('%s is another one', (address) => {
    expect(chosen(address, everything)).toBe(PROXY);
  });
});

/**
 * Whether curl 7.88.1, Go (golang.org/x/net/http/httpproxy 0.62.0) and Python's requests go directly, in this order, as
 * they did when run on 2026-11-28 (`y` or `n`), and where we go.
 */
describe('NO_PROXY', () => {
  test.each<[string, string, string, 'direct' | 'proxy']>([
    ['sekoia.io', 'https://sekoia.io', 'yyy', 'direct'],
    ['sekoia.io', 'https://intake.sekoia.io', 'yyy', 'direct'],
    ['sekoia.io', 'https://notsekoia.io', 'nnn', 'proxy'],
    ['.sekoia.io', 'https://intake.sekoia.io', 'yyy', 'direct'],
    ['.sekoia.io', 'https://sekoia.io', 'yny', 'direct'],
    ['.sekoia.io', 'https://notsekoia.io', 'nnn', 'proxy'],
    ['*.sekoia.io', 'https://intake.sekoia.io', 'nyn', 'direct'],
    ['*.sekoia.io', 'https://sekoia.io', 'nnn', 'proxy'],
    ['SEKOIA.IO', 'https://intake.sekoia.io', 'yyy', 'direct'],
    ['sekoia.io.', 'https://intake.sekoia.io', 'ynn', 'direct'],
    ['sekoia.io', 'https://intake.sekoia.io.', 'ynn', 'direct'],
    ['sekoia.io:443', 'https://intake.sekoia.io', 'nyn', 'direct'],
    ['sekoia.io:8443', 'https://intake.sekoia.io', 'nnn', 'proxy'],
    ['sekoia.io:80', 'http://sekoia.io', 'nyn', 'direct'],
    ['10.0.0.0/8', 'http://10.20.30.40', 'yyy', 'direct'],
    ['10.0.0.0/8', 'http://11.20.30.40', 'nnn', 'proxy'],
    ['10.1.2.3/8', 'http://10.20.30.40', 'yyy', 'direct'],
    ['10.0.0.0/8', 'http://[::ffff:10.1.2.3]', 'nyn', 'direct'],
    ['10.0.0.0/8', 'http://ten.example', 'nnn', 'proxy'],
    ['10.0.0.0/99', 'http://10.0.0.1', 'nnn', 'proxy'],
    ['192.168.1.7', 'http://192.168.1.7:8080', 'yyy', 'direct'],
    ['192.168.1.7:8080', 'http://192.168.1.7:8080', 'nyn', 'direct'],
    ['192.168.1.7:8080', 'http://192.168.1.7', 'nnn', 'proxy'],
    ['192.168.1.7', 'http://192.168.1.70', 'nnn', 'proxy'],
    ['fd00::/8', 'http://[fd12::1]', 'nyn', 'direct'],
    ['fd00::/8', 'http://[fe80::1]', 'nnn', 'proxy'],
    ['2001:db8::1', 'http://[2001:DB8:0::1]', 'yyn', 'direct'],
    ['[2001:db8::1]', 'http://[2001:db8::1]:8080', 'nnn', 'direct'],
    ['[2001:db8::1]:8080', 'http://[2001:db8::1]:8080', 'nyn', 'direct'],
    ['[2001:db8::1]:8080', 'http://[2001:db8::1]', 'nnn', 'proxy'],
    ['*', 'https://anything.example', 'yyy', 'direct'],
    ['a.example, *', 'https://anything.example', 'nyn', 'direct'],
    ['a.example,b.example', 'https://b.example', 'yyy', 'direct'],
    ['a.example b.example', 'https://b.example', 'ynn', 'direct'],
    [' a.example ,\tb.example ', 'https://b.example', 'yyy', 'direct'],
    [',,', 'https://b.example', 'nnn', 'proxy'],
    ['"sekoia.io"', 'https://sekoia.io', 'nnn', 'direct'],
    ['.', 'https://sekoia.io', 'nnn', 'proxy'],
  ])('%j and %s: %s, %s', (no_proxy, address, others, signInScenario) => {
    // Nothing goes to a proxy that one of the three would have sent directly.
    if (others.includes('y')) expect(signInScenario).toBe('direct');
    expect(chosen(address, { ...everything, no_proxy })).toBe(signInScenario === 'direct' ? undefined : PROXY);
    expect(chosen(address, { ...everything, NO_PROXY: no_proxy })).toBe(
      signInScenario === 'direct' ? undefined : PROXY,
    );
  });
});

describe('the address of a proxy', () => {
  test.each([
    ['proxy.example:3128', PROXY],
    ['http://proxy.example:3128/', PROXY],
    ['HTTP://proxy.example:3128', PROXY],
    [' "http://proxy.example:3128" ', PROXY],
    ["'proxy.example:3128'", PROXY],
    ['me:p%40ss@proxy.example:3128', 'http://me:p%40ss@proxy.example:3128/'],
    ['10.0.0.1:3128', 'http://10.0.0.1:3128/'],
    ['[fd00::1]:3128', 'http://[fd00::1]:3128/'],
    ['https://proxy.example', 'https://proxy.example/'],
    ['', undefined],
    ['""', undefined],
  ])('%j', (value, href) => {
    for (const name of ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'])
      expect(chosen('http://server.example', { [name]: value })).toBe(href);
  });

  test('is that of the scheme, in lower case first, and then the one for all', () => {
    const env = { HTTPS_PROXY: 'upper:1', https_proxy: 'lower:1', all_proxy: 'all:1' };
    expect(chosen('https://server.example', env)).toBe('http://lower:1/');
    expect(chosen('http://server.example', env)).toBe('http://all:1/');
    expect(chosen('https://server.example', { ...env, https_proxy: '' })).toBe('http://upper:1/');
    expect(chosen('https://server.example', { http_proxy: 'other:1' })).toBeUndefined();
  });
});
