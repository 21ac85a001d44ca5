import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { selfSignedCertificate } from '@local/testbed';
import { ObjectStorage } from '../../src/data/objects/object-storage.js';
import { connectS3, type StorageSettings } from '../../src/data/objects/s3-client.js';
import { storageFailure } from '../../src/data/objects/storage-retries.js';
import { StoreError } from '../../src/data/data-store.js';
import { beyondProxy, startConnectProxy } from '../support/connect-proxy.js';
import { pace } from '../support/stores.js';
import { type Fault, type S3Options, S3Server } from '../support/s3-server.js';

const cleanup: (() => unknown)[] = [];
const environment = { ...process.env };
beforeEach(() => {
  process.env = Object.fromEntries(Object.entries(environment).filter(([name]) => !/_proxy$/i.test(name)));
});
afterEach(async () => {
  process.env = environment;
  for (const close of cleanup.splice(0).reverse()) await close();
});

async function start(options: S3Options = {}): Promise<S3Server> {
  const s3 = await S3Server.start(options);
  cleanup.push(() => s3.close());
  return s3;
}

function connected(settings: StorageSettings, signal = new AbortController().signal): ObjectStorage {
  const storage = new ObjectStorage({ connect: () => connectS3(settings), bucket: settings.bucket, signal, pace });
  cleanup.push(() => storage.close());
  return storage;
}

async function httpError(action: Promise<unknown>): Promise<Error> {
  const error: unknown = await action.catch((reason: unknown) => reason);
  if (!(error instanceof Error)) throw new Error('it was not refused');
  return error;
}

const body = Buffer.from('content');

test('what was put is got, with its version and the storage’s times', async () => {
  const s3 = await start();
  s3.clockOffsetMs = -3_600_000;
  const storage = connected(s3.settings);
  expect(await storage.get('a/b')).toBeUndefined();
  expect(await storage.version('a/b')).toBeUndefined();
  const etag = await storage.put('a/b', body, 'always', 'mark 1');
  expect(etag).toMatch(/^[0-9a-f]{32}$/);
  expect(await storage.version('a/b')).toEqual({ etag, mark: 'mark 1' });
  const found = (await storage.get('a/b'))!;
  expect(found).toMatchObject({ etag, mark: 'mark 1', body });
  expect(found.writtenMs).toBe(s3.objects.get('a/b')!.writtenMs);
  expect(found.readMs - found.writtenMs).toBeGreaterThanOrEqual(0);
  expect(found.readMs).toBeLessThan(Date.now() - 3_500_000);
  await storage.delete('a/b');
  await storage.delete('a/b');
  expect(s3.keys).toEqual([]);
});

test('lists are read to their end, page by page', async () => {
  const s3 = await start({ pageSize: 2 });
  for (const key of ['x/a/1', 'x/a/2', 'x/a/3', 'x/b/1', 'x/c/1', 'y/d/1', 'x/e']) s3.store(key, body);
  const storage = connected(s3.settings);
  expect(await storage.keys('x/')).toEqual(['x/a/1', 'x/a/2', 'x/a/3', 'x/b/1', 'x/c/1', 'x/e']);
  expect(await storage.folders('x/')).toEqual(['a', 'b', 'c']);
  expect(await storage.keys('z/')).toEqual([]);
});

describe('a failure', () => {
  const secretsOf = ({ credentials }: StorageSettings) => Object.values(credentials);

  test.each<[Fault, RegExp]>([
    [403, /^The object storage cannot be used: AccessDenied \(403\) at the\/key\. Check "aws_access_key_id"/],
    [429, /TooManyRequests \(429\) at the\/key\. It is asked again/],
    [500, /InternalError \(500\) at the\/key\. It is asked again/],
    [503, /SlowDown \(503\) at the\/key\. It is asked again/],
    ['reset-before', /at the\/key\. Check "aws_s3_endpoint_url", the network/],
  ])('%s is told in words of our own, whatever is asked for', async (fault, message) => {
    const s3 = await start();
    s3.fault = () => fault;
    const storage = connected(s3.settings);
    for (const action of [
      () => storage.put('the/key', body, 'if none', 'mark'),
      () => storage.delete('the/key'),
      () => storage.keys('the/key'),
      () => storage.get('the/key'),
    ]) {
      const error = await httpError(action());
      expect(error).toBeInstanceOf(StoreError);
      expect(error.message).toMatch(message);
      const shown = inspect(error, { depth: 10, showHidden: true });
      for (const secret of [...secretsOf(s3.settings), 'AWS4-HMAC', 'Signature']) expect(shown).not.toContain(secret);
    }
  });

  test('of a bucket that is not there names the setting', async () => {
    const s3 = await start();
    const storage = connected({ ...s3.settings, bucket: 'misspelt' });
    const message = /NoSuchBucket \(404\) .*"aws_bucket_name"/;
    expect((await httpError(storage.get('key'))).message).toMatch(message);
    expect((await httpError(storage.put('key', body, 'if none', 'mark'))).message).toMatch(message);
    expect((await httpError(storage.keys(''))).message).toMatch(message);
  });

  // Not with real errors of Node.js: those of another realm than jest's are wrapped by the library and lose their code.
  test.each([
    [
      Object.assign(new Error('connect'), { code: 'ECONNREFUSED', $metadata: { attempts: 3 } }),
      /: ECONNREFUSED at key\. Check "aws_s3_endpoint_url"/,
    ],
    [Object.assign(new Error('late'), { name: 'TimeoutError', code: 'ETIMEDOUT' }), /: ETIMEDOUT at key\./],
    [Object.assign(new Error('stop'), { name: 'AbortError' }), /: AbortError at key\./],
    [
      Object.assign(new Error('<html>'), { name: 'a name with spaces', $metadata: { httpStatusCode: 502 } }),
      /: an answer that cannot be understood \(502\) at key\. It is asked again/,
    ],
    [
      Object.assign(new Error(''), { name: 'NotImplemented', $metadata: { httpStatusCode: 501 } }),
      /NotImplemented \(501\) .* Check "aws_s3_endpoint_url"\.$/,
    ],
    [
      Object.assign(new Error(''), { name: 'PermanentRedirect', $metadata: { httpStatusCode: 301 } }),
      /\(301\) .*"aws_default_region"/,
    ],
    ['no error at all', /: an answer that cannot be understood at key\./],
  ])('%s is told by its code', (thrown, message) => {
    expect(storageFailure(thrown, 'key').message).toMatch(message);
  });

  test('that passes is not noticed', async () => {
    const s3 = await start();
    const faults: Fault[] = [503, 'reset-before'];
    s3.fault = () => faults.shift();
    await connected(s3.settings).put('key', body, 'always', 'mark');
    expect(s3.text('key')).toBe('content');
  });
});

test('once the module stops, a request that is not answered is given up', async () => {
  const s3 = await start();
  const stop = new AbortController();
  s3.fault = () => {
    stop.abort();
    return 'hang';
  };
  expect(await httpError(connected(s3.settings, stop.signal).get('key'))).toBeInstanceOf(StoreError);
});

describe('over TLS', () => {
  const server = selfSignedCertificate('loopback', 'ec');
  const client = selfSignedCertificate('loopback', 'ec');
  const tls = { cert: server.certificate, key: server.privateKey };

  test('the storage’s authority is trusted where it is given, and only then', async () => {
    const s3 = await start({ tls });
    await connected({ ...s3.settings, tls: { ca: server.certificate } }).put('key', body, 'always', 'mark');
    const refused = await httpError(connected(s3.settings).get('key'));
    expect(refused.message).toMatch(/at key\. .*"ca_cert"/);
  });

  test('the module shows the certificate it was given', async () => {
    const s3 = await start({ tls: { ...tls, ca: client.certificate, requestCert: true, rejectUnauthorized: true } });
    const ca = server.certificate;
    const { certificate: cert, privateKey: key } = client;
    await connected({ ...s3.settings, tls: { ca, cert, key } }).put('key', body, 'always', 'mark');
    expect(await httpError(connected({ ...s3.settings, tls: { ca } }).get('key'))).toBeInstanceOf(StoreError);
  });

  test('requests go through the environment’s proxy, with the certificates for the storage alone', async () => {
    const s3 = await start({ tls: { ...tls, ca: client.certificate, requestCert: true, rejectUnauthorized: true } });
    const proxy = await startConnectProxy();
    cleanup.push(() => proxy.close());
    process.env['HTTPS_PROXY'] = proxy.url;
    const settings = { ca: server.certificate, cert: client.certificate, key: client.privateKey };
    const endpoint = beyondProxy(s3.url);
    const storage = connected({ ...s3.settings, endpoint, tls: settings });
    await storage.put('key', body, 'always', 'mark');
    expect((await storage.get('key'))?.body).toEqual(body);
    expect(proxy.connects).toEqual([new URL(endpoint).host]);
    expect(proxy.requests).toEqual([]);
  });
});
