import { parseArgs } from 'node:util';
import { MAX_ROWS_PER_HOUR } from '../simulation/simulated-tenant.js';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** A mistake that the user can correct in the command. The message says how. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Of a data folder that cannot be read or written. */
export function unusableDataFolder(dataFolder: string, error: unknown): UsageError {
  return new UsageError(
    `The data folder ${dataFolder} cannot be used (${String(error)}): mend that, or name another one with --data.`,
  );
}

/** Of a port that cannot be listened on; any other error as it is. */
export function asPortError(port: number, error: unknown): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall !== 'listen') return error;
  const what = code === 'EADDRINUSE' ? `Port ${port} and those after it are taken` : `Port ${port} cannot be used`;
  return new UsageError(`${what} (${String(error)}): name another one with --port; 0 takes any that is free.`);
}

export interface StartOptions {
  /** Whether there is a demo playbook, and started. */
  readonly demo: boolean;
  /** Of the page: the first one to try. */
  readonly port: number;
  /** Rows an hour that go on arriving in the simulated tenant. */
  readonly rate: number;
  /** The demo's setting of that name, in seconds; undefined: as it was. */
  readonly frequency: number | undefined;
  /** The share of the answers that fail, of the tenant and of the demo's intake, 0 … 1. */
  readonly faultShare: number;
  /** Undefined: `.data` in the repository. */
  readonly dataFolder: string | undefined;
  /** Whether the demo forgets what it has read. */
  readonly fresh: boolean;
}

const USUAL_PORT = '8080';

export const HELP = `npm start -- [options]

Starts on 127.0.0.1 a page on which the module's triggers can be added to playbooks,
configured, started and watched; a simulated Microsoft 365 tenant for them to read; and
a demo playbook that does, until --no-demo.

  --no-demo       no demo playbook: all others are there, and stopped
  --port N        port of the page, or the next one that is free (default ${USUAL_PORT}, or PORT)
  --data DIR      where playbooks and the state of their triggers are kept
                  (default .data in the repository)
  --rate N        rows an hour that arrive in the tenant (default 1200)
  --frequency N   how often the demo asks, in seconds (5 at first)
  --faults SHARE  share of the answers that fail, of the tenant and of the demo's intake,
                  0 to 1 (default 0)
  --fresh         let the demo forget what it has read
  --help          this text

Ctrl-C stops everything; a second Ctrl-C does so at once.
`;

/**
 * What the command line asks for.
 *
 * @param environment where `PORT` may be
 * @throws {UsageError} naming the option that is wrong.
 */
export function readCommandLine(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): StartOptions | 'help' {
  const values = parse(argv);
  if (values.help) return 'help';
  if (values.data === '') throw new UsageError('--data must name a folder, but is empty. See --help.');
  const portOf = values.port === undefined ? 'PORT' : '--port';
  return {
    demo: !values['no-demo'],
    port: readNumber(portOf, values.port ?? (environment['PORT'] || USUAL_PORT), {
      min: 0,
      max: 65_535,
      whole: true,
    }),
    rate: readNumber('--rate', values.rate, { min: 0, max: MAX_ROWS_PER_HOUR }),
    frequency:
      values.frequency === undefined
        ? undefined
        : readNumber('--frequency', values.frequency, { min: 1, max: 86_400, whole: true }),
    faultShare: readNumber('--faults', values.faults, { min: 0, max: 1 }),
    dataFolder: values.data,
    fresh: values.fresh,
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        'no-demo': { type: 'boolean', default: false },
        port: { type: 'string' },
        data: { type: 'string' },
        rate: { type: 'string', default: '1200' },
        frequency: { type: 'string' },
        faults: { type: 'string', default: '0' },
        fresh: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${message.replace(/\.?$/, '.')} See --help.`);
  }
}

function readNumber(
  name: string,
  text: string,
  { min, max, whole = false }: { min: number; max: number; whole?: boolean },
): number {
  const number = text.trim() === '' ? NaN : Number(text);
  if (number >= min && number <= max && (!whole || Number.isInteger(number))) return number;
  const kind = whole ? 'whole number' : 'number';
  throw new UsageError(`${name} must be a ${kind} from ${min} to ${max}, but is "${text}". See --help.`);
}

export interface BuiltFiles {
  readonly module: string;
  readonly simulator: string;
  /** The folder of the page, which may not be there yet: the page server says so then. */
  readonly page: string;
}

/** The entries of the processes to start. @throws {UsageError} where one has not been built. */
export function findBuiltFiles(repository: string): BuiltFiles {
  return {
    module: find(repository, 'dist/bundle/main.js'),
    simulator: find(repository, 'tools/testbed/dist/microsoft/main.js'),
    page: join(repository, 'tools/playbook-runner/dist/page'),
  };
}

function find(repository: string, path: string): string {
  const file = join(repository, path);
  if (!existsSync(file)) throw new UsageError(`${path} is not there: run "npm run build" in ${repository} first.`);
  return file;
}
