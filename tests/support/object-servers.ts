import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { connectS3, type StorageSettings } from '../../packages/automation-sdk-shim/src/data/objects/s3-client.js';

const run = promisify(execFile);
const bucket = 'state';
const region = 'us-east-1';
const credentials = { accessKeyId: 'minioadmin', secretAccessKey: 'minio-admin-s3cret' };

interface Kind {
  /** Installs the server into the folder. */
  readonly install: (folder: string) => Promise<unknown>;
  readonly command: (folder: string, port: number, data: string) => readonly [string, readonly string[]];
}

async function installMoto(folder: string, ...packages: readonly string[]): Promise<void> {
  await run('python3', ['-m', 'venv', folder]);
  await run(join(folder, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', ...packages]);
}

const moto = (...packages: readonly string[]): Kind => ({
  install: (folder) => installMoto(folder, ...packages),
  command: (folder, port) => [join(folder, 'bin/moto_server'), ['-H', '127.0.0.1', '-p', String(port)]],
});

/** By name and version: what is installed once is used again, and a new version is a new folder. */
const kinds = {
  'MinIO 2026-02-12': {
    install: (folder) =>
      run('go', ['install', 'github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c'], {
        env: { ...process.env, GOBIN: folder },
      }),
    command: (folder, port, data) => [
      join(folder, 'minio'),
      ['server', '--quiet', '--address', `127.0.0.1:${port}`, '--console-address', '127.0.0.1:0', data],
    ],
  },
  'moto 5.2.5': moto('moto[server]==5.2.5'),
  // The last release that does not know conditional writes: it ignores them.
  'moto 4.2.14': moto('moto[server]==4.2.14', 'setuptools<80'),
} satisfies Record<string, Kind>;

export type ServerName = keyof typeof kinds;

/**
 * An object storage as others write it, as a process on loopback. MinIO keeps its objects over a kill, moto does not.
 */
export class ObjectServer {
  readonly #command: readonly [string, readonly string[]];
  readonly #port: number;
  readonly #data: string;
  #process: ChildProcess | undefined;

  private constructor(command: readonly [string, readonly string[]], port: number, data: string) {
    this.#command = command;
    this.#port = port;
    this.#data = data;
  }

  /** Installs the server where that was not done before, and starts it with an empty bucket. */
  static async open(name: ServerName): Promise<ObjectServer> {
    const kind: Kind = kinds[name];
    const folder = await installed(name, kind);
    const data = await mkdtemp(join(tmpdir(), 'object-server-'));
    const port = await freePort();
    const server = new ObjectServer(kind.command(folder, port, data), port, data);
    await server.start();
    const s3 = await connectS3(server.settings);
    await s3.client.send(new s3.library.CreateBucketCommand({ Bucket: bucket }));
    s3.close();
    return server;
  }

  get settings(): StorageSettings {
    const endpoint = `http://127.0.0.1:${this.#port}`;
    return { bucket, region, endpoint, isPlain: false, credentials, tls: {} };
  }

  /** The platform's values for it, with a place of its own in the bucket. */
  values(subFolder: string): Record<string, string> {
    return {
      file_backend: 'S3',
      sub_folder: subFolder,
      aws_bucket_name: bucket,
      aws_default_region: region,
      aws_s3_endpoint_url: this.settings.endpoint!,
      aws_access_key_id: credentials.accessKeyId,
      aws_secret_access_key: credentials.secretAccessKey,
    };
  }

  /** Resolves once it answers. */
  async start(): Promise<void> {
    const [file, args] = this.#command;
    const { accessKeyId: MINIO_ROOT_USER, secretAccessKey: MINIO_ROOT_PASSWORD } = credentials;
    const child = spawn(file, args, {
      env: { ...process.env, MINIO_ROOT_USER, MINIO_ROOT_PASSWORD, MINIO_BROWSER: 'off' },
      stdio: 'ignore',
    });
    this.#process = child;
    await once(child, 'spawn');
    while (
      !(await fetch(this.settings.endpoint!).then(
        ({ status }) => status < 500,
        () => false,
      ))
    ) {
      if (child.exitCode !== null) throw new Error(`${file} ended with ${child.exitCode}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async kill(): Promise<void> {
    const child = this.#process;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  /** Neither answers nor ends until `resume`. */
  pause(): void {
    this.#process?.kill('SIGSTOP');
  }

  resume(): void {
    this.#process?.kill('SIGCONT');
  }

  async close(): Promise<void> {
    await this.kill();
    await rm(this.#data, { recursive: true, force: true });
  }
}

/** The folder with the server, in the user's cache. */
async function installed(name: string, kind: Kind): Promise<string> {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const folder = join(cache, 'message-trace-tests', name.replaceAll(' ', '-'));
  const mark = join(folder, '.installed');
  if (existsSync(mark)) return folder;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await kind.install(folder).catch((error: unknown) => {
    throw new Error(`${name} cannot be installed: Go, Python 3.11 and access to their packages are needed.`, {
      cause: error,
    });
  });
  await writeFile(mark, '');
  return folder;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
