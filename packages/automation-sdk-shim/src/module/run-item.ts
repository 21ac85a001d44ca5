import { Registry } from 'prom-client';
import type { Values } from '../configuration/values.js';
import { CardError, ConfigurationError, LockHeldError, withCode } from '../errors.js';
import { Health } from '../health.js';
import { startGetServer } from '../http/get-server.js';
import { RELEASE_LIMIT_HUNG_MS, RELEASE_LIMIT_MS } from '../budgets.js';
import { endProcess } from './shutdown.js';
import { type Basics, type CommandRequest, openBasics, openProcessContext, type Problems } from './process-context.js';
import { prepareContext } from './prepare-context.js';
import { holdUntilStopped, supervise } from './supervise.js';
import type { TriggerClass } from './trigger.js';

const LIVENESS_PORT = 8_000;
const METRICS_PORT = 8_020;

export interface ItemRequest extends CommandRequest {
  readonly Item: TriggerClass;
}

/** The life of one trigger in this process, from its settings to its stop. Resolves to the exit code. */
export async function runItem(request: ItemRequest): Promise<number> {
  const basics = openBasics(request.env);
  const { log, cleanup } = basics;
  let clean = false;
  try {
    clean = await live(request, basics);
  } catch (error) {
    // A card is part of the image: no restart and no setting mends it.
    if (error instanceof CardError) log.critical(withCode(error));
    else if (error instanceof LockHeldError) log.error(withCode(error));
    else log.exception(error, 'The module cannot run and ends. Please report it.');
  }
  const hung = !clean && basics.stop.signal.aborted;
  await cleanup.closeAll(hung ? RELEASE_LIMIT_HUNG_MS : RELEASE_LIMIT_MS);
  // A run() that hangs would keep the process alive, with the data folder no longer locked.
  if (hung) endProcess(1);
  return clean ? 0 : 1;
}

/** True after a clean stop; false where run() had to be left hanging. */
async function live(request: ItemRequest, basics: Basics): Promise<boolean> {
  const { log, stop, redactor } = basics;
  const { manifest, values, problems, platform, http } = await openProcessContext(request, 'trigger', basics);
  if (platform.token === undefined || platform.urlLogs === undefined)
    log.info('There is no token and url_callback: the module is run by hand, and logs go to standard error only.');
  log.info(`${request.command} of ${manifest.slug} ${manifest.version} starts.`);

  const metrics = new Registry();
  const { secondsWithoutEvents, lastHeartbeatThreshold } = request.Item;
  const health = new Health({ redactor, secondsWithoutEvents, lastHeartbeatThreshold });
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
    return await supervise(() => item.run(), { ...supervision, isStorageBusy: () => context.data.isBusy });
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    await holdUntilStopped(error, supervision);
    return true;
  }
}

interface Served {
  readonly values: Values;
  readonly problems: Problems;
  readonly health: Health;
  readonly metrics: Registry;
}

/** Health and metrics are there even where the settings are wrong, since that is when they are asked. */
async function startServers({ values, problems, health, metrics }: Served, { log, cleanup }: Basics): Promise<void> {
  const warn = (text: string) => log.warning(text);
  const liveness = problems.attempt(() => values.port('liveness_port', LIVENESS_PORT, warn)) ?? LIVENESS_PORT;
  const exporter = problems.attempt(() => values.port('metrics_port', METRICS_PORT, warn)) ?? METRICS_PORT;
  const metricsPage = async () => ({ status: 200, contentType: metrics.contentType, body: await metrics.metrics() });
  const servers = [
    await startGetServer({
      name: 'health',
      port: liveness,
      portName: 'liveness_port',
      pages: { '/health': () => health.liveness(), '/ready': () => health.readiness() },
      log,
    }),
    await startGetServer({
      name: 'metrics',
      port: exporter,
      portName: 'metrics_port',
      pages: { '/metrics': metricsPage },
      log,
    }),
  ];
  for (const server of servers) if (server !== undefined) cleanup.push(() => server.close());
}
