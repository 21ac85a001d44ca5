/**
 * Every setting of every trigger, once. The cards of the playbook editor, docs/configuration.md and the types of the
 * settings all follow from here (`npm run generate`).
 */
import { eventSettings } from './event-settings.js';
import type { Setting, Settings } from './setting.js';

const intakeKey = {
  title: 'Intake key',
  description: 'Key of the Sekoia.io intake that receives the events.',
  type: 'string',
  required: true,
} as const satisfies Setting;

/** What both triggers have, in the order of the form. */
export const sharedSettings = {
  start_time: {
    title: 'Start time',
    description:
      'How far back the first start reads. Later starts continue where the last one ended. Microsoft keeps 90 days on Graph and 10 to 30 days in the Reporting Web Service. Older time is reported as a gap.',
    type: 'integer',
    unit: 'hours',
    default: 1,
    minimum: 0,
    maximum: 2160,
  },
  frequency: {
    title: 'Frequency',
    description: 'How often new mail is read.',
    type: 'integer',
    unit: 'seconds',
    default: 60,
    minimum: 1,
    maximum: 86_400,
  },
  timedelta: {
    title: 'Time delta',
    description:
      'How far the first reading stays behind the present. Keep 0: rows that Microsoft shows late are found by later readings.',
    type: 'integer',
    unit: 'minutes',
    default: 0,
    minimum: 0,
    maximum: 1440,
  },
  late_window: {
    title: 'Late window',
    description:
      'How long after its reception a row may still appear or change its status. Time is read again, ever more rarely, until it is this old. 0 reads all time only once.',
    type: 'integer',
    unit: 'minutes',
    default: 1620,
    minimum: 0,
    maximum: 4320,
  },
  max_requests_per_5_minutes: {
    title: 'Requests in 5 minutes',
    description:
      'Largest number of requests to Microsoft Graph in any 5 minutes. Microsoft allows 100 for all applications of a tenant together. The Reporting Web Service has no such limit.',
    type: 'integer',
    unit: 'requests',
    default: 90,
    minimum: 1,
    maximum: 10_000,
  },
  chunk_size: {
    title: 'Chunk size',
    description: 'Most events in one request to the intake. A kill of the process can repeat this many events.',
    type: 'integer',
    unit: 'events',
    default: 1000,
    minimum: 1,
    maximum: 10_000,
  },
  compress: {
    title: 'Compress',
    description:
      'Compress requests to the intake with gzip. The module turns it off until the next start when the intake does not accept it.',
    type: 'boolean',
    default: true,
  },
  ...eventSettings,
  run_playbook_on: {
    title: 'Run the playbook on',
    description:
      'Rows that start a run of the playbook: the name of a status (quarantined, failed, filteredAsSpam, recalled), "late delivery after quarantine", or a rule as in do_not_send, such as "status: failed and sender: *@example.com". A row that is not sent to the intake can start a run, too. Only triggers start runs, connectors have no playbook. Left empty: no runs.',
    type: 'array',
    items: { type: 'string' },
  },
  playbook_runs_per_minute: {
    title: 'Playbook runs per minute',
    description:
      'Largest number of playbook runs in any minute. Where more rows wait, one run carries several of them, up to 100.',
    type: 'integer',
    unit: 'runs',
    default: 10,
    minimum: 1,
    maximum: 600,
  },
  intake_server: {
    title: 'Intake server',
    description:
      'Address (URL) of the intake. Change it for another Sekoia.io region. https only, except for loopback hosts.',
    type: 'string',
    format: 'uri',
    default: 'https://intake.sekoia.io',
  },
  api_url: {
    title: 'API address',
    description:
      "Base address (URL) of the API. When the other API is read and this is left as it is, the other API's own address is used. Change it for a national cloud. https only, except for loopback hosts.",
    type: 'string',
    format: 'uri',
    default: 'https://reports.office365.com/ecp/reportingwebservice/reporting.svc',
  },
  authority_url: {
    title: 'Authority address',
    description:
      'Address (URL) of Entra ID, which issues tokens. HTTP Basic does not use it. Change it for a national cloud. https only, except for loopback hosts.',
    type: 'string',
    format: 'uri',
    default: 'https://login.microsoftonline.com',
  },
  token_scope: {
    title: 'Token scope',
    description:
      'Scope of the token, for example https://graph.microsoft.com/.default. Left empty: the scope that belongs to api_url.',
    type: 'string',
  },
} as const satisfies Settings;

export const accountSettings = {
  account_name: {
    title: 'Account name',
    description:
      'User principal name of the service account that reads message traces, for example svc-trace@contoso.com. It needs the Reports reader role and the right to read message traces in Exchange.',
    type: 'string',
    required: true,
  },
  account_password: {
    title: 'Account password',
    description: 'Password of the service account.',
    type: 'string',
    required: true,
    secret: true,
  },
  intake_key: {
    ...intakeKey,
    description: `${intakeKey.description} Create the intake with the format "Microsoft 365 Message Trace".`,
  },
  client_id: {
    title: 'Client ID',
    description:
      'Application ID of an application in Entra ID that allows public client flows. With it the account signs in through Entra ID and Microsoft Graph is read. Left empty: HTTP Basic and the Reporting Web Service.',
    type: 'string',
  },
  tenant_id: {
    title: 'Tenant ID',
    description:
      "The tenant's ID, or one of its domains, to sign in to with client_id. Left empty: the domain of account_name.",
    type: 'string',
  },
  api: {
    title: 'API',
    description: 'Which API is read. automatic: Microsoft Graph with a client_id, the Reporting Web Service without.',
    type: 'string',
    enum: ['automatic', 'graph', 'reporting_web_service'],
    default: 'automatic',
  },
  ...sharedSettings,
} as const satisfies Settings;

export const applicationSettings = {
  tenant_id: {
    title: 'Tenant ID',
    description:
      "The tenant's ID (Directory ID), or one of its domains, for example contoso.onmicrosoft.com. Left empty: with a federated token, the environment variable AZURE_TENANT_ID. A managed identity needs none.",
    type: 'string',
  },
  client_id: {
    title: 'Client ID',
    description:
      'Application ID of the application in Entra ID. It needs the application permission ExchangeMessageTrace.Read.All of Microsoft Graph with admin consent. For a user-assigned managed identity: its client ID. Left empty: the system-assigned managed identity, or with a federated token the environment variable AZURE_CLIENT_ID.',
    type: 'string',
  },
  intake_key: {
    ...intakeKey,
    description: `${intakeKey.description} Create the intake with the format "Microsoft 365 Message Trace (Graph API)".`,
  },
  credential: {
    title: 'Credential',
    description:
      'How the application signs in. automatic: with the one of client_secret, client_certificate and federated_token_file that is set, else with the file that the environment variable AZURE_FEDERATED_TOKEN_FILE names. managed_identity: with the identity that Azure gives to the machine.',
    type: 'string',
    enum: ['automatic', 'client_secret', 'client_certificate', 'federated_token', 'managed_identity'],
    default: 'automatic',
  },
  client_secret: {
    title: 'Client secret',
    description:
      'Value of a client secret of the application (not its Secret ID). Left empty: another credential is used.',
    type: 'string',
    secret: true,
  },
  client_certificate: {
    title: 'Client certificate',
    description:
      'Certificate of the application and its private key (RSA, without a passphrase), one after the other in PEM. Left empty: another credential is used.',
    type: 'string',
    secret: true,
  },
  federated_token_file: {
    title: 'Federated token file',
    description:
      'Absolute path of a file with a token (JWT) that a federated credential of the application trusts, for example a Kubernetes service account token. It is read for each sign-in. Left empty: the file that the environment variable AZURE_FEDERATED_TOKEN_FILE names, when no other credential is set.',
    type: 'string',
  },
  api: {
    title: 'API',
    description:
      'Which API is read. reporting_web_service: for clouds where Microsoft Graph has no message traces (US Government L4 and L5, China).',
    type: 'string',
    enum: ['graph', 'reporting_web_service'],
    default: 'graph',
  },
  ...sharedSettings,
  intake_format: { ...sharedSettings.intake_format, default: 'message_trace_graph_api' },
  api_url: { ...sharedSettings.api_url, default: 'https://graph.microsoft.com/v1.0' },
} as const satisfies Settings;

/**
 * The connected account: the module's own configuration, in manifest.json. Nothing is required and nothing has a
 * default, so that a setting is there only where an operator gave it (docs/adr/0023-account-settings.md).
 */
export const moduleSettings = {
  tenant_id: {
    title: 'Tenant ID',
    description:
      "The tenant's ID (Directory ID), or one of its domains, for example contoso.onmicrosoft.com. Triggers that read Microsoft Graph as an application use the account where their own settings are empty.",
    type: 'string',
  },
  client_id: {
    title: 'Client ID',
    description:
      'Application ID of the application in Entra ID. It needs the application permission ExchangeMessageTrace.Read.All of Microsoft Graph with admin consent.',
    type: 'string',
  },
  client_secret: {
    title: 'Client secret',
    description: 'Value of a client secret of the application (not its Secret ID). Left empty: the client certificate.',
    type: 'string',
    secret: true,
  },
  client_certificate: {
    title: 'Client certificate',
    description:
      'Certificate of the application and its private key (RSA, without a passphrase), one after the other in PEM. Left empty: the client secret.',
    type: 'string',
    secret: true,
  },
  authority_url: {
    title: 'Authority address',
    description: `Address (URL) of Entra ID, for a national cloud. Left empty: ${sharedSettings.authority_url.default}.`,
    type: 'string',
    format: 'uri',
  },
  api_url: {
    title: 'API address',
    description: `Base address (URL) of the API, for a national cloud. Left empty: ${applicationSettings.api_url.default}.`,
    type: 'string',
    format: 'uri',
  },
} as const satisfies Settings;
