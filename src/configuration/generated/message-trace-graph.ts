// Generated from trigger_message_trace_graph.json by `npm run generate`. Do not edit.

export interface MessageTraceGraphConfiguration {
  /**
   * The tenant's ID (Directory ID), or one of its domains, for example contoso.onmicrosoft.com. Left empty: with a federated token, what the environment variable AZURE_TENANT_ID says; a managed identity needs none.
   */
  tenant_id?: string;
  /**
   * Application ID of the application that is registered in Entra ID. It needs the application permission ExchangeMessageTrace.Read.All of Microsoft Graph with admin consent. For a user-assigned managed identity, its client ID. Left empty: the system-assigned managed identity; with a federated token, what the environment variable AZURE_CLIENT_ID says.
   */
  client_id?: string;
  /**
   * Key of the Sekoia.io intake that receives the events. Create the intake with the format "Microsoft 365 Message Trace (Graph API)".
   */
  intake_key: string;
  /**
   * How the application proves who it is. automatic: by the one of client_secret, client_certificate and federated_token_file that is given, else by the file that the environment variable AZURE_FEDERATED_TOKEN_FILE names. managed_identity: by the identity that Azure gives to what the module runs in. The other choices name the setting that is used.
   */
  credential: 'automatic' | 'client_secret' | 'client_certificate' | 'federated_token' | 'managed_identity';
  /**
   * Value of a client secret of the application (not its Secret ID). Left empty: another credential proves who signs in.
   */
  client_secret?: string;
  /**
   * Certificate of the application and its private key (RSA, without a passphrase), one after the other in PEM. Left empty: another credential proves who signs in.
   */
  client_certificate?: string;
  /**
   * Absolute path, where the module runs, of a file with a token (JWT) that a federated credential of the application trusts, for example a Kubernetes service account token. It is read anew for each sign-in. Left empty: the file that the environment variable AZURE_FEDERATED_TOKEN_FILE names, where no other credential is given.
   */
  federated_token_file?: string;
  /**
   * Which API is read. graph: Microsoft Graph. reporting_web_service: the Reporting Web Service, for clouds where Graph has no message traces (US Government L4 and L5, China).
   */
  api: 'graph' | 'reporting_web_service';
  /**
   * How far back the first start reads, in hours before it. Later starts continue where the last one ended.
   */
  start_time: number;
  /**
   * How often new time is read, in seconds.
   */
  frequency: number;
  /**
   * How far the first reading stays behind the present, in minutes. 0 is right for almost everybody: rows that Microsoft shows late are read again later anyway.
   */
  timedelta: number;
  /**
   * How long after its reception a row may still appear or change its status, in minutes. Time is read again, ever more rarely, until it is this old. 0 reads all time only once.
   */
  late_window: number;
  /**
   * Largest number of requests to Microsoft Graph in any 5 minutes. Microsoft allows 100 for all applications of a tenant together; the rest is left to the others.
   */
  max_requests_per_5_minutes: number;
  /**
   * Most events in one request to the intake (a number of events).
   */
  chunk_size: number;
  /**
   * Compress requests to the intake with gzip. Turned off by itself for the run when the intake does not accept it.
   */
  compress: boolean;
  /**
   * normalized: normalised fields (Elastic Common Schema) beside the raw row. raw: the raw row alone.
   */
  event_format: 'normalized' | 'raw';
  /**
   * The dialect of the raw row, which is what the parser of the intake reads: message_trace for an intake of the format "Microsoft 365 Message Trace", message_trace_graph_api for one of the format "Microsoft 365 Message Trace (Graph API)".
   */
  intake_format: 'message_trace' | 'message_trace_graph_api';
  /**
   * Address (URL) of the intake. Change it for another Sekoia.io region. https only, except for loopback hosts.
   */
  intake_server: string;
  /**
   * Base address (URL) of the API: the module appends /admin/exchange/tracing/messageTraces for Microsoft Graph, /MessageTrace for the Reporting Web Service (https://reports.office365.com/ecp/reportingwebservice/reporting.svc, which is used by itself when that is read and this is left as it is). Change it for a national cloud. https only, except for loopback hosts.
   */
  api_url: string;
  /**
   * Address (URL) of Entra ID, which gives the application its tokens. Change it for a national cloud. https only, except for loopback hosts.
   */
  authority_url: string;
  /**
   * What the token is asked for, for example https://graph.microsoft.com/.default. Left empty: what follows from api_url.
   */
  token_scope?: string;
}
