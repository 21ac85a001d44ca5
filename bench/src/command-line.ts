import { parseArgs } from 'node:util';
import { FORMATS, type Variant } from './pairs.js';
import { type Api, APIS } from './tenant-messages.js';

/** A mistake that the user can correct in the command. The message says how. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const MEASUREMENTS = [
  'first-read',
  're-read',
  'start',
  'idle',
  'delay',
  'memory',
  'requests',
  'profile',
] as const;
export type Measurement = (typeof MEASUREMENTS)[number];

export interface Options {
  readonly only: readonly Measurement[];
  readonly apis: readonly Api[];
  readonly variants: readonly Variant[];
  readonly pairs: number;
  /** Of the backlog that pairs read. */
  readonly rows: number;
  /** How long idle and delay are watched. */
  readonly minutes: number;
  /** Where results are written; those that are there and are not measured now stay. Undefined: not asked for. */
  readonly json: string | undefined;
  readonly write: boolean;
  readonly short: boolean;
  readonly record: boolean;
}

export const HELP = `npm run bench -- [options]

Measures what the built module costs: whole processes, in CPU seconds, against the floor.
The floor is a small program that reads the same pages, parses them, writes each row as
JSON and posts it. Module and floor run by turns against the same simulated services,
which are a process of their own. Needs Linux.

  --only A,B      leave out all other measurements. There are:
                    first-read  a backlog that is read for the first time, by pairs
                    re-read     known rows that are read again, by pairs
                    start       from the start of the process to the first request
                    idle        processor share while no mail arrives
                    delay       from a row's becoming visible to its acknowledgement
                    memory      peak resident memory at 0.2, 1 and 3 million rows
                    requests    requests for a backlog of 400,000 rows
                    profile     the functions that take the time, run apart
  --apis A,B      ${APIS.join(', ')} (default: both)
  --variants A,B  event formats of first-read: raw, normalized, enriched; -gzip after a
                  name compresses requests to the intake
                  (default: raw,normalized,enriched,normalized-gzip)
  --pairs N       how often module and floor run by turns (default 5)
  --rows N        rows of the backlog that pairs read (default 400000)
  --minutes N     how long idle and delay are watched (default 5)
  --json FILE     where the results are written, after each measurement (default
                  bench/results/last.json). What the file holds and is not measured now
                  stays, if it is of the same machine
  --write         write docs/cost.md of the results
  --short         two minutes: normalized without gzip, both APIs. Fails where a ratio is
                  worse than the recorded one (bench/recorded.json) by 25 %
  --record        with --short: write bench/recorded.json instead
  --help          this text

Progress goes to standard error, the table to standard output. Everything takes about an
hour. Exit code: 0, 1 where --short finds a worse ratio or a measurement fails, 2 for a
wrong option. A target that is missed is named in the table and is no failure.
`;

const DEFAULT_VARIANTS = 'raw,normalized,enriched,normalized-gzip';

/** What the command line asks for. @throws {UsageError} naming the option that is wrong. */
export function readCommandLine(argv: readonly string[]): Options | 'help' {
  const values = parse(argv);
  if (values.help) return 'help';
  if (values.record && !values.short) throw new UsageError('--record needs --short. See --help.');
  const others = argv.filter((argument) => /^--(?!(?:short|record|apis)\b)/.test(argument));
  if (values.short && others.length > 0)
    throw new UsageError(`--short always measures the same: leave out ${others.join(' and ')}. See --help.`);
  return {
    only: names('only', values.only ?? MEASUREMENTS.join(','), MEASUREMENTS),
    apis: names('apis', values.apis, APIS),
    variants: names('variants', values.variants, VARIANT_NAMES).map(variantOf),
    pairs: number('pairs', values.pairs, { min: 1, max: 1000, isWhole: true }),
    rows: number('rows', values.rows, { min: 1000, max: MAX_ROWS, isWhole: true }),
    minutes: number('minutes', values.minutes, { min: 1, max: 1440, isWhole: false }),
    json: values.json,
    write: values.write,
    short: values.short,
    record: values.record,
  };
}

/** Graph answers for ten days at most at once, which the floor asks for; they hold so many rows. */
const MAX_ROWS = 3_500_000;
const VARIANT_NAMES = FORMATS.flatMap((format) => [format, `${format}-gzip`] as const);

function variantOf(name: (typeof VARIANT_NAMES)[number]): Variant {
  const format = FORMATS.find((candidate) => name.startsWith(candidate)) ?? 'normalized';
  return { format, gzip: name.endsWith('-gzip') };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        only: { type: 'string' },
        apis: { type: 'string', default: APIS.join(',') },
        variants: { type: 'string', default: DEFAULT_VARIANTS },
        pairs: { type: 'string', default: '5' },
        rows: { type: 'string', default: '400000' },
        minutes: { type: 'string', default: '5' },
        json: { type: 'string' },
        write: { type: 'boolean', default: false },
        short: { type: 'boolean', default: false },
        record: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)} See --help.`);
  }
}

/** In the order of `known`. */
function names<Name extends string>(option: string, text: string, known: readonly Name[]): Name[] {
  const given = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const unknown = given.find((name) => !known.includes(name as Name));
  if (unknown !== undefined || given.length === 0)
    throw new UsageError(`--${option} must be of ${known.join(', ')}, but is "${unknown ?? text}". See --help.`);
  return known.filter((name) => given.includes(name));
}

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly isWhole: boolean;
}

function number(option: string, text: string, { min, max, isWhole }: Bounds): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (value >= min && value <= max && (!isWhole || Number.isInteger(value))) return value;
  throw new UsageError(
    `--${option} must be ${isWhole ? 'a whole number' : 'a number'} from ${min} to ${max}, but is "${text}". See --help.`,
  );
}
