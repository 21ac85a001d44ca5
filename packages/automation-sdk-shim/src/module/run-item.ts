import { Registry } from 'prom-client';
import { readManifest, type Manifest } from '../configuration/cards.js';
import { checkProxies } from '../configuration/proxies.js';
import { Values } from '../configuration/values.js';
import { CardError, ConfigurationError, FolderHeldError } from '../errors.js';
import { Health } from '../health.js';
import { startGetServer } from '../http/get-server.js';
import { HttpClient } from '../http/http-client.js';
import { hideWith } from '../log/hide.js';
import type { Log } from '../log/log.js';
import { PlatformLogs } from '../log/platform-logs.js';
import { openBasics, type Basics, type ItemRequest } from './basics.js';
import { readPlatform, type Platform } from './platform.js';
import { prepareContext } from './prepare-context.js';
import { Problems } from './problems.js';
import { holdUntilStopped, supervise } from './supervise.js';

const LIVENESS_PORT = 8_000;
const METRICS_PORT = 8_020;
/** What remains for the logs once run() has used up its time to stop. */
const FLUSH_MS = 2_500;

/** The life of one trigger in this process, from its settings to its stop. Resolves to the exit code. */
export async function runItem(request: ItemRequest): Promise<number> {
  const basics = openBasics(request.env);
  const { log, closers } = basics;
  let clean = false;
  try {
    clean = await live(request, basics);
  } catch (error) {
    if (error instanceof CardError || error instanceof FolderHeldError) log.critical(error.message);
    else {
      log.exception(error, 'The module cannot run.');
      log.critical('The module cannot run and ends; the log has the cause. Please report it.');
    }
  }
  const hung = !clean && basics.stop.signal.aborted;
  await closers.closeAll();
  // A run() that hangs would keep the process alive, with the data folder no longer locked.
  if (hung) process.exit(1);
  return clean ? 0 : 1;
}

/** True after a clean stop; false where run() had to be left hanging. */
async function live(request: ItemRequest, basics: Basics): Promise<boolean> {
  const { log, closers, stop, scrubber } = basics;
  const manifest = readManifest(request.root);
  const http = new HttpClient({ userAgent: `sekoiaio-module/${manifest.slug}-${manifest.version}` });
  closers.push(() => http.close());

  const values = new Values(request.env);
  const problems = new Problems();
  // The environment of the process and not `request.env`: it is the one that the agents look at.
  problems.attempt(() => checkProxies(process.env, hideWith(scrubber, log)));
  const platform = problems.attempt(() => readPlatform(values)) ?? {};
  shipLogs(platform, http, basics);
  announce(request, manifest, log);

  const metrics = new Registry();
  const { secondsWithoutEvents, lastHeartbeatThreshold } = request.Item;
  const health = new Health({ scrubber, secondsWithoutEvents, lastHeartbeatThreshold });
  await startServers({ values, problems, health, metrics }, basics);

  const supervision = { log, health, stopping: stop.signal };
  try {
    const context = await prepareContext({
      request,
      manifest,
      values,
      problems,
      platform,
      http,
      health,
      metrics,
      basics,
    });
    if (context === undefined) return true;
    const item = new request.Item(context);
    return await supervise(() => item.run(), supervision);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    await holdUntilStopped(error, supervision);
    return true;
  }
}

function shipLogs(platform: Partial<Platform>, http: HttpClient, { log, scrubber, closers }: Basics): void {
  const { token, urlLogs } = platform;
  if (token === undefined || urlLogs === undefined) {
    log.info('There is no token and url_callback: the module is run by hand, and logs go to standard error only.');
    return;
  }
  scrubber.add(token);
  const shipping = new PlatformLogs({ url: urlLogs, token, http, report: (level, text) => log.local(level, text) });
  log.shipTo(shipping);
  closers.push(() => shipping.close(FLUSH_MS));
}

function announce({ command }: ItemRequest, { slug, version }: Manifest, log: Log): void {
  log.info(`${command} of ${slug} ${version} starts.`);
}

interface Served {
  readonly values: Values;
  readonly problems: Problems;
  readonly health: Health;
  readonly metrics: Registry;
}

/** Health and metrics are there even where the settings are wrong, since that is when they are asked. */
async function startServers({ values, problems, health, metrics }: Served, { log, closers }: Basics): Promise<void> {
  const liveness = problems.attempt(() => values.port('liveness_port', LIVENESS_PORT)) ?? LIVENESS_PORT;
  const exporter = problems.attempt(() => values.port('metrics_port', METRICS_PORT)) ?? METRICS_PORT;
  const healthPage = () => health.page();
  const metricsPage = async () => ({ status: 200, contentType: metrics.contentType, body: await metrics.metrics() });
  const servers = [
    await startGetServer({
      name: 'health',
      port: liveness,
      portName: 'liveness_port',
      path: '/health',
      page: healthPage,
      log,
    }),
    await startGetServer({
      name: 'metrics',
      port: exporter,
      portName: 'metrics_port',
      path: '/metrics',
      page: metricsPage,
      log,
    }),
  ];
  for (const server of servers) if (server !== undefined) closers.push(() => server.close());
}
