import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** On loopback; nothing else uses it. */
const address = '127.0.0.153';
/** Node.js resolves names in a thread that nothing can interrupt: for that long. */
const resolverOptions = 'options timeout:30 attempts:5';

export interface UnresolvedNames {
  /** A program that becomes Node.js with a name server that never answers. */
  readonly executable: string;
  close(): void;
}

/** Undefined where this process has no right to a mount namespace and to port 53. */
export async function startUnresolvedNames(): Promise<UnresolvedNames | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'unresolved-names-'));
  const configuration = join(folder, 'resolv.conf');
  const hosts = join(folder, 'nsswitch.conf');
  await writeFile(configuration, `nameserver ${address}\n${resolverOptions}\n`);
  await writeFile(hosts, 'hosts: files dns\n');
  const executable = join(folder, 'node');
  const mounts = [
    'mount --make-rprivate /',
    `mount --bind ${configuration} /etc/resolv.conf`,
    `mount --bind ${hosts} /etc/nsswitch.conf`,
  ].join(' && ');
  await writeFile(
    executable,
    `#!/bin/sh\nexec unshare -m sh -c '${mounts} && exec "$@"' sh "${process.execPath}" "$@"\n`,
    { mode: 0o755 },
  );
  const { stdout } = spawnSync(executable, ['-e', 'process.stdout.write("runs")'], { encoding: 'utf8' });
  if (stdout !== 'runs') return undefined;
  const socket = createSocket('udp4');
  try {
    socket.bind(53, address);
    await once(socket, 'listening');
  } catch {
    return undefined;
  }
  return { executable, close: () => socket.close() };
}
