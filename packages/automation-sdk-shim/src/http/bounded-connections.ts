import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Keeps at most `max` connections open. One more closes the oldest connection of the address that holds most.
 *
 * Node's own `maxConnections` turns away the newest one instead: a client that holds that many shuts out all others.
 */
export function boundConnections(server: Server, max: number): void {
  const byAge = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    byAge.add(socket);
    socket.once('close', () => byAge.delete(socket));
    if (byAge.size <= max) return;
    const dropped = oldestOfTheMaxLockOwner(byAge);
    if (dropped !== undefined) byAge.delete(dropped);
    dropped?.destroy();
  });
}

function oldestOfTheMaxLockOwner(byAge: ReadonlySet<Socket>): Socket | undefined {
  const counts = new Map<string | undefined, number>();
  for (const { remoteAddress } of byAge) counts.set(remoteAddress, (counts.get(remoteAddress) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return [...byAge].find(({ remoteAddress }) => counts.get(remoteAddress) === most);
}
