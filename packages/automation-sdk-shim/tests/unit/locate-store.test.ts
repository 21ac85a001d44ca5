import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Values } from '../../src/configuration/values.js';
import { locateStore } from '../../src/data/locate-store.js';
import { recordedLog } from '../support/recorded-log.js';
import { never } from '../support/stores.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const bucketValues = {
  FILE_BACKEND: 's3',
  AWS_BUCKET_NAME: 'state',
  AWS_DEFAULT_REGION: 'eu-west-3',
  AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'very secret',
};

function locate(environment: NodeJS.ProcessEnv) {
  const env = { SYMPHONY_VOLUME: '/nowhere', ...environment };
  const hidden: Record<string, string> = {};
  const hide = (name: string, secret: string) => (hidden[name] = secret);
  const recorded = recordedLog();
  const store = () => locateStore({ env, values: new Values(env), hide, log: recorded.log, signal: never });
  return { store, hidden, recorded };
}

describe('the store in a folder', () => {
  test('is /symphony_data or DATA_STORAGE, with the sub folder appended', () => {
    expect(locate({}).store().name).toBe('data folder /symphony_data');
    const environment = { DATA_STORAGE: '/data/', SUB_FOLDER: 'a/b', FILE_BACKEND: 'local' };
    expect(locate(environment).store().name).toBe('data folder /data/a/b');
  });

  test('is made for its owner only', async () => {
    const parent = temporaryFolder();
    const store = locate({ DATA_STORAGE: parent, SUB_FOLDER: 'a/b' }).store();
    const release = await store.take({ signal: never, onLost: () => undefined });
    await store.appendLine('rejected/day.ndjson', '{}');
    const modeOf = (...names: string[]) => (statSync(join(parent, 'a/b', ...names)).mode & 0o777).toString(8);
    expect(['', 'rejected', 'rejected/day.ndjson'].map((name) => modeOf(name))).toEqual(['700', '700', '600']);
    await release();
  });

  test('is refused with what to do where it cannot be made, or a line cannot be added', async () => {
    const parent = temporaryFolder();
    writeFileSync(join(parent, 'file'), '');
    const taking = locate({ DATA_STORAGE: join(parent, 'file', 'data') })
      .store()
      .take({ signal: never, onLost: () => undefined });
    await expect(taking).rejects.toThrow(/cannot be used: ENOTDIR at .*Check the volume/);
    mkdirSync(join(parent, 'rejected', 'day'), { recursive: true });
    const adding = locate({ DATA_STORAGE: parent }).store().appendLine('rejected/day', '{}');
    await expect(adding).rejects.toThrow(/cannot be used: EISDIR at .*rejected\/day/);
  });
});

describe('the store in a bucket', () => {
  test('is that of file_backend S3, with the sub folder as a prefix', () => {
    expect(locate(bucketValues).store().name).toBe('S3 bucket state');
    const inFolder = locate({ ...bucketValues, SUB_FOLDER: '/a//b/' }).store();
    expect(inFolder.name).toBe('folder a/b/ of the S3 bucket state');
  });

  test('hides its secrets, also where something else is wrong', () => {
    const secrets = { AWS_SESSION_TOKEN: 'a token', CLIENT_CERT: 'public', CLIENT_KEY: 'a key' };
    const { store, hidden } = locate({ ...bucketValues, ...secrets, AWS_BUCKET_NAME: '' });
    expect(store).toThrow('"aws_bucket_name" is missing');
    expect(hidden).toEqual({
      aws_access_key_id: 'AKIAEXAMPLE',
      aws_secret_access_key: 'very secret',
      aws_session_token: 'a token',
      client_key: 'a key',
    });
  });

  test('names everything that is missing at once', () => {
    const { store } = locate({ FILE_BACKEND: 'S3', CLIENT_CERT: 'public' });
    for (const name of ['aws_bucket_name', 'aws_default_region', 'aws_access_key_id', 'aws_secret_access_key'])
      expect(store).toThrow(`"${name}" is missing`);
    expect(store).toThrow('"client_cert" and "client_key" must be given together.');
  });

  test.each([
    'https://s3.example',
    'https://s3.example:9000/base',
    'http://127.0.0.1:9000',
    'http://localhost',
    'http://[::1]',
  ])('takes the endpoint %s', (endpoint) =>
    expect(locate({ ...bucketValues, AWS_S3_ENDPOINT_URL: endpoint }).store).not.toThrow(),
  );

  test.each(['http://minio.storage.svc:9000', 'http://127.0.0.1.example', 'http://10.96.3.4'])(
    'takes the endpoint %s, with a warning that it is not encrypted',
    (endpoint) => {
      const { store, recorded } = locate({ ...bucketValues, AWS_S3_ENDPOINT_URL: endpoint });
      expect(store).not.toThrow();
      expect(recorded.at('warning')).toEqual([expect.stringContaining('plain http:// address')]);
    },
  );

  test.each(['ftp://127.0.0.1', 's3.example', 'https://user:pa55@s3.example', 'http://user:pa55@127.0.0.1'])(
    'refuses the endpoint %s without quoting it',
    (endpoint) => {
      const { store } = locate({ ...bucketValues, AWS_S3_ENDPOINT_URL: endpoint });
      expect(store).toThrow('"aws_s3_endpoint_url" must be an https:// or http:// address');
      expect(store).not.toThrow(endpoint);
    },
  );
});

test.each(['..', '../other', 'a/../../b'])('the sub folder %s is refused everywhere', (subFolder) => {
  for (const values of [{ DATA_STORAGE: '/data' }, bucketValues])
    expect(locate({ ...values, SUB_FOLDER: subFolder }).store).toThrow('leads out of the data folder');
});
