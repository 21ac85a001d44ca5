import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { SimulatedTenant } from '../../src/simulation/simulated-tenant.js';

let folder: string;
/** How the tenant's rows are answered. */
let reply: (response: ServerResponse) => void;
const server = createServer((_, response) => reply(response));
let tenant: SimulatedTenant;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenant-'));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const names = ['account_name', 'account_password', 'graph_url', 'authority_url'];
  const settings = [...names, 'tenant_id', 'client_id', 'client_secret'].map((name) => `${name} x\n`).join('');
  const simulatorPath = join(folder, 'simulator.mjs');
  await writeFile(
    simulatorPath,
    `process.stdout.write(${JSON.stringify(`api_url ${origin}\n${settings}`)});\nsetInterval(() => undefined, 1000);\n`,
  );
  tenant = await SimulatedTenant.start({ simulatorPath, rows: 0, historyHours: 1, seed: 1 });
});
afterEach(async () => {
  await tenant.stop();
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

const row = (traceId: string) => `${JSON.stringify({ traceId })}\n`;

async function read(): Promise<string[]> {
  const ids: string[] = [];
  for await (const { traceId } of tenant.visibleRows()) ids.push(traceId);
  return ids;
}

test('rows are read whole however the answer is cut into pieces', async () => {
  const [one, two] = [Buffer.from(row('Grüße')), row('two')];
  reply = (response) => {
    // In the middle of the first "ü"; the rest once that has been sent.
    response.write(one.subarray(0, one.indexOf(0xc3) + 1), () => {
      response.end(Buffer.concat([one.subarray(one.indexOf(0xc3) + 1), Buffer.from(two)]));
    });
  };
  expect(await read()).toEqual(['Grüße', 'two']);
});

test('a tenant that breaks off in the middle of its rows fails the reading, and nothing else', async () => {
  reply = (response) => {
    response.write(row('one'), () => response.socket?.resetAndDestroy());
  };
  await expect(read()).rejects.toThrow(/terminated|fetch failed/);
});

test('a tenant without rows is refused with what to do', async () => {
  reply = (response) => response.writeHead(404).end();
  await expect(read()).rejects.toThrow('answers 404 where its rows should be: build it again');
});

test('whoever has read enough lets go of the connection', async () => {
  let closed: Promise<unknown> = Promise.resolve();
  reply = (response) => {
    closed = once(response, 'close');
    response.write(row('one') + row('two'));
  };
  for await (const { traceId } of tenant.visibleRows()) {
    expect(traceId).toBe('one');
    break;
  }
  await closed;
});
