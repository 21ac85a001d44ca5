import { once } from 'node:events';
import { createServer } from 'node:net';
import { randomInt } from 'node:crypto';

/** Below the ports that systems give to outgoing connections: one of those could be taken again before the child listens. */
const [lowest, highest] = [20_000, 32_000];
const tries = 100;

/** A port of this machine that nobody listens on. @throws Error where none was found */
export async function findFreePort(): Promise<number> {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const port = randomInt(lowest, highest);
    if (await isFree(port)) return port;
  }
  throw new Error(`None of ${tries} ports between ${lowest} and ${highest} is free.`);
}

async function isFree(port: number): Promise<boolean> {
  // On all interfaces, as the child will listen.
  const server = createServer().listen(port);
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
