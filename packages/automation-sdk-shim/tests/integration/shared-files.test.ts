import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { MAX_SHARED_FILE_BYTES } from '../../src/budgets.js';
import { Values } from '../../src/configuration/values.js';
import { locateSharedFiles } from '../../src/data/locate-store.js';
import type { SharedFiles } from '../../src/data/shared-files.js';
import { recordedLog } from '../support/recorded-log.js';
import { S3Server } from '../support/s3-server.js';
import { never } from '../support/stores.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of cleanup.splice(0).reverse()) await close();
});

function locate(environment: NodeJS.ProcessEnv): SharedFiles {
  const env = { SYMPHONY_VOLUME: '/nowhere', ...environment };
  const values = new Values(env);
  const files = locateSharedFiles({ env, values, hide: () => undefined, log: recordedLog().log, signal: never });
  cleanup.push(() => files.close());
  return files;
}

interface Place {
  readonly files: SharedFiles;
  /** Writes as another action would, below the sub folder `run`. */
  readonly put: (name: string, content: Buffer) => void;
}

function onDisk(): Promise<Place> {
  const folder = temporaryFolder();
  const files = locate({ DATA_STORAGE: folder, SUB_FOLDER: 'run' });
  return Promise.resolve({ files, put: (name, content) => writeFileSync(join(folder, 'run', name), content) });
}

async function inBucket(): Promise<Place> {
  const s3 = await S3Server.start();
  cleanup.push(() => s3.close());
  const { bucket, region, endpoint, credentials } = s3.settings;
  const files = locate({
    FILE_BACKEND: 's3',
    SUB_FOLDER: 'run',
    AWS_BUCKET_NAME: bucket,
    AWS_DEFAULT_REGION: region,
    AWS_S3_ENDPOINT_URL: endpoint!,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  });
  return { files, put: (name, content) => s3.store(`run/${name}`, content) };
}

describe.each([
  ['a folder', onDisk],
  ['a bucket', inBucket],
])('files that actions share in %s', (_where, open) => {
  test('are read as they were written, below the sub folder', async () => {
    const { files, put } = await open();
    await files.write('sub/one.json', Buffer.from('{"é":1}'));
    put('sub/two.json', Buffer.from('[2]'));
    expect((await files.read('sub/one.json'))?.toString()).toBe('{"é":1}');
    expect((await files.read('./sub//two.json'))?.toString()).toBe('[2]');
  });

  test.each(['none.json', 'sub', 'one.json/below', `long-${'n'.repeat(300)}`])(
    'are absent where there is none: %s',
    async (name) => {
      const { files } = await open();
      await files.write('one.json', Buffer.from('1'));
      await files.write('sub/one.json', Buffer.from('1'));
      expect(await files.read(name)).toBeUndefined();
    },
  );

  test.each(['../one.json', 'sub/../../one.json', '/etc/hostname', '..', '../run-of-others/one.json'])(
    'are not looked for elsewhere: %s',
    async (name) => {
      const { files } = await open();
      await files.write('one.json', Buffer.from('1'));
      await expect(async () => files.read(name)).rejects.toThrow(`"${name}" leads out of the playbook's data folder`);
    },
  );

  test('are not read where they are too large', async () => {
    const { files, put } = await open();
    await files.write('small.json', Buffer.from('1'));
    put('largest.json', Buffer.alloc(MAX_SHARED_FILE_BYTES, ' '));
    put('larger.json', Buffer.alloc(MAX_SHARED_FILE_BYTES + 1, ' '));
    expect((await files.read('largest.json'))?.length).toBe(MAX_SHARED_FILE_BYTES);
    await expect(files.read('larger.json')).rejects.toThrow('The file "larger.json" is larger than 16 MiB.');
  });
});

test('a link that leads out of the data folder is not followed', async () => {
  const folder = temporaryFolder();
  const outside = temporaryFolder();
  writeFileSync(join(outside, 'secret.json'), '"secret"');
  symlinkSync(join(outside, 'secret.json'), join(folder, 'file.json'));
  symlinkSync(outside, join(folder, 'sub'));
  const files = locate({ DATA_STORAGE: folder });
  for (const name of ['file.json', 'sub/secret.json'])
    await expect(files.read(name)).rejects.toThrow(`"${name}" leads out of the playbook's data folder`);
});

test('a data folder that is itself a link is one like any other', async () => {
  const folder = temporaryFolder();
  const link = join(temporaryFolder(), 'data');
  symlinkSync(folder, link);
  const files = locate({ DATA_STORAGE: link });
  await files.write('one.json', Buffer.from('1'));
  expect((await files.read('one.json'))?.toString()).toBe('1');
});
