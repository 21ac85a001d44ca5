/**
 * Makes options of the settings: the only place that knows the form's names and units. Behind it, names are camelCase
 * and durations are milliseconds.
 */
import { apiAt } from './connected-account.js';
import { applicationSettings } from './definition.js';
import type {
  MessageTraceConfiguration,
  MessageTraceGraphConfiguration,
  ModuleConfiguration,
  TraceConfiguration,
} from './values.js';

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;

/** What the form fills in: the environment may name another authority then. */
export const DEFAULT_AUTHORITY_URL: string = applicationSettings.authority_url.default;

/** Where Microsoft's services are. */
export interface Addresses {
  readonly apiUrl: string;
  readonly authorityUrl: string;
  /** Derived from the API's address where it is absent. */
  readonly tokenScope?: string | undefined;
}

/** What both triggers need besides access. */
export interface TraceOptions {
  /** How far back the first start reads. */
  readonly startTimeMs: number;
  readonly schedule: {
    readonly frequencyMs: number;
    /** How far the first reading stays behind the present. */
    readonly delayMs: number;
    /** How long after its reception a row may still appear or change. */
    readonly lateWindowMs: number;
  };
  readonly maxRequestsPer5Minutes: number;
  readonly events: {
    /** Most events in one request to the intake. */
    readonly chunkSize: number;
    readonly eventFormat: TraceConfiguration['event_format'];
    readonly intakeFormat: TraceConfiguration['intake_format'];
    /** As they were given, beside those that the settings tell anyway. */
    readonly internalDomains: readonly string[];
  };
  readonly filters: FilterOptions;
  readonly runs: RunOptions;
  readonly privacy: PrivacyOptions;
  readonly addresses: Addresses;
}

/** Which rows are sent, as texts of rules. */
export interface FilterOptions {
  readonly sendOnly: readonly string[];
  readonly doNotSend: readonly string[];
  /** Those that were given: the ones that are known besides may not be all. */
  readonly internalDomains: readonly string[];
}

export function traceOptions(settings: TraceConfiguration): TraceOptions {
  return {
    startTimeMs: settings.start_time * hourMs,
    schedule: {
      frequencyMs: settings.frequency * secondMs,
      delayMs: settings.timedelta * minuteMs,
      lateWindowMs: settings.late_window * minuteMs,
    },
    maxRequestsPer5Minutes: settings.max_requests_per_5_minutes,
    events: {
      chunkSize: settings.chunk_size,
      eventFormat: settings.event_format,
      intakeFormat: settings.intake_format,
      internalDomains: settings.internal_domains ?? [],
    },
    filters: filterOptions(settings),
    runs: runOptions(settings),
    privacy: privacyOptions(settings),
    addresses: {
      apiUrl: settings.api_url,
      authorityUrl: settings.authority_url,
      tokenScope: settings.token_scope,
    },
  };
}

/** Settings that the card did not vouch for: each may be absent or have the wrong type. */
type UncheckedSettings = Readonly<Record<string, unknown>>;
export type Unchecked<Options> = { readonly [Name in keyof Options]: unknown };

export function filterOptions(settings: TraceConfiguration): FilterOptions;
export function filterOptions(settings: UncheckedSettings): Unchecked<FilterOptions>;
export function filterOptions(settings: TraceConfiguration | UncheckedSettings): Unchecked<FilterOptions> {
  return {
    sendOnly: settings.send_only ?? [],
    doNotSend: settings.do_not_send ?? [],
    internalDomains: settings.internal_domains ?? [],
  };
}

/** Which rows start playbook runs, as texts of rules, and how many runs. */
export interface RunOptions {
  readonly runOn: readonly string[];
  readonly maxRunsAMinute: number;
  /** Those that were given. */
  readonly internalDomains: readonly string[];
}

export function runOptions(settings: TraceConfiguration): RunOptions;
export function runOptions(settings: UncheckedSettings): Unchecked<RunOptions>;
export function runOptions(settings: TraceConfiguration | UncheckedSettings): Unchecked<RunOptions> {
  return {
    runOn: settings.run_playbook_on ?? [],
    maxRunsAMinute: settings.playbook_runs_per_minute,
    internalDomains: settings.internal_domains ?? [],
  };
}

/** What of a row leaves the module as it came. */
export interface PrivacyOptions {
  readonly subject: TraceConfiguration['subject_privacy'];
  readonly addresses: TraceConfiguration['address_privacy'];
  /** Of the hashes. */
  readonly key?: string | undefined;
}

export function privacyOptions(settings: TraceConfiguration): PrivacyOptions;
export function privacyOptions(settings: UncheckedSettings): Unchecked<PrivacyOptions>;
export function privacyOptions(settings: TraceConfiguration | UncheckedSettings): Unchecked<PrivacyOptions> {
  return { subject: settings.subject_privacy, addresses: settings.address_privacy, key: settings.privacy_key };
}

/** How a service account gets at the message traces. */
export interface AccountOptions {
  readonly accountName: string;
  readonly accountPassword: string;
  readonly clientId?: string | undefined;
  readonly tenantId?: string | undefined;
  readonly api: MessageTraceConfiguration['api'];
}

/** How an application gets at the message traces. */
export interface ApplicationOptions {
  readonly tenantId?: string | undefined;
  readonly clientId?: string | undefined;
  readonly credential: MessageTraceGraphConfiguration['credential'];
  readonly clientSecret?: string | undefined;
  readonly clientCertificate?: string | undefined;
  readonly federatedTokenFile?: string | undefined;
  readonly api: MessageTraceGraphConfiguration['api'];
  readonly authorityUrl: string;
}

export function accountOptions(settings: MessageTraceConfiguration): AccountOptions;
export function accountOptions(settings: UncheckedSettings): Unchecked<AccountOptions>;
export function accountOptions(settings: MessageTraceConfiguration | UncheckedSettings): Unchecked<AccountOptions> {
  return {
    accountName: settings.account_name,
    accountPassword: settings.account_password,
    clientId: settings.client_id,
    tenantId: settings.tenant_id,
    api: settings.api,
  };
}

export function applicationOptions(settings: MessageTraceGraphConfiguration): ApplicationOptions;
export function applicationOptions(settings: UncheckedSettings): Unchecked<ApplicationOptions>;
export function applicationOptions(
  settings: MessageTraceGraphConfiguration | UncheckedSettings,
): Unchecked<ApplicationOptions> {
  return {
    tenantId: settings.tenant_id,
    clientId: settings.client_id,
    credential: settings.credential,
    clientSecret: settings.client_secret,
    clientCertificate: settings.client_certificate,
    federatedTokenFile: settings.federated_token_file,
    api: settings.api,
    authorityUrl: settings.authority_url,
  };
}

/** The connected account: an application, and where its tenant is. */
export interface ConnectedAccountOptions {
  readonly application: ApplicationOptions;
  readonly addresses: Addresses;
}

export function connectedAccountOptions(settings: ModuleConfiguration): ConnectedAccountOptions {
  const { api_url: apiUrl = applicationSettings.api_url.default, authority_url: authorityUrl = DEFAULT_AUTHORITY_URL } =
    settings;
  return {
    application: {
      tenantId: settings.tenant_id,
      clientId: settings.client_id,
      credential: 'automatic',
      clientSecret: settings.client_secret,
      clientCertificate: settings.client_certificate,
      api: apiAt(apiUrl),
      authorityUrl,
    },
    addresses: { apiUrl, authorityUrl },
  };
}
