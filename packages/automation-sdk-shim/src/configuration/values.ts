import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError } from '../errors.js';
import { parseObject, type JsonObject } from '../json.js';

const DEFAULT_VOLUME = '/symphony';
const MAX_PORT = 65_535;
/** As in METRICS_PORT=tcp://10.96.12.7:8020. */
const SERVICE_LINK = /^(tcp|udp|sctp):\/\//i;

/**
 * The values that the platform gives a module: the one named `n` is the file /symphony/n, else the environment variable
 * N. Empty ones count as absent. `SYMPHONY_VOLUME` names another folder, for use outside a container.
 */
export class Values {
  readonly #env: NodeJS.ProcessEnv;
  readonly #volume: string;

  constructor(env: NodeJS.ProcessEnv) {
    this.#env = env;
    this.#volume = env['SYMPHONY_VOLUME'] || DEFAULT_VOLUME;
  }

  /** @throws ConfigurationError where the file is there but cannot be read */
  text(name: string): string | undefined {
    return this.#file(name) ?? this.#variable(name);
  }

  /**
   * A JSON object. In the environment it may be encoded in base64.
   * @throws ConfigurationError, which never quotes the value: it may hold secrets
   */
  object(name: string): JsonObject | undefined {
    const file = this.#file(name);
    const text = file ?? this.#variable(name);
    if (text === undefined) return undefined;
    const decoded = file === undefined ? Buffer.from(text, 'base64').toString() : '';
    const object = parseObject(text) ?? parseObject(decoded);
    if (object === undefined) {
      throw new ConfigurationError(
        file === undefined
          ? `The environment variable ${name.toUpperCase()} is not a JSON object, neither plain nor in base64. Correct it.`
          : `The file ${this.#path(name)} is not a JSON object. Correct it.`,
      );
    }
    return object;
  }

  /**
   * A port number (0: any free port). What is none is warned of, and the fallback used: collecting matters more than
   * being watched.
   * @throws ConfigurationError where the file is there but cannot be read
   */
  port(name: string, fallback: number, warn: (text: string) => void): number {
    const text = this.text(name);
    if (text === undefined) return fallback;
    const port = Number(text);
    if (/^\d+$/.test(text) && port <= MAX_PORT) return port;
    warn(
      SERVICE_LINK.test(text)
        ? `The environment variable ${name.toUpperCase()} is the address of a service, which Kubernetes and Docker set by themselves for one named "${name.replace(/_port$/, '')}": port ${fallback} is used. To choose another, put its number into ${this.places(name)}, or rename the service or set enableServiceLinks to false.`
        : `"${name}" is not a port number between 0 and ${MAX_PORT} (0: any free port): port ${fallback} is used. To choose another, put its number into ${this.places(name)}.`,
    );
    return fallback;
  }

  /** Where values of these names are looked for, as the end of a sentence. */
  places(...names: readonly string[]): string {
    const each = names.map((name) => `the file ${this.#path(name)} or the environment variable ${name.toUpperCase()}`);
    return each.join(', or else ');
  }

  #path(name: string): string {
    return join(this.#volume, name);
  }

  #file(name: string): string | undefined {
    try {
      // Editors and `echo` end files with a newline, which is never part of a value.
      return readFileSync(this.#path(name), 'utf8').trim() || undefined;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return undefined;
      throw new ConfigurationError(
        `The file ${this.#path(name)} cannot be read (${code ?? 'unknown error'}). Let the module's user read it.`,
      );
    }
  }

  #variable(name: string): string | undefined {
    return this.#env[name.toUpperCase()]?.trim() || undefined;
  }
}
