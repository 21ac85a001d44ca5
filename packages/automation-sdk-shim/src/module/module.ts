/** The platform's command for a check of the module's configuration. */
import { type AccountValidatorClass, runValidator } from './account-validator.js';
import { Action, type ActionClass } from './action.js';
import type { CommandRequest } from './process-context.js';
import { runAction } from './run-action.js';
import { runItem } from './run-item.js';
import type { TriggerClass } from './trigger.js';

const VALIDATE = 'validate_module_configuration';

export interface ModuleOptions {
  /** The folder with manifest.json and the cards trigger_*.json, connector_*.json and action_*.json. */
  readonly root: URL;
  readonly argv?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

type Run = (request: CommandRequest) => Promise<number>;

/** A playbook module: registers its triggers and actions, and runs the one that the command line names. */
export class Module {
  readonly #options: ModuleOptions;
  readonly #items = new Map<string, Run>();
  #Validator: AccountValidatorClass | undefined;

  constructor(options: ModuleOptions) {
    this.#options = options;
  }

  /** `dockerParameters` as in the card: the container's first argument. */
  register(Item: TriggerClass | ActionClass, dockerParameters: string): void {
    this.#items.set(dockerParameters, (request) =>
      isAction(Item) ? runAction({ ...request, Item }) : runItem({ ...request, Item }),
    );
  }

  /** Checks the module's configuration when the platform asks for it, with `validate_module_configuration`. */
  registerAccountValidator(Validator: AccountValidatorClass): void {
    this.#Validator = Validator;
  }

  /**
   * Runs a trigger until SIGTERM or SIGINT, and an action or a validator until it has told its result. Never rejects:
   * sets process.exitCode, to 0 after a clean stop or a told result, and to 1 where the command is unknown, the cards
   * cannot be read, the data folder is held by another process, or the stop was not clean.
   */
  async run(): Promise<void> {
    const command = (this.#options.argv ?? process.argv)[2];
    const run = command === undefined ? undefined : this.#runOf(command);
    if (run === undefined) {
      process.stderr.write(`${this.#usage(command)}\n`);
      process.exitCode = command === '--help' ? 0 : 1;
      return;
    }
    // The data folder holds what passed through a mail system: other users of the host need not read it. Its group may,
    // where the folder was given to a group: a container whose user changes with each start has nothing else.
    process.umask(0o007);
    process.exitCode = await run();
  }

  /** What `command` starts, resolving to the exit code; undefined where it is unknown. */
  #runOf(command: string): (() => Promise<number>) | undefined {
    const request = { command, root: this.#options.root, env: this.#options.env ?? process.env };
    const run = this.#items.get(command);
    if (run !== undefined) return () => run(request);
    const Validator = this.#Validator;
    if (Validator === undefined || command !== VALIDATE) return undefined;
    return () => runValidator({ ...request, Validator });
  }

  #usage(command: string | undefined): string {
    const known = [...this.#items.keys()].map((name) => `"${name}"`).join(', ');
    const wrong =
      command === undefined ? 'No command was given. ' : command === '--help' ? '' : `"${command}" is not a command. `;
    const besides = this.#Validator === undefined ? '' : ` Besides, ${VALIDATE} checks the module's configuration.`;
    return `${wrong}Give one of the module's commands as the first argument: ${known}.${besides}`;
  }
}

function isAction(Item: TriggerClass | ActionClass): Item is ActionClass {
  return Item.prototype instanceof Action;
}
