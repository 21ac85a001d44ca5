import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BuiltFiles } from '../../src/start/command-line.js';
import { LocalRunner } from '../../src/start/local-runner.js';
import { PageClient } from './page-client.js';

const repository = fileURLToPath(new URL('../../../../', import.meta.url));

/** A runner of the repository's cards, and a client of its page. */
export interface StartedRunner {
  readonly runner: LocalRunner;
  readonly client: PageClient;
  /** The lines that were logged at warning or above, and what was wrong with the runner. */
  readonly troubles: readonly string[];
}

/** A folder with a page, in which runners can be started one after the other. */
export class RunnerFolder {
  readonly path: string;
  readonly #files: BuiltFiles;
  readonly #rate: number;
  #runner: LocalRunner | undefined;

  private constructor(path: string, files: Partial<BuiltFiles>, rate: number) {
    this.path = path;
    this.#rate = rate;
    this.#files = {
      module: fileURLToPath(new URL('../fixtures/collector.mjs', import.meta.url)),
      simulator: fileURLToPath(new URL('../fixtures/tenant.mjs', import.meta.url)),
      page: join(path, 'page'),
      ...files,
    };
  }

  /**
   * @param files others than the fixtures
   * @param options `rate`: rows an hour
   */
  static async make(files: Partial<BuiltFiles> = {}, { rate = 36_000 } = {}): Promise<RunnerFolder> {
    const path = await mkdtemp(join(tmpdir(), 'runner-'));
    await mkdir(join(path, 'page/assets'), { recursive: true });
    await writeFile(
      join(path, 'page/index.html'),
      '<!doctype html><meta name="request-token" content="%REQUEST_TOKEN%" /><title>Page</title>',
    );
    await writeFile(join(path, 'page/assets/main-1a2b.js'), 'export {};');
    return new RunnerFolder(path, files, rate);
  }

  get dataFolder(): string {
    return join(this.path, 'data');
  }

  /** @param port of the page; 0 takes any */
  async start(port = 0): Promise<StartedRunner> {
    const troubles: string[] = [];
    const runner = await LocalRunner.start({
      repository,
      files: this.#files,
      dataFolder: this.dataFolder,
      port,
      rate: this.#rate,
      faultShare: 0,
      onTrouble: (message) => troubles.push(message),
      onLine: ({ level, message }) => {
        if (level !== 'info' && level !== 'debug') troubles.push(message);
      },
    });
    this.#runner = runner;
    return { runner, troubles, client: await PageClient.open(runner.address) };
  }

  async stop(): Promise<void> {
    await this.#runner?.stop();
    this.#runner = undefined;
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.path, { recursive: true, force: true });
  }
}
