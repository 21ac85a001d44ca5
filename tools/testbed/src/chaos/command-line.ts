import { parseArgs } from 'node:util';
import { SIGN_IN_SCENARIOS, type SignInScenarioName } from './test-bed/tenant.js';

/** A mistake that the user can correct in the command. The message says how. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface LabOptions {
  /** How long the trouble lasts. */
  readonly minutes: number;
  readonly seed: number;
  readonly signInScenario: SignInScenarioName;
  /** The module's setting chunk_size. */
  readonly chunkSize: number;
  /** Rows an hour that arrive in the tenant. */
  readonly rate: number;
  /** Keep the data folder and the log, also where nothing was found. */
  readonly keep: boolean;
  /** Names of the only kinds that occur; none: all. */
  readonly only: readonly string[];
  /** Names of kinds that do not occur. */
  readonly without: readonly string[];
}

export const HELP = `npm run chaos -- [options]

Chaos test, on 127.0.0.1 only: runs the built module against the simulator and injects
random faults. Answers of Microsoft, of its token service, of the intake and of the
platform fail. The process is killed and started again. The disk is full. Clocks jump.
Then all faults end, and every row is checked.

  --minutes N      how long the trouble lasts (default 2; the end takes some minutes more)
  --seed S         a whole number: the same seed gives the same plan (default: drawn)
  --sign-in NAME   basic: an account by HTTP Basic, on the Reporting Web Service
                   account: an account by Entra ID, on Microsoft Graph
                   application: an application, on Microsoft Graph (default)
  --chunk-size N   the module's setting chunk_size (default 200)
  --rate N         rows an hour that arrive in the tenant (default 72000)
  --without A,B    leave out these kinds of fault, step or answer; a name also stands for
                   all kinds that begin with it and a hyphen, such as echo or aadsts
  --only A,B       leave out all others: such as weather,http-500
  --keep           keep the data folder and the log; they are kept anyway if something
                   is found
  --help           this text

Exit code: 0, 1 where something was found, 2 for a wrong option. Ctrl-C ends the trouble
early; a second Ctrl-C ends everything at once.
`;

/** What the command line asks for. @throws {UsageError} naming the option that is wrong. */
export function readCommandLine(argv: readonly string[], drawnSeed: number): LabOptions | 'help' {
  const values = parse(argv);
  if (values.help) return 'help';
  return {
    minutes: readNumber('minutes', values.minutes, { min: 0.1, max: 10_080, isWhole: false }),
    seed: readNumber('seed', values.seed ?? String(drawnSeed), { min: 0, max: 2 ** 31, isWhole: true }),
    signInScenario: readSignInScenario(values['sign-in']),
    chunkSize: readNumber('chunk-size', values['chunk-size'], { min: 1, max: 10_000, isWhole: true }),
    rate: readNumber('rate', values.rate, { min: 1, max: 1_000_000, isWhole: true }),
    keep: values.keep,
    only: readNames(values.only),
    without: readNames(values.without),
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        minutes: { type: 'string', default: '2' },
        seed: { type: 'string' },
        'sign-in': { type: 'string', default: 'application' },
        'chunk-size': { type: 'string', default: '200' },
        rate: { type: 'string', default: '72000' },
        only: { type: 'string', default: '' },
        without: { type: 'string', default: '' },
        keep: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)} See --help.`);
  }
}

function readNames(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly isWhole: boolean;
}

function readNumber(option: string, text: string, { min, max, isWhole }: Bounds): number {
  const number = text.trim() === '' ? NaN : Number(text);
  if (number >= min && number <= max && (!isWhole || Number.isInteger(number))) return number;
  const kind = isWhole ? 'a whole number' : 'a number';
  throw new UsageError(`--${option} must be ${kind} from ${min} to ${max}, but is "${text}". See --help.`);
}

function readSignInScenario(text: string): SignInScenarioName {
  const signInScenario = SIGN_IN_SCENARIOS.find((name) => name === text);
  if (signInScenario === undefined)
    throw new UsageError(`--sign-in must be ${SIGN_IN_SCENARIOS.join(' or ')}, but is "${text}". See --help.`);
  return signInScenario;
}
