import { parseArgs } from 'node:util';
import { InvalidInputError } from '../errors.js';
import { defaultOptions } from './reporting-web-service/trace-query.js';
import { writeFile } from 'node:fs/promises';
import { passingFaults } from './faults/transport-faults.js';
import { type Simulator, startSimulator } from './simulator.js';
import { MailWorld } from './world/mail-world.js';

/** What the command line asks for. */
interface Settings {
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

const usualPort = 8365;

const helpText = `Microsoft 365 message trace on loopback.

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
function readSettings(argv: readonly string[]): Settings | null {
  const values = parse(argv);
  if (values['help'] === true) return null;
  const number = (name: string, fallback: number, max = Infinity): number => {
    const given = values[name];
    if (given === undefined) return fallback;
    const value = typeof given === 'string' && given.trim() !== '' ? Number(given) : NaN;
    if (value >= 0 && value <= max) return value;
    throw new InvalidInputError(`--${name} must be a number from 0 to ${max}, but is "${String(given)}"; see --help.`);
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

const hourMs = 3_600_000;
const portsToTry = 20;

/**
 * Runs the simulator until the signal aborts. Resolves with the exit code: 0, or 2 if it could not start for a reason
 * that the user can correct in the command.
 */
export async function run(argv: readonly string[], write: (text: string) => void, stop: AbortSignal): Promise<number> {
  try {
    const settings = readSettings(argv);
    if (settings === null) {
      write(helpText);
      return 0;
    }
    const simulator = await start(settings);
    await saveCertificate(simulator, settings.certificateFile);
    write(greeting(simulator, settings));
    await new Promise((resolve) => {
      if (stop.aborted) resolve(undefined);
      stop.addEventListener('abort', resolve, { once: true });
    });
    await simulator.close();
    write(farewell(simulator));
    return 0;
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    write(`${error.message}\n`);
    return 2;
  }
}

async function start(settings: Settings): Promise<Simulator> {
  const world = new MailWorld({
    seed: settings.seed,
    organization: 'examplecorp.onmicrosoft.com',
    domain: 'example.corp',
  });
  fill(world, settings, Date.now());
  const { accountName, accountPassword } = settings;
  const simulator = await listen(settings.port, (port) =>
    startSimulator({
      port,
      world,
      options: { accountName, accountPassword },
      faultSeed: settings.seed,
      tls: settings.certificateFile !== null,
    }),
  );
  for (const { faults } of [simulator.server, simulator.graph, simulator.tokenService]) {
    faults.failAtRandom({ share: settings.faultShare, kinds: passingFaults });
  }
  return simulator;
}

function fill(world: MailWorld, { rows, historyHours, rate, lateShare }: Settings, nowMs: number): void {
  const behaviour = { lateShare, changingShare: 0.1 };
  if (rows > 0 && historyHours > 0) {
    world.add({ rows, from: Math.floor(nowMs - historyHours * hourMs), to: nowMs, ...behaviour });
  }
  if (rate > 0) world.live({ rowsPerHour: rate, from: nowMs, ...behaviour });
}

async function saveCertificate(simulator: Simulator, file: string | null): Promise<void> {
  if (simulator.certificate === null || file === null) return;
  try {
    await writeFile(file, simulator.certificate);
  } catch (error) {
    await simulator.close();
    const reason = error instanceof Error ? error.message : String(error);
    throw new InvalidInputError(`The certificate cannot be written (${reason}); name another file with --tls.`);
  }
}

/** A requested port must be available. Without a request, the usual port or one of those after it is used. */
async function listen(asked: number | null, open: (port: number) => Promise<Simulator>): Promise<Simulator> {
  const last = asked ?? usualPort + portsToTry - 1;
  for (let port = asked ?? usualPort; ; port++) {
    try {
      return await open(port);
    } catch (error) {
      if (!isPortTaken(error)) throw error;
      if (port >= last) throw new InvalidInputError(`Port ${port} is in use; choose another one with --port.`);
    }
  }
}

function isPortTaken(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'EADDRINUSE';
}

function greeting(simulator: Simulator, { accountName, accountPassword, certificateFile }: Settings): string {
  const { apiUrl, graphUrl, authorityUrl, origin } = simulator;
  const { tenantId, clientId, clientSecret } = simulator.tokenService.options;
  const trust = certificateFile === null ? '' : `--cacert ${quoted(certificateFile)} `;
  const account = quoted(`${accountName}:${accountPassword}`);
  return `Microsoft 365 simulator

Reporting Web Service
  api_url           ${apiUrl}
  account_name      ${accountName}
  account_password  ${accountPassword}

Microsoft Graph
  graph_url         ${graphUrl}
  authority_url     ${authorityUrl}
  tenant_id         ${tenantId}
  client_id         ${clientId}
  client_secret     ${clientSecret}

Both
  control           ${origin}/simulator/status
${certificateFile === null ? '' : `  certificate       ${certificateFile}\n`}
Try it:
  curl ${trust}--user ${account} ${quoted(`${apiUrl}/MessageTrace?$format=json`)}

Ctrl-C stops it.
`;
}

function farewell({ server, graph, tokenService }: Simulator): string {
  const totals = [server, graph, tokenService].map(({ requests }) => requests.totals);
  const sum = (name: 'requests' | 'rows'): number => totals.reduce((before, one) => before + one[name], 0);
  return `Stopped after ${sum('requests')} requests and ${sum('rows')} rows.\n`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
