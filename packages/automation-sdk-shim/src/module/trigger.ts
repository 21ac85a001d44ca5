/** What the module hands to a trigger; subclasses pass it on to `super` unread. */
import { randomUUID } from 'node:crypto';
import type { Registry } from 'prom-client';
import type { SettingsFromModule, SettingsRules } from '../configuration/settings.js';
import type { DataStore } from '../data/data-store.js';
import { ConfigurationError } from '../errors.js';
import type { Health } from '../health.js';
import type { HttpClient } from '../http/http-client.js';
import type { JsonObject } from '../json.js';
import type { Log } from '../log/log.js';
import type { Redactor } from '../log/redactor.js';
import type { Callback } from './platform.js';

export interface TriggerContext {
  readonly settings: JsonObject;
  /** The settings that the operator gave, as opposed to the card's defaults. */
  readonly given: ReadonlySet<string>;
  readonly moduleSettings: JsonObject;
  readonly log: Log;
  readonly stopping: AbortSignal;
  readonly data: DataStore;
  readonly metrics: Registry;
  readonly health: Health;
  readonly redactor: Redactor;
  readonly http: HttpClient;
  /** The value intake_url. */
  readonly intakeUrl: string | undefined;
  /** Undefined where the module is run by hand. */
  readonly callback: Callback | undefined;
}

/** A class that can be registered: its constructor takes the context alone. */
export interface TriggerClass {
  new (context: TriggerContext): Trigger;
  readonly secondsWithoutEvents: number;
  readonly lastHeartbeatThreshold: number;
  readonly rules: SettingsRules;
  readonly settingsFromModule: SettingsFromModule;
}

/**
 * The base of what a module runs. It is made once, after the settings were checked and the data folder is this
 * process's own; then `run` is called.
 */
export abstract class Trigger<Configuration extends object = object> {
  /** Unhealthy after so many seconds without events; 0 for never. */
  static readonly secondsWithoutEvents: number = 0;
  /** Unhealthy after so many seconds without a heartbeat; 0 for never. */
  static readonly lastHeartbeatThreshold: number = 0;
  /** What the card cannot say about the settings. */
  static readonly rules: SettingsRules = () => [];
  /** What is taken from the module's configuration; by default nothing, and `moduleConfiguration` is all there is. */
  static readonly settingsFromModule: SettingsFromModule = () => ({});

  /** Checked against the card, defaults filled in, unknown settings removed. */
  protected readonly configuration: Configuration;
  /** The module's own configuration, checked against manifest.json, with its secrets. */
  protected readonly moduleConfiguration: JsonObject;
  protected readonly log: Log;
  /** Aborted by SIGTERM and SIGINT. From then on `run` has 5.5 s to return. */
  protected readonly stopping: AbortSignal;
  protected readonly data: DataStore;
  protected readonly metrics: Registry;
  protected readonly health: Health;
  /**
   * For requests of the trigger's own: how the module introduces itself, its kept-alive connections, and what their
   * errors mean.
   */
  protected readonly http: HttpClient;
  readonly #redactor: Redactor;
  readonly #callback: Callback | undefined;

  constructor(context: TriggerContext) {
    // The card's schema has vouched for the shape.
    this.configuration = context.settings as Configuration;
    this.moduleConfiguration = context.moduleSettings;
    this.log = context.log;
    this.stopping = context.stopping;
    this.data = context.data;
    this.metrics = context.metrics;
    this.health = context.health;
    this.http = context.http;
    this.#redactor = context.redactor;
    this.#callback = context.callback;
  }

  /**
   * Does the work, and resolves once `stopping` is aborted, not before. Where it throws it is called again after a wait
   * that grows; after a ConfigurationError it is not.
   */
  abstract run(): Promise<void>;

  /** Says that the trigger is alive although it may have nothing to deliver; a delivery says so too. */
  protected heartbeat(): void {
    this.health.heartbeat();
  }

  /**
   * Starts a playbook run with `event`, and resolves once the platform has taken it. `directory`, a path below
   * the data folder such as "events/1", holds files that belong to the event; they must be there already.
   * @throws SendEventError where the platform refuses it, or does not take it for 17 minutes; ConfigurationError where
   * the module is run by hand; RangeError where `directory` is no such path; the reason of `stopping`
   * once that is aborted
   */
  protected async sendEvent(name: string, event: JsonObject, directory?: string): Promise<void> {
    if (this.#callback === undefined) {
      throw new ConfigurationError(
        'Events for the playbook have nowhere to go: the values "url_callback" and "token" are missing. Give both.',
      );
    }
    if (directory?.split('/').some((part) => ['', '.', '..'].includes(part)))
      throw new RangeError(`"${directory}" is no path below the data folder. Name one such as "events/1".`);
    const place = directory === undefined ? {} : { directory };
    const request = { name, event, request_id: randomUUID(), ...place };
    await this.#callback.send('POST', JSON.stringify(request), this.stopping);
    this.health.eventsDelivered();
  }

  /**
   * Keeps a secret that was not in the settings, such as a token, out of everything that the module says, until the
   * function returned is called. One that is shorter than four characters is not hidden.
   */
  protected hide(secret: string): () => void {
    return this.#redactor.hide(secret);
  }
}
