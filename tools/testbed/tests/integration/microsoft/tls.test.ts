import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { expect, test } from '@jest/globals';
import { selfSignedCertificate } from '../../../src/index.js';
import { traceUrl, withSimulator } from '../../support/client.js';

async function ask(url: string, ca?: string): Promise<IncomingMessage> {
  const request = httpsRequest(url, { agent: false, ...(ca !== undefined && { ca }) }).end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.resume();
  return response;
}

test.each(['127.0.0.1', 'localhost'])('with tls it answers at %s who trusts its certificate', async (host) => {
  await withSimulator(
    {},
    async (simulator) => {
      expect(new URL(simulator.graphUrl).protocol).toBe('https:');
      const url = traceUrl(simulator, {}).replace('127.0.0.1', host);
      expect((await ask(url, simulator.certificate!)).statusCode).toBe(401);
    },
    { tls: true },
  );
});

test('with tls nobody else gets an answer', async () => {
  await withSimulator(
    {},
    async (simulator) => {
      await expect(ask(traceUrl(simulator, {}))).rejects.toThrow('self-signed certificate');
      expect(simulator.server.requests.totals.requests).toBe(0);
    },
    { tls: true },
  );
});

test('with tls every address in an answer is https', async () => {
  await withSimulator(
    {},
    async (simulator) => {
      const url = `${simulator.origin}/common/discovery/instance`;
      const request = httpsRequest(url, { agent: false, ca: simulator.certificate! }).end();
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      let text = '';
      for await (const chunk of response) text += String(chunk);
      expect(JSON.parse(text)).toHaveProperty(
        'tenant_discovery_endpoint',
        `${simulator.origin}/common/v2.0/.well-known/openid-configuration`,
      );
    },
    { tls: true },
  );
});

test('without tls there is no certificate', async () => {
  await withSimulator({}, (simulator) => {
    expect(simulator.certificate).toBeNull();
    return Promise.resolve();
  });
});

test.each(['ec', 'rsa'] as const)('a certificate with a key of the kind %s is what it says', (keyType) => {
  const nowMs = Date.UTC(2022, 6, 25, 13);
  const { certificate, privateKey } = selfSignedCertificate('somebody', keyType, nowMs);
  const read = new X509Certificate(certificate);
  expect(read.subject).toBe('CN=somebody');
  expect(read.subjectAltName).toBe('DNS:localhost, DNS:server.example, IP Address:127.0.0.1');
  expect(read.ca).toBe(true);
  expect(read.validFrom).toBe('Jul 24 13:00:00 2022 GMT');
  expect(read.validTo).toBe('Aug 24 13:00:00 2022 GMT');
  expect(read.verify(read.publicKey)).toBe(true);
  expect(privateKey).toMatch(/^-----BEGIN PRIVATE KEY-----/);
});
