import { Connector, PersistentJson } from '@sekoia/automation-sdk-shim';
import { BucketFiles } from '../collector/bucket-files.js';
import { ServerClock } from '../collector/clock.js';
import { Collector } from '../collector/collector.js';
import { Ledger } from '../collector/ledger.js';
import { schedulePasses } from '../collector/schedule.js';
import type { MessageTraceConfiguration } from '../configuration/settings.js';
import { basicAuthorization } from '../microsoft/basic-authorization.js';
import { MicrosoftClient } from '../microsoft/http.js';
import { ReportingWebServiceSource } from '../sources/reporting-web-service/source.js';
import { IntakeSink } from './intake-sink.js';
import { RejectedFile } from './rejected-file.js';
import { TraceMetrics } from './trace-metrics.js';

/**
 * The trigger "Message Trace": a service account reads the Reporting Web Service, with HTTP Basic.
 * Joins the platform's life-cycle to the collector: it builds source, ledger and sink from the settings, and hands them over.
 */
export class MessageTraceTrigger extends Connector<MessageTraceConfiguration> {
  readonly #clock = new ServerClock();
  readonly #schedule = schedulePasses(this.configuration);
  readonly #metrics = new TraceMetrics(this.metrics, this.#clock, this.#schedule, {
    lag: (seconds) => this.reportLag(seconds),
    troubled: (reason) => {
      if (reason === undefined) this.health.healthy('reading');
      else this.health.unhealthy(reason, 'reading');
    },
  });

  override async run(): Promise<void> {
    this.health.extend(() => this.#metrics.healthFields());
    const source = this.#source();
    const sink = new IntakeSink({
      intake: this.intake,
      options: this.configuration,
      rejected: new RejectedFile(this.data.path, () => this.#clock.now()),
      metrics: this.#metrics,
      log: this.log,
    });
    const ledger = await Ledger.open({
      document: new PersistentJson(this.data.file('context.json'), this.log),
      buckets: new BucketFiles(this.data.file('fingerprints')),
      schedule: this.#schedule,
      clock: this.#clock,
      log: this.log,
      startTimeMs: this.configuration.start_time * 3_600_000,
    });
    const collector = new Collector({
      source,
      sink,
      ledger,
      schedule: this.#schedule,
      clock: this.#clock,
      monitor: this.#metrics,
      log: this.log,
    });
    await collector.run(this.stopping);
  }

  #source(): ReportingWebServiceSource {
    const { account_name, account_password, api_url } = this.configuration;
    const authorization = basicAuthorization(account_name, account_password);
    this.hide(authorization);
    const client = new MicrosoftClient(api_url, {
      ...this.outbound,
      authorization: () => Promise.resolve(authorization),
      mark: () => this.#clock.mark(),
      onDate: (dateMs, sentAt, receivedAt) => this.#clock.observe(dateMs, sentAt, receivedAt),
      onRetry: (error) => this.log.warning(`${error.message} Nothing is lost; trying again.`),
      onResult: (result) => this.#metrics.requested(result),
    });
    return new ReportingWebServiceSource(api_url, client);
  }
}
