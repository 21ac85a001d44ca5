import { writeFile } from 'node:fs/promises';
import { InvalidInputError } from '../errors.js';
import { passingFaults } from '../faults/transport-faults.js';
import { startSimulator, type Simulator } from '../simulator.js';
import { MailWorld } from '../world/mail-world.js';
import { helpText, readSettings, usualPort, type Settings } from './settings.js';

const hourMs = 3_600_000;
const portsToTry = 20;

/**
 * Runs the simulator until the signal aborts. Resolves with the exit code: 0, or 2 if it could not start for a reason
 * that whoever typed the command can mend.
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

/** A port that was asked for must be had; else the usual one or one of those after it. */
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
