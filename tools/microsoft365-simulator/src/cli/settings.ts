import { parseArgs } from 'node:util';
import { InvalidInputError } from '../errors.js';
import { defaultOptions } from '../reporting-web-service/options.js';

/** What the command line asks for. */
export interface Settings {
  /** Null: the usual port, or the next one that is free. */
  readonly port: number | null;
  /** Rows an hour that go on arriving; 0: none do. */
  readonly rate: number;
  /** Rows that are there already, spread over the last hours. */
  readonly rows: number;
  readonly historyHours: number;
  readonly lateShare: number;
  readonly seed: number;
  readonly accountName: string;
  readonly accountPassword: string;
  readonly faultShare: number;
  /** Speak https, and write the certificate to that file; null: http. */
  readonly certificateFile: string | null;
}

export const usualPort = 8365;

export const helpText = `Microsoft 365 message trace on loopback.

  --port N                 port on 127.0.0.1 (default ${usualPort}, or the next one that is free)
  --rate N                 rows an hour that go on arriving (default 1200; 0: none)
  --rows N                 rows that are there already (default 5000)
  --history-hours N        how many hours these are spread over (default 24)
  --late-share SHARE       share of the rows that appear late, 0 to 1 (default 0.1)
  --seed N                 the same seed makes the same mail (default 1)
  --account-name NAME      (default ${defaultOptions.accountName})
  --account-password TEXT  (default ${defaultOptions.accountPassword})
  --faults SHARE           share of the requests that fail in ways that pass, 0 to 1 (default 0)
  --tls FILE               https; FILE is where the certificate is written (for NODE_EXTRA_CA_CERTS)
  --help                   this text
`;

/** Reads the command line; null if it asks for help. Throws InvalidInputError. */
export function readSettings(argv: readonly string[]): Settings | null {
  const values = parse(argv);
  if (values['help'] === true) return null;
  const number = (name: string, fallback: number, most = Infinity): number => {
    const given = values[name];
    if (given === undefined) return fallback;
    const value = typeof given === 'string' && given.trim() !== '' ? Number(given) : NaN;
    if (value >= 0 && value <= most) return value;
    throw new InvalidInputError(`--${name} must be a number from 0 to ${most}, but is "${String(given)}"; see --help.`);
  };
  const text = (name: string, fallback: string): string => {
    const given = values[name] ?? fallback;
    if (typeof given === 'string' && given !== '') return given;
    throw new InvalidInputError(`--${name} must not be empty; see --help.`);
  };
  return {
    port: values['port'] === undefined ? null : number('port', usualPort, 65_535),
    rate: number('rate', 1_200),
    rows: number('rows', 5_000),
    historyHours: number('history-hours', 24),
    lateShare: number('late-share', 0.1, 1),
    seed: number('seed', 1),
    accountName: text('account-name', defaultOptions.accountName),
    accountPassword: text('account-password', defaultOptions.accountPassword),
    faultShare: number('faults', 0, 1),
    certificateFile: values['tls'] === undefined ? null : text('tls', ''),
  };
}

function parse(argv: readonly string[]): Readonly<Record<string, string | boolean | undefined>> {
  const value = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...argv],
      options: {
        port: value,
        rate: value,
        rows: value,
        'history-hours': value,
        'late-share': value,
        seed: value,
        'account-name': value,
        'account-password': value,
        faults: value,
        tls: value,
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    // parseArgs knows an option that is unknown or lacks its value, and says so in its message.
    throw new InvalidInputError(error instanceof Error ? error.message : String(error));
  }
}
