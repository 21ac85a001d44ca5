import { parseArgs } from 'node:util';
import { UsageError } from './usage-error.js';

export interface StartOptions {
  /** Rows an hour that go on arriving in the simulated tenant. */
  readonly rate: number;
  /** The trigger's setting of that name, in seconds. */
  readonly frequency: number;
  /** The share of the answers of tenant and intake that fail, 0 … 1. */
  readonly faultShare: number;
  /** Undefined: `.data` in the repository. */
  readonly dataFolder: string | undefined;
  readonly fresh: boolean;
}

export const HELP = `npm start -- [options]

Starts on 127.0.0.1 what the module needs, and the module: a simulated Microsoft 365
tenant, a stand-in for Sekoia's platform and intake, and the trigger "Message Trace".
Then compares, row by row, what the tenant shows with what the intake receives.

  --rate N        rows an hour that arrive in the tenant (default 1200)
  --frequency N   how often the trigger asks, in seconds (default 5)
  --faults SHARE  share of the answers that fail, of tenant and intake, 0 to 1 (default 0)
  --data DIR      where the trigger keeps its state, and finds it again at the next start
                  (default .data in the repository)
  --fresh         forget that state first
  --help          this text

Ctrl-C stops everything; a second Ctrl-C does so at once.
`;

/**
 * What the command line asks for.
 *
 * @throws {UsageError} naming the option that is wrong.
 */
export function readCommandLine(argv: readonly string[]): StartOptions | 'help' {
  const values = parse(argv);
  if (values.help) return 'help';
  return {
    rate: readNumber('rate', values.rate, { least: 0, most: 10_000_000 }),
    frequency: readNumber('frequency', values.frequency, { least: 1, most: 86_400 }),
    faultShare: readNumber('faults', values.faults, { least: 0, most: 1 }),
    dataFolder: values.data,
    fresh: values.fresh,
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        rate: { type: 'string', default: '1200' },
        frequency: { type: 'string', default: '5' },
        faults: { type: 'string', default: '0' },
        data: { type: 'string' },
        fresh: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)} See --help.`);
  }
}

function readNumber(option: string, text: string, { least, most }: { least: number; most: number }): number {
  const number = text.trim() === '' ? NaN : Number(text);
  if (number >= least && number <= most) return number;
  throw new UsageError(`--${option} must be a number from ${least} to ${most}, but is "${text}". See --help.`);
}
