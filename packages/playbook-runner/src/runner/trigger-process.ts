import type { WaitOptions } from '../waiting/waiting-room.js';
import { ChildProcess, type Exit, type OutputLine, type Stop } from './child-process.js';
import { asEnvironment, inheritedEnvironment } from './environment.js';
import { findFreePort } from './free-port.js';
import { namedValues } from './settings.js';
import { writeSettingsFolder } from './settings-folder.js';

export interface TriggerOptions {
  /** The compiled entry of the module, such as `dist/module/main.js`. */
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
  /** Default: free ones. */
  readonly livenessPort?: number;
  readonly metricsPort?: number;
  /** Further values of the platform by their names, such as `playbook_uuid`. */
  readonly values?: Readonly<Record<string, string>>;
  /** Environment variables besides; they win over all others. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Options for Node.js itself, such as `--max-old-space-size=100`. */
  readonly nodeArguments?: readonly string[];
  /** Called with each line of output; must not throw. */
  readonly onLine?: (line: OutputLine) => void;
}

export interface HealthAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

const ANSWER_WITHIN_MS = 5000;

/** A trigger that runs as a process of its own, configured as the platform configures it. */
export class TriggerProcess {
  /** Fulfilled when the process has ended, its output has been read and its settings have been removed. */
  readonly exited: Promise<Exit>;
  readonly livenessPort: number;
  readonly metricsPort: number;
  readonly #child: ChildProcess;

  private constructor(
    child: ChildProcess,
    exited: Promise<Exit>,
    ports: { livenessPort: number; metricsPort: number },
  ) {
    this.#child = child;
    this.exited = exited;
    this.livenessPort = ports.livenessPort;
    this.metricsPort = ports.metricsPort;
  }

  /** Starts the process; whether the module is content with its settings shows later, in its output and health. */
  static async start(options: TriggerOptions): Promise<TriggerProcess> {
    const { livenessPort = await findFreePort(), metricsPort = await findFreePort() } = options;
    const values = namedValues({
      ...options,
      triggerConfiguration: options.configuration,
      moduleConfiguration: options.moduleConfiguration ?? {},
      livenessPort,
      metricsPort,
    });
    const folder = options.via === 'environment' ? undefined : await writeSettingsFolder(values);
    const child = await ChildProcess.start({
      arguments: [...(options.nodeArguments ?? []), options.modulePath, options.dockerParameters],
      environment: {
        ...inheritedEnvironment(process.env),
        ...(folder ? { SYMPHONY_VOLUME: folder.path } : asEnvironment(values)),
        DATA_STORAGE: options.dataFolder,
        ...options.environment,
      },
      ...(options.onLine && { onLine: options.onLine }),
    }).catch(async (error: unknown) => {
      await folder?.remove();
      throw error;
    });
    const exited = child.exited.finally(() => folder?.remove());
    return new TriggerProcess(child, exited, { livenessPort, metricsPort });
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

  /** Sends `signal` and waits for the end; SIGKILL follows where that takes longer than `killAfterMs` (default 15,000). */
  async stop(signal: NodeJS.Signals = 'SIGTERM', killAfterMs?: number): Promise<Stop> {
    const stop = await this.#child.stop(signal, killAfterMs);
    await this.exited;
    return stop;
  }

  /** Ends the process without a chance to save anything. */
  kill(): Promise<Stop> {
    return this.stop('SIGKILL');
  }

  /** @throws where the port does not answer with JSON within 5 seconds. */
  async health(): Promise<HealthAnswer> {
    const response = await this.#get(this.livenessPort, '/health');
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  /** The Prometheus text. @throws where the port does not answer within 5 seconds. */
  async metrics(): Promise<string> {
    return (await this.#get(this.metricsPort, '/metrics')).text();
  }

  #get(port: number, path: string): Promise<Response> {
    return fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
  }

  #text(stream: OutputLine['stream']): string {
    return this.#child
      .lines()
      .filter((line) => line.stream === stream)
      .map(({ text }) => text)
      .join('\n');
  }
}
