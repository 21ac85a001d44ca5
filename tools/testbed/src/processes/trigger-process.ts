import type { WaitOptions } from '../wait-for.js';
import { ChildProcess, type Exit, type OutputLine, type Stop } from './child-process.js';
import { asEnvironment, inheritedEnvironment, namedValues, writeSettingsFolder } from './settings-folder.js';

export interface TriggerOptions {
  /** The compiled entry of the module, such as `dist/bundle/main.js`. */
  readonly modulePath: string;
  /** The command that names the trigger on its card, such as `message_trace`. */
  readonly dockerParameters: string;
  /** What the playbook's author filled in: the value `trigger_configuration`. */
  readonly configuration: Readonly<Record<string, unknown>>;
  /** Default: nothing in it. */
  readonly moduleConfiguration?: Readonly<Record<string, unknown>>;
  /** Where the trigger keeps its state, instead of `/symphony_data`. */
  readonly dataFolder: string;
  /** Default `files`: as the platform does. */
  readonly via?: 'files' | 'environment';
  readonly token?: string;
  readonly urlCallback?: string;
  readonly intakeUrl?: string;
  /** Further values of the platform by their names, such as `playbook_uuid`. */
  readonly values?: Readonly<Record<string, string>>;
  /** Environment variables besides; they win over all others. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Options for Node.js itself, such as `--max-old-space-size=100`. */
  readonly nodeArguments?: readonly string[];
  /** A program that becomes Node.js with the arguments it gets; by default this Node.js itself. */
  readonly executable?: string;
  /** Called with each line of output; must not throw. */
  readonly onLine?: (line: OutputLine) => void;
}

export interface HealthResponse {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

const RESPOND_WITHIN_MS = 15_000;
/** A process on a machine that does other things may take its time to start. */
const START_WITHIN_MS = 60_000;
/** How the module tells which port a path is answered on. */
const PORT_TOLD = /GET (\/\w+) on port (\d+) answers/;

/** A trigger that runs as a process of its own, configured as the platform configures it. */
export class TriggerProcess {
  /** Fulfilled when the process has ended, its output has been read and its settings have been removed. */
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcess;
  /** By the path that each answers. */
  readonly #ports: ReadonlyMap<string, number>;

  private constructor(child: ChildProcess, exited: Promise<Exit>, ports: ReadonlyMap<string, number>) {
    this.#child = child;
    this.exited = exited;
    this.#ports = ports;
  }

  /** Starts the process; whether the module is content with its settings shows later, in its output and health. */
  static async start(options: TriggerOptions): Promise<TriggerProcess> {
    const values = namedValues({
      ...options,
      triggerConfiguration: options.configuration,
      moduleConfiguration: options.moduleConfiguration ?? {},
    });
    const folder = options.via === 'environment' ? undefined : await writeSettingsFolder(values);
    const ports = new Map<string, number>();
    const child = await ChildProcess.start({
      arguments: [...(options.nodeArguments ?? []), options.modulePath, options.dockerParameters],
      environment: {
        ...inheritedEnvironment(process.env),
        ...(folder ? { SYMPHONY_VOLUME: folder.path } : asEnvironment(values)),
        DATA_STORAGE: options.dataFolder,
        ...options.environment,
      },
      ...(options.executable !== undefined && { executable: options.executable }),
      onLine: (line) => {
        const [, path, port] = PORT_TOLD.exec(line.text) ?? [];
        if (path !== undefined && !ports.has(path)) ports.set(path, Number(port));
        options.onLine?.(line);
      },
    }).catch(async (error: unknown) => {
      await folder?.remove();
      throw error;
    });
    const exited = child.exited.finally(() => folder?.remove());
    return new TriggerProcess(child, exited, ports);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** What the process wrote to standard output: its last lines. */
  get stdout(): string {
    return this.#text('stdout');
  }

  get stderr(): string {
    return this.#text('stderr');
  }

  /** @throws Error when the process ends, or time passes, without a line that matches. */
  waitForOutput(pattern: RegExp, options?: WaitOptions): Promise<RegExpExecArray> {
    return this.#child.waitForOutput(pattern, options);
  }

  /**
   * Sends `signal` and waits for the end; SIGKILL follows where that takes longer than `killAfterMs` (default 15,000).
   */
  async stop(signal: NodeJS.Signals = 'SIGTERM', killAfterMs?: number): Promise<Stop> {
    const stop = await this.#child.stop(signal, killAfterMs);
    await this.exited;
    return stop;
  }

  /** Ends the process without a chance to save anything. */
  kill(): Promise<Stop> {
    return this.stop('SIGKILL');
  }

  /** @throws where the process does not answer with JSON within 5 seconds. */
  async health(): Promise<HealthResponse> {
    const response = await this.#get('/health');
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  /** The Prometheus text. @throws where the process does not answer within 5 seconds. */
  async metrics(): Promise<string> {
    return (await this.#get('/metrics')).text();
  }

  async #get(path: string): Promise<Response> {
    if (!this.#ports.has(path))
      await this.waitForOutput(new RegExp(`GET ${path} on port`), { withinMs: START_WITHIN_MS });
    const signal = AbortSignal.timeout(RESPOND_WITHIN_MS);
    return fetch(`http://127.0.0.1:${this.#ports.get(path)}${path}`, { signal });
  }

  #text(stream: OutputLine['stream']): string {
    return this.#child
      .lines()
      .filter((line) => line.stream === stream)
      .map(({ text }) => text)
      .join('\n');
  }
}
