import type { Manifest } from '../configuration/cards.js';
import type { Values } from '../configuration/values.js';
import type { HttpClient } from '../http/http-client.js';
import { PlatformLogs } from '../log/platform-logs.js';
import { startSentry, type Sentry, type SentryOptions } from '../log/sentry.js';
import type { Basics } from './basics.js';
import type { Platform } from './platform.js';
import type { Problems } from './problems.js';

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

export type ItemType = 'trigger' | 'account_validator';

export interface Reported {
  readonly command: string;
  readonly itemType: ItemType;
  readonly manifest: Manifest;
  readonly values: Values;
  readonly problems: Problems;
}

/** Ships a trigger's log to the platform, and errors to Sentry where there is a sentry_dsn; flushes both at the end. */
export async function startReporting(
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
  // Only triggers have a log on the platform.
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
  // Whoever has it can write into the project there.
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
