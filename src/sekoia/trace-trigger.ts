import { createHmac } from 'node:crypto';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import {
  Connector,
  HttpClient,
  REPORTED_REQUESTS_WITHOUT_PROGRESS,
  type IntakeConfiguration,
  type TriggerContext,
} from '@sekoia/automation-sdk-shim';
import { sentenceOnClock, ServerClock } from '../collector/clock.js';
import { Collector } from '../collector/collector.js';
import { Ledger } from '../collector/ledger.js';
import { RetryPolicy } from '../collector/retry-policy.js';
import type { Tenant } from '../message-trace/direction.js';
import type { Privacy } from '../message-trace/privacy.js';
import type { Sink } from '../model/ports.js';
import type { TimeRange } from '../model/progress.js';
import { STATUSES } from '../message-trace/status.js';
import { schedulePasses } from '../model/schedule.js';
import { SignInBackoff } from '../collector/wait-policy.js';
import { Quota } from '../microsoft/http/quota.js';
import { RequestBudget } from '../microsoft/http/request-budget.js';
import { Transport } from '../microsoft/http/transport.js';
import { traceOptions } from '../settings/options.js';
import type { TraceConfiguration } from '../settings/values.js';
import { type Access, tenantOf } from './access.js';
import { IntakeSink } from './intake-sink.js';
import { RejectedFile } from './dead-letters.js';
import { PlaybookRuns, RunNotingSink } from './playbook-runs.js';
import { FilteringSink, rowFilterFor, runRulesFor, sentenceOnFilter, sentenceOnRuns } from './row-filters.js';
import { RunQueue } from './run-queue.js';
import { privacyFor, sentenceOnPrivacy, withPrivateErrors } from './row-privacy.js';
import { sourceFor } from './source-for.js';
import { storageIn, type Storage } from './storage.js';
import { TraceMetrics } from './trace-metrics.js';

/** Polls that may fail before the container is worth a restart, where that takes longer than the platform's 6 hours. */
const QUIET_POLLS = 3;
const WITHOUT_PROGRESS = `The last ${REPORTED_REQUESTS_WITHOUT_PROGRESS} requests to Microsoft or more brought nothing new. Soon it is asked once a second at most. No data is lost.`;
/** A service that gives such links gives them again and again. */
const FOREIGN_LINK_REPORTED_EVERY_MS = 60_000;
/** They go through no proxy, whatever the environment names. */
const DIRECT_AGENTS = { http: new HttpAgent(), https: new HttpsAgent() };

/** What the sink that notes runs is made of. */
interface RunParts {
  readonly tenant: Tenant;
  readonly privacy: Privacy | undefined;
  readonly storage: Storage;
  readonly untilStored: <Result>(action: () => Promise<Result>) => Promise<Result>;
}

/**
 * Joins the platform's life-cycle to the collector: builds source, ledger and sink from the settings, and hands them
 * over.
 */
export abstract class TraceTrigger<
  Configuration extends IntakeConfiguration & TraceConfiguration,
> extends Connector<Configuration> {
  readonly #options = traceOptions(this.configuration);
  readonly #access: Access;
  /** One for all calls of `run`. */
  #playbookRuns: PlaybookRuns | undefined;
  #foreignLinkReportedMs = -Infinity;
  readonly #clock = new ServerClock({
    onSleep: (waitMs) => this.health.alive(waitMs),
    onFinding: (finding) => this.log.warning(sentenceOnClock(finding)),
  });
  readonly #schedule = schedulePasses(this.#options.schedule);
  readonly #quota = new Quota({
    limit: this.#options.maxRequestsPer5Minutes,
    now: () => performance.now(),
    onWait: (spacingMs) =>
      this.log.info(
        `To keep within ${this.#options.maxRequestsPer5Minutes} requests in 5 minutes, Microsoft Graph is asked every ${(spacingMs / 1000).toFixed(1)} s at most for now.`,
      ),
  });
  readonly #budget = new RequestBudget({
    now: () => performance.now(),
    onChange: (isFutile) => {
      if (isFutile) this.health.degraded(WITHOUT_PROGRESS, 'requests');
      else this.health.restored('requests');
    },
  });
  readonly #metrics = new TraceMetrics(this.metrics, this.#clock, this.#schedule, {
    lag: (seconds) => this.reportLag(seconds),
    troubled: ({ matter, status, reason }) => this.health[status](reason, matter),
    recovered: (matter) => this.health.restored(matter),
    progress: (requests) => this.#budget.progressed(requests),
    setAside: (ranges) => {
      if (ranges.length === 0) this.health.restored('set aside');
      else this.health.degraded(sentenceAbout(ranges), 'set aside');
    },
    heartbeat: () => this.heartbeat(),
    quotaUsed: () => this.#quota.used,
  });

  /** @throws ConfigurationError where `accessOf` does */
  constructor(context: TriggerContext, accessOf: (configuration: Configuration) => Access) {
    super(context);
    this.#access = accessOf(this.configuration);
  }

  override async run(): Promise<void> {
    this.health.extend(() => this.#metrics.healthFields());
    const { frequencyMs } = this.#schedule;
    this.health.allowQuiet((QUIET_POLLS * frequencyMs) / 1_000);
    this.health.expectWorkEvery(frequencyMs);
    this.health.alive();
    const privacy = privacyFor(this.#options.privacy);
    const source = withPrivateErrors(this.#source(), privacy);
    const tenant = tenantOf(this.#access, this.#options);
    if (this.#options.events.eventFormat === 'enriched') this.#reportDomains(tenant);
    const storage = storageIn(this.data);
    if (privacy !== undefined) this.log.info(sentenceOnPrivacy(this.#options.privacy));
    const intakeSink = new IntakeSink({
      intake: this.intake,
      options: { ...this.#options.events, tenant },
      rejected: new RejectedFile({ storage, now: () => this.#clock.now(), log: this.log, privacy }),
      privacy,
      metrics: this.#metrics,
      now: () => this.#clock.now(),
      log: this.log,
    });
    const options = {
      document: storage.document('context.json'),
      buckets: storage.buckets('fingerprints'),
      schedule: this.#schedule,
      source: source.name,
      clock: this.#clock,
      log: this.log,
      startTimeMs: this.#options.startTimeMs,
      statuses: STATUSES,
    };
    const retryPolicy = new RetryPolicy({ clock: this.#clock, monitor: this.#metrics, log: this.log });
    const ledger = await retryPolicy.retryUntilStored(() => Ledger.open(options), this.stopping);
    retryPolicy.restored();
    const untilStored = <Result>(action: () => Promise<Result>): Promise<Result> =>
      retryPolicy.retryUntilStored(action, this.stopping);
    const filtered = this.#filtered(intakeSink, tenant, privacy);
    const sink = await this.#startingRuns(filtered, { tenant, privacy, storage, untilStored });
    const collector = new Collector({
      source,
      sink,
      ledger,
      schedule: this.#schedule,
      clock: this.#clock,
      monitor: this.#metrics,
      log: this.log,
      signIn: new SignInBackoff(storage.document('sign-in.json'), this.#hashOfCredentials()),
    });
    const sending = this.#playbookRuns?.run(this.stopping);
    await collector.run(this.stopping);
    await sending;
  }

  /** Where the settings start no playbook runs, there is nothing to note. */
  async #startingRuns(sink: Sink, { tenant: { internal }, privacy, storage, untilStored }: RunParts): Promise<Sink> {
    const { runs: options } = this.#options;
    const rules = runRulesFor(options, privacy);
    if (rules.length === 0) return sink;
    this.log.info(sentenceOnRuns(rules, options.maxRunsAMinute));
    this.#playbookRuns ??= new PlaybookRuns({
      queue: await untilStored(() => RunQueue.open(storage.document('playbook-runs.json'))),
      maxRunsAMinute: options.maxRunsAMinute,
      send: (name, event) => this.sendEvent(name, event),
      metrics: this.#metrics,
      health: this.health,
      log: this.log,
      now: () => Date.now(),
    });
    return new RunNotingSink({ sink, runs: this.#playbookRuns, rules, internal, privacy, untilStored });
  }

  /** Where the settings filter nothing, rows go straight to the intake. */
  #filtered(sink: Sink, tenant: Tenant, privacy: Privacy | undefined): Sink {
    const filter = rowFilterFor(this.#options.filters, tenant.internal, privacy);
    if (filter === undefined) return sink;
    this.log.info(sentenceOnFilter(filter));
    const onFiltered = (rule: string, rows: number): void => this.#metrics.filtered(rule, rows);
    for (const name of filter.names) onFiltered(name, 0);
    return new FilteringSink({ sink, filter, onFiltered });
  }

  /** With the intake key as the key of the hash: who has the data folder alone cannot try out passwords against it. */
  #hashOfCredentials(): string {
    const hash = createHmac('sha256', this.configuration.intake_key);
    return hash.update(JSON.stringify(this.#access.credentials)).digest('base64url');
  }

  #reportDomains({ internal }: Tenant): void {
    const remedy = "Give all of the tenant's mail domains in internal_domains.";
    if (internal.isEmpty)
      this.log.warning(
        `No domain of the tenant is known: the direction of mail is unknown, but where a row names the organization. ${remedy}`,
      );
    else if (this.#options.events.internalDomains.length === 0)
      this.log.info(`Only mail of ${internal.names.join(' and ')} counts as the tenant's own. ${remedy}`);
  }

  #reportForeignLink(message: string): void {
    const nowMs = performance.now();
    if (nowMs - this.#foreignLinkReportedMs < FOREIGN_LINK_REPORTED_EVERY_MS) return;
    this.#foreignLinkReportedMs = nowMs;
    this.log.error(
      `${message} No data is lost: reading goes on without it. ` +
        'If no proxy of yours rewrites answers, report this line. [MT-FOREIGN-LINK]',
    );
  }

  #source() {
    const onResult = (result: string): void => {
      this.health.alive();
      this.#metrics.requested(result);
    };
    const mark = () => this.#clock.mark();
    const transport = new Transport({
      http: this.http,
      mark,
      onDate: (dateMs, sentAt, receivedAt) => this.#clock.observe(dateMs, sentAt, receivedAt),
      onResult,
    });
    return sourceFor(this.#access, this.#options.addresses, {
      transport,
      // The clock of a machine's own endpoint is not Microsoft's.
      directTransport: new Transport({
        http: new HttpClient({ userAgent: this.http.userAgent, agents: DIRECT_AGENTS }),
        mark,
        onResult,
      }),
      quota: this.#quota,
      budget: this.#budget,
      links: {
        deadLink: (remedy) => this.#metrics.deadLink(remedy),
        foreignLink: ({ message }) => this.#reportForeignLink(message),
      },
      hide: (secret) => this.hide(secret),
      now: () => performance.now(),
      dateMs: () => this.#clock.now(),
      warn: (sentence) => this.log.warning(sentence),
    });
  }
}

function sentenceAbout(ranges: readonly TimeRange[]): string {
  const seconds = ranges.reduce((sum, { start, end }) => sum + (end - start) / 1000, 0);
  return `Microsoft answers for all times but ${seconds} s, which are tried again rarely: see set_aside, and the log.`;
}
