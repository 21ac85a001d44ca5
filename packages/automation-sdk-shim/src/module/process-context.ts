import { ConfigurationError } from '../errors.js';
import { isLevel, Log, writeToStandardError, hideWith } from '../log/log.js';
import { type Redactor, SECRETS } from '../log/redactor.js';
import { Cleanup, listenForCrashes, listenForStop, type Stop } from './shutdown.js';
import { type Manifest, readManifest } from '../configuration/cards.js';
import { Values } from '../configuration/values.js';
import { HttpClient } from '../http/http-client.js';
import { PlatformLogs } from '../log/platform-logs.js';
import { type Sentry, type SentryOptions, startSentry } from '../log/sentry.js';
import { type Platform, readPlatform } from './platform.js';
import { checkProxies } from '../http/proxies.js';
import { trustProblems } from '../http/trust-store.js';

/** Gathers configuration errors, so that the operator hears of all of them at once. */
export class Problems {
  readonly #messages: string[] = [];

  get found(): boolean {
    return this.#messages.length > 0;
  }

  /** What `read` returns, or undefined where it throws a ConfigurationError. */
  attempt<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      this.#messages.push(error.message);
      return undefined;
    }
  }

  /** @throws ConfigurationError with everything that was gathered */
  throwIfAny(): void {
    if (this.found) throw new ConfigurationError(this.#messages.join(' '));
  }
}

/** What is run, and from where. */
export interface CommandRequest {
  readonly command: string;
  readonly root: URL;
  readonly env: NodeJS.ProcessEnv;
}

/** What exists from the first moment to the last. */
export interface Basics {
  readonly redactor: Redactor;
  readonly log: Log;
  readonly cleanup: Cleanup;
  readonly stop: Stop;
  /** Ends the process with exit code 1 as soon as the logs are out. */
  readonly crash: () => void;
}

export function openBasics(env: NodeJS.ProcessEnv): Basics {
  const wanted = env['LOG_LEVEL']?.toLowerCase() || 'info';
  const threshold = isLevel(wanted) ? wanted : 'info';
  const redactor = SECRETS;
  const log = new Log({ redactor, threshold, write: writeToStandardError(threshold) });
  if (!isLevel(wanted)) log.warning('LOG_LEVEL must be debug, info, warning, error or critical; info is used.');
  const cleanup = new Cleanup(log);
  const stop = listenForStop(log);
  cleanup.push(stop.dispose);
  const crashes = listenForCrashes({ log, stop, cleanup });
  cleanup.push(crashes.dispose);
  return { redactor, log, cleanup, stop, crash: crashes.end };
}

/** What remains for logs and Sentry, together, once run() has used up its time to stop. */
const FLUSH_MS = 2_500;

/** The tags that Sekoia's own modules set, by the names of the values that they come from. */
const TAGS = {
  community: 'community_uuid',
  playbook_uuid: 'playbook_uuid',
  playbook_run_uuid: 'playbook_run_uuid',
  node_run_uuid: 'node_run_uuid',
  trigger_configuration_uuid: 'trigger_configuration_uuid',
  connector_configuration_uuid: 'connector_configuration_uuid',
};

export type ItemType = 'trigger' | 'action' | 'account_validator';

interface Reported {
  readonly command: string;
  readonly itemType: ItemType;
  readonly manifest: Manifest;
  readonly values: Values;
  readonly problems: Problems;
}

/** Ships a trigger's log to the platform, and errors to Sentry where there is a sentry_dsn; flushes both at the end. */
async function startReporting(
  reported: Reported,
  { token, urlLogs }: Partial<Platform>,
  http: HttpClient,
  basics: Basics,
): Promise<void> {
  const { log, redactor, cleanup } = basics;
  const flushed: { close(limitMs: number): Promise<void> }[] = [];
  cleanup.push(async () => {
    await Promise.all(flushed.map((each) => each.close(FLUSH_MS)));
  });
  if (token !== undefined) redactor.add(token);
  // Only triggers have a log of their own on the platform: that of an action is a part of its results.
  if (reported.itemType === 'trigger' && token !== undefined && urlLogs !== undefined) {
    const shipping = new PlatformLogs({ url: urlLogs, token, http, report: (level, text) => log.local(level, text) });
    log.shipTo(shipping);
    flushed.push(shipping);
  }
  const sentry = await openSentry(reported, basics);
  if (sentry === undefined) return;
  log.reportTo(sentry);
  flushed.push(sentry);
}

async function openSentry(reported: Reported, { log, redactor }: Basics): Promise<Sentry | undefined> {
  const options = reported.problems.attempt(() => readSentryOptions(reported));
  if (options === undefined) return undefined;
  // Anyone who has it can write into the project there.
  redactor.add(options.dsn);
  return startSentry({ ...options, redactor, log });
}

/** @throws ConfigurationError where a file is there but cannot be read */
function readSentryOptions(reported: Reported): Omit<SentryOptions, 'redactor' | 'log'> | undefined {
  const { command, itemType, manifest, values } = reported;
  const dsn = values.text('sentry_dsn');
  if (dsn === undefined) return undefined;
  const given = Object.entries(TAGS).flatMap(([tag, name]) => {
    const value = values.text(name);
    return value === undefined ? [] : [[tag, value] as const];
  });
  return {
    dsn,
    environment: values.text('environment'),
    release: `${manifest.slug}@${manifest.version}`,
    tags: { module: manifest.name, item_type: itemType, name: command, ...Object.fromEntries(given) },
  };
}

/** What whatever the module runs finds around it. */
export interface ProcessContext {
  readonly manifest: Manifest;
  readonly values: Values;
  /** What is wrong with the values so far. */
  readonly problems: Problems;
  readonly platform: Partial<Platform>;
  readonly http: HttpClient;
}

/** @throws CardError */
export async function openProcessContext(
  { command, root, env }: CommandRequest,
  itemType: ItemType,
  basics: Basics,
): Promise<ProcessContext> {
  const { log, redactor, cleanup } = basics;
  const manifest = readManifest(root);
  const http = new HttpClient({ userAgent: `sekoiaio-module/${manifest.slug}-${manifest.version}` });
  cleanup.push(() => http.close());

  const values = new Values(env);
  const problems = new Problems();
  // The environment of the process and not `env`: it is the one that the agents look at.
  problems.attempt(() => checkProxies(process.env, hideWith(redactor, log)));
  const platform = problems.attempt(() => readPlatform(values)) ?? {};
  const untrusted = trustProblems(process.env);
  await startReporting({ command, itemType, manifest, values, problems }, platform, http, basics);
  for (const sentence of untrusted) log.warning(sentence);
  return { manifest, values, problems, platform, http };
}
