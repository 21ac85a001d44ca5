import { runItem } from './run-item.js';
import type { TriggerClass } from './trigger.js';

export interface ModuleOptions {
  /** The folder with manifest.json and the cards trigger_*.json and connector_*.json. */
  readonly root: URL;
  readonly argv?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

/** A playbook module: registers its triggers, and runs the one that the platform names on the command line. */
export class Module {
  readonly #options: ModuleOptions;
  readonly #items = new Map<string, TriggerClass>();

  constructor(options: ModuleOptions) {
    this.#options = options;
  }

  /** `dockerParameters` as in the card: the container's first argument. */
  register(Item: TriggerClass, dockerParameters: string): void {
    this.#items.set(dockerParameters, Item);
  }

  /**
   * Runs until SIGTERM or SIGINT. Never rejects: sets process.exitCode, to 0 after a clean stop, and to 1 where the
   * command is unknown, the cards cannot be read, the data folder is held by another process, or the stop was not clean.
   */
  async run(): Promise<void> {
    const command = (this.#options.argv ?? process.argv)[2];
    const Item = command === undefined ? undefined : this.#items.get(command);
    if (command === undefined || Item === undefined) {
      process.stderr.write(`${this.#usage(command)}\n`);
      process.exitCode = command === '--help' ? 0 : 1;
      return;
    }
    // The data folder holds what passed through a mail system: nobody else on the host need read it.
    process.umask(0o077);
    process.exitCode = await runItem({
      Item,
      command,
      root: this.#options.root,
      env: this.#options.env ?? process.env,
    });
  }

  #usage(command: string | undefined): string {
    const known = [...this.#items.keys()].map((name) => `"${name}"`).join(', ');
    const wrong =
      command === undefined ? 'No command was given. ' : command === '--help' ? '' : `"${command}" is not a command. `;
    return `${wrong}Give one of the module's commands as the first argument: ${known}.`;
  }
}
