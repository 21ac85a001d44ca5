import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { connectS3, type S3 } from '../../src/data/objects/s3-client.js';
import { ObjectStorage } from '../../src/data/objects/object-storage.js';
import { StoreError } from '../../src/data/data-store.js';

const MIB = 1024 * 1024;
let sentBytes = 0;
let server: Server;
let s3: S3;

/** Answers lists and objects that do not end. */
beforeAll(async () => {
  server = createServer((request, response) => {
    const isList = request.url?.includes('list-type') === true;
    response.writeHead(200, { 'Content-Type': isList ? 'application/xml' : 'application/octet-stream' });
    if (isList) response.write('<ListBucketResult><IsTruncated>false</IsTruncated>');
    const piece = Buffer.from('<Contents><Key>some-key</Key></Contents>'.repeat(2_000));
    const goOn = () => {
      if (response.destroyed) return;
      sentBytes += piece.length;
      response.write(piece, () => setImmediate(goOn));
    };
    goOn();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  s3 = await connectS3({
    bucket: 'state',
    region: 'eu-west-1',
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 's3cret-of-the-storage' },
  } as Parameters<typeof connectS3>[0]);
});

afterAll(async () => {
  s3.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const storage = () =>
  new ObjectStorage({ connect: () => Promise.resolve(s3), bucket: 'state', signal: new AbortController().signal });

test('a list without an end is given up at 4 MiB', async () => {
  sentBytes = 0;
  await expect(storage().keys('x/')).rejects.toThrow(StoreError);
  // Each of three tries, and what is in the buffers of the connection.
  expect(sentBytes).toBeLessThan(60 * MIB);
});

test('an object without an end is given up at 64 MiB, and said so', async () => {
  await expect(storage().get('x/y')).rejects.toThrow(/AnswerTooLarge/);
});
