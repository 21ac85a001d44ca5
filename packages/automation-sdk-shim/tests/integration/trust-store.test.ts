import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from '@jest/globals';
import { selfSignedCertificate } from '@local/testbed';
import { HttpClient } from '../../src/http/http-client.js';
import { trustProblems } from '../../src/http/trust-store.js';
import { beyondProxy, startConnectProxy } from '../support/connect-proxy.js';
import { respond, startLoopback, type Loopback } from '../support/loopback.js';
import { ModuleProcess } from '../support/module-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** Machines that decrypt TLS on their way out have these set already. */
const VARIABLES = ['REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'NO_PROXY', 'no_proxy'];
const before = Object.fromEntries(Object.entries(process.env).filter(([name]) => !VARIABLES.includes(name)));
const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  process.env = before;
  for (const close of cleanup.splice(0).reverse()) await close();
});

interface Secure extends Loopback {
  /** In PEM, of the authority that vouches for the server. */
  readonly authority: string;
}

async function secureServer(): Promise<Secure> {
  const { certificate, privateKey } = selfSignedCertificate('private authority', 'ec');
  const tls = { cert: certificate, key: privateKey };
  const server = await startLoopback((request, response) => {
    const { jsons } = request.body.length === 0 ? { jsons: [] } : (request.json() as { jsons: string[] });
    respond(response, 200, { event_ids: jsons.map(() => crypto.randomUUID()) });
  }, tls);
  cleanup.push(() => server.close());
  return { ...server, authority: certificate };
}

function file(content: string | Buffer, name = 'authority.pem'): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
}

function folder(content: string): string {
  const path = join(temporaryFolder(), 'certs');
  mkdirSync(path);
  writeFileSync(join(path, '5ed36f99.0'), content);
  writeFileSync(join(path, 'README'), 'no certificate');
  return path;
}

async function statusOf(url: string, env: NodeJS.ProcessEnv): Promise<number> {
  process.env = { ...before, ...env };
  const http = new HttpClient({ userAgent: 'test' });
  cleanup.push(() => http.close());
  const signal = new AbortController().signal;
  return (await http.send({ method: 'GET', url, headers: {}, responseMs: 60_000, signal })).status;
}

const another = () => selfSignedCertificate('another authority', 'ec').certificate;

describe('an authority that the environment names', () => {
  test.each<[string, (authority: string) => NodeJS.ProcessEnv]>([
    ['REQUESTS_CA_BUNDLE', (authority) => ({ REQUESTS_CA_BUNDLE: file(authority) })],
    ['CURL_CA_BUNDLE', (authority) => ({ CURL_CA_BUNDLE: file(authority) })],
    ['SSL_CERT_FILE', (authority) => ({ SSL_CERT_FILE: file(authority) })],
    ['SSL_CERT_DIR', (authority) => ({ SSL_CERT_DIR: `/nowhere:${folder(authority)}` })],
    ['REQUESTS_CA_BUNDLE with a folder', (authority) => ({ REQUESTS_CA_BUNDLE: folder(authority) })],
    [
      'a bundle with comments, line ends of Windows and a certificate that cannot be read',
      (authority) => ({
        SSL_CERT_FILE: file(
          `\uFEFF# company\r\n${another()}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n${authority}`.replaceAll(
            /\r?\n/g,
            '\r\n',
          ),
        ),
      }),
    ],
    [
      'one variable, while another one is wrong',
      (authority) => ({ SSL_CERT_FILE: '/nowhere.pem', REQUESTS_CA_BUNDLE: file(authority) }),
    ],
  ])('in %s is trusted, directly and through a tunnel', async (_where, envWith) => {
    const server = await secureServer();
    const env = envWith(server.authority);
    await expect(statusOf(server.url, {})).rejects.toThrow('DEPTH_ZERO_SELF_SIGNED_CERT');
    await expect(statusOf(server.url, envWith(another()))).rejects.toThrow('DEPTH_ZERO_SELF_SIGNED_CERT');
    expect(await statusOf(server.url, env)).toBe(200);
    const proxy = await startConnectProxy();
    cleanup.push(() => proxy.close());
    expect(await statusOf(beyondProxy(server.url), { ...env, HTTPS_PROXY: proxy.url })).toBe(200);
    expect(proxy.connects).toHaveLength(1);
  });

  test.each<[string, NodeJS.ProcessEnv, string]>([
    [
      'a file that is missing',
      { SSL_CERT_FILE: '/nowhere.pem' },
      'SSL_CERT_FILE names the file /nowhere.pem, which cannot be read (ENOENT)',
    ],
    ['a file without PEM', { REQUESTS_CA_BUNDLE: file('nonsense') }, 'REQUESTS_CA_BUNDLE names the file'],
    ['a file in DER', { CURL_CA_BUNDLE: file(Buffer.from([0x30, 0x82, 1, 2])) }, 'which holds no certificate in PEM'],
    [
      'a folder that is missing',
      { SSL_CERT_DIR: '/nowhere' },
      'SSL_CERT_DIR names the folder /nowhere, which cannot be read',
    ],
    ['a folder without certificates', { SSL_CERT_DIR: folder('nonsense') }, 'which holds no certificate in PEM'],
  ])('%s is one sentence, and what Node.js trusts stays trusted', async (_what, env, sentence) => {
    expect(trustProblems(env)).toEqual([expect.stringContaining(sentence)]);
    const plain = await startLoopback((_request, response) => respond(response, 200, {}));
    cleanup.push(() => plain.close());
    expect(await statusOf(plain.url, env)).toBe(200);
  });

  test('empty variables name nothing', () => {
    expect(trustProblems({ SSL_CERT_FILE: '', SSL_CERT_DIR: ' ' })).toEqual([]);
  });
});

describe('the module', () => {
  const module = (server: Secure, env: Record<string, string>) => {
    const settings = {
      intake_key: 'the-intake-key',
      intake_server: server.url,
      behaviour: 'deliver',
      password: 'hunter22',
    };
    const started = new ModuleProcess({
      DATA_STORAGE: temporaryFolder(),
      TRIGGER_CONFIGURATION: JSON.stringify(settings),
      ...env,
    });
    cleanup.push(() => started.kill('SIGKILL'));
    return started;
  };

  test('delivers to a server that NODE_EXTRA_CA_CERTS vouches for, while another variable names another authority', async () => {
    const server = await secureServer();
    const started = module(server, { NODE_EXTRA_CA_CERTS: file(server.authority), SSL_CERT_FILE: file(another()) });
    await started.says('delivered with');
  });

  test('warns once of a file that cannot be read, and delivers', async () => {
    const server = await secureServer();
    const env = {
      REQUESTS_CA_BUNDLE: file(server.authority),
      SSL_CERT_FILE: '/nowhere.pem',
      METRICS_PORT: 'tcp://10.96.12.7:8020',
    };
    const started = module(server, env);
    await started.says('delivered with');
    const warnings = started.lines().filter(({ level }) => level === 'warning');
    expect(warnings.filter(({ msg }) => msg.includes('SSL_CERT_FILE'))).toHaveLength(1);
    expect(warnings.filter(({ msg }) => msg.includes('METRICS_PORT is the address of a service'))).toHaveLength(1);
    expect(started.lines().filter(({ level }) => level === 'critical')).toEqual([]);
  });

  test('trusts the authorities that Node.js knows besides', async () => {
    const code = `
      const tls = await import('node:tls');
      const { trustFrom } = await import('${fileURLToPath(new URL('../../dist/http/trust-store.js', import.meta.url))}');
      let known;
      const { createSecureContext } = tls.default;
      tls.default.createSecureContext = (options) => { known = options.ca.length; return createSecureContext(options); };
      (await import('node:module')).syncBuiltinESMExports();
      trustFrom(process.env);
      console.log(known - tls.rootCertificates.length);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
      env: { PATH: process.env['PATH'], SSL_CERT_FILE: file(another()) },
    });
    const [output] = (await once(child.stdout, 'data')) as [Buffer];
    expect(output.toString().trim()).toBe('1');
  });
});
