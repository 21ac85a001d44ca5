import { parseArgs } from 'node:util';

export interface Options {
  readonly minutes: number;
  readonly seed: number;
  /** Names of targets; all where there are none. */
  readonly targets: readonly string[];
  /** A file of the corpus that is run once instead. */
  readonly repeat: string | undefined;
  /** Whether inputs that reach new code are added to the corpus in the end. */
  readonly keep: boolean;
}

export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '3' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      target: { type: 'string', multiple: true, default: [] },
      repeat: { type: 'string' },
      keep: { type: 'boolean', default: false },
    },
  });
  const [minutes, seed] = [Number(values.minutes), Number(values.seed)];
  if (!(minutes > 0)) throw new RangeError('--minutes must be a number above 0, such as 60.');
  if (!Number.isInteger(seed)) throw new RangeError('--seed must be a whole number, such as 1.');
  return { minutes, seed, targets: values.target, repeat: values.repeat, keep: values.keep };
}
