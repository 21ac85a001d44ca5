import { randomUUID } from 'node:crypto';
import { SHARED_FILE_JSON } from '../budgets.js';
import type { SettingsRules } from '../configuration/settings.js';
import type { SharedFiles } from '../data/shared-files.js';
import { ConfigurationError } from '../errors.js';
import type { HttpClient } from '../http/http-client.js';
import { JsonTooLargeError, type JsonObject, readJson } from '../json.js';
import { excerpt } from '../log/foreign-text.js';
import type { Log } from '../log/log.js';
import type { Redactor } from '../log/redactor.js';

/** What the module hands to an action; subclasses pass it on to `super` unread. */
export interface ActionContext {
  readonly moduleSettings: JsonObject;
  readonly log: Log;
  readonly http: HttpClient;
  readonly redactor: Redactor;
  /** @throws ConfigurationError where the values that say where files lie are wrong */
  readonly files: () => SharedFiles;
}

/** An action of which only the contract is known. */
export type AnyAction = Action<object, ActionResults, object>;

/** A class that can be registered: its constructor takes the context alone. */
export interface ActionClass {
  new (context: ActionContext): AnyAction;
  readonly rules: SettingsRules;
}

/** What an action returns: an object, a list of objects, or nothing. Members must be JSON. */
export type ActionResults = object | null | undefined;

/**
 * The base of an action: a step of a playbook, run once for each run of the playbook, in a process of its own. It is
 * made after the module's configuration and the arguments were checked; then `run` is called.
 *
 * `Arguments` is what the card's `arguments` schema vouches for, `Results` what its `results` schema says,
 * `Configuration` what manifest.json's `configuration` vouches for. The contract is that of `Action` in action.py of
 * Sekoia's Python SDK 1.27.0; docs/platform-contract.md names the differences.
 */
export abstract class Action<
  Arguments extends object = JsonObject,
  Results extends ActionResults = JsonObject,
  Configuration extends object = JsonObject,
> {
  /** What the card cannot say about the arguments. */
  static readonly rules: SettingsRules = () => [];

  /** The module's configuration, the connected account, with its secrets; checked against manifest.json. */
  protected readonly configuration: Configuration;
  /**
   * Entries reach the platform with the results, as one text: the newest 262,144 characters. Those below `LOG_LEVEL`
   * (info unless given) are left out, as is one that repeats another within 60 s.
   */
  protected readonly log: Log;
  /**
   * For requests of the action's own: how the module introduces itself, its kept-alive connections, and what their
   * errors mean.
   */
  protected readonly http: HttpClient;
  readonly #redactor: Redactor;
  readonly #files: () => SharedFiles;
  readonly #outputs: Record<string, boolean> = {};
  #errorMessage: string | undefined;
  #resultAsFile = true;

  constructor(context: ActionContext) {
    // The schema in manifest.json has vouched for the shape.
    this.configuration = context.moduleSettings as Configuration;
    this.log = context.log;
    this.http = context.http;
    this.#redactor = context.redactor;
    this.#files = context.files;
  }

  /** The branches of the playbook that were switched on (true) or off (false), by name. */
  get outputs(): Readonly<Record<string, boolean>> {
    return this.#outputs;
  }

  /** What `error` was told last. */
  get errorMessage(): string | undefined {
    return this.#errorMessage;
  }

  /**
   * Does the work, once, and resolves to the results for the playbook; null or undefined for none. Where it throws,
   * the platform gets the error instead: the message of a ConfigurationError or ServiceError as it is, of anything else
   * one line. `signal` is aborted by SIGTERM and SIGINT: then `run` has 2 s to return. What it returns still counts.
   * @param given the arguments: converted, checked against the card and by `rules`, defaults filled in, unknown ones
   * removed. An empty text or null counts as absent.
   */
  abstract run(given: Arguments, signal: AbortSignal): Promise<Results>;

  /** Switches a branch of the playbook on or off: one of those that the card's `outputs` name. */
  protected setOutput(name: string, enabled = true): void {
    this.#outputs[name] = enabled;
  }

  /**
   * Reports the action as failed once `run` has returned, with a sentence for the playbook's author. The results of
   * `run` are reported too. Of several calls the last one counts.
   */
  protected error(message: string): void {
    this.#errorMessage = message;
  }

  /**
   * The argument `name`, or the JSON in the file that the argument `<name>_path` names: a path in the playbook's data
   * folder, where an earlier action left it. The card lists both, and requires neither. Undefined where both are absent
   * and `required` is false.
   * @throws ConfigurationError where both are absent, or the file is missing, is not JSON, or holds more than 16 MiB or
   * 500,000 values; StoreError
   */
  protected async jsonArgument(name: string, given: object, { required = true } = {}): Promise<unknown> {
    const members = given as JsonObject;
    const [direct, path] = [members[name] ?? undefined, members[`${name}_path`] ?? undefined];
    if (direct !== undefined) {
      this.#resultAsFile = false;
      return direct;
    }
    if (path === undefined) {
      if (!required) return undefined;
      throw new ConfigurationError(`"${name}" is missing. Give the argument "${name}" or "${name}_path".`);
    }
    this.#resultAsFile = true;
    if (typeof path !== 'string') throw new ConfigurationError(`"${name}_path" must be text: the path of a file.`);
    return this.#readFile(`${name}_path`, path);
  }

  /**
   * A member for the results: `{"<name>_path": "<name>-<uuid>.json"}`, with `value` as JSON in that file of the
   * playbook's data folder; or `{"<name>": value}`, where the last `jsonArgument` was given directly. For values that
   * are too large for the playbook's own texts. Source: `json_result` in the Python SDK's action.py.
   * @throws StoreError; TypeError where `value` is not JSON
   */
  protected async jsonResult(name: string, value: unknown): Promise<Record<string, unknown>> {
    if (!this.#resultAsFile) return { [name]: value };
    const path = `${name}-${randomUUID()}.json`;
    await this.#files().write(path, Buffer.from(this.#redactor.stringify(value ?? null)));
    return { [`${name}_path`]: path };
  }

  /**
   * Keeps a secret that was not in the configuration, such as a token, out of everything that leaves, until the
   * function returned is called. One that is shorter than four characters is not hidden.
   */
  protected hide(secret: string): () => void {
    return this.#redactor.hide(secret);
  }

  async #readFile(argument: string, path: string): Promise<unknown> {
    const content = await this.#files().read(path);
    const file = `the file "${excerpt(path)}"`;
    if (content === undefined) {
      throw new ConfigurationError(
        `"${argument}" names ${file}, which is not in the playbook's data folder. Give the path that an earlier action returned.`,
      );
    }
    try {
      return readJson(content.toString(), SHARED_FILE_JSON);
    } catch (error) {
      const why = error instanceof JsonTooLargeError ? `holds ${error.message}` : 'is not JSON';
      throw new ConfigurationError(`"${argument}" names ${file}, which ${why}. Give the action another file.`);
    }
  }
}
