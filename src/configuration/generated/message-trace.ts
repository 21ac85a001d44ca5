// Generated from trigger_message_trace.json by `npm run generate`. Do not edit.

export interface MessageTraceConfiguration {
  /**
   * Name (user principal name) of the service account that may read message traces, for example svc-trace@contoso.com. It needs the Reports reader role and the right to read message traces in Exchange.
   */
  account_name: string;
  /**
   * Password of the service account.
   */
  account_password: string;
  /**
   * Key of the Sekoia.io intake that receives the events. Create the intake with the format "Microsoft 365 Message Trace".
   */
  intake_key: string;
  /**
   * Application ID of an application registered in Entra ID that allows public client flows. With it the account signs in through Entra ID and Microsoft Graph is read, where Microsoft has moved message traces. Left empty: HTTP Basic and the Reporting Web Service.
   */
  client_id?: string;
  /**
   * The tenant's ID, or one of its domains, to sign in to with client_id. Left empty: the domain of account_name.
   */
  tenant_id?: string;
  /**
   * Which API is read. automatic: Microsoft Graph with a client_id, the Reporting Web Service without.
   */
  api: 'automatic' | 'graph' | 'reporting_web_service';
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
   * Base address (URL) of the API: the module appends /MessageTrace for the Reporting Web Service, /admin/exchange/tracing/messageTraces for Microsoft Graph (https://graph.microsoft.com/v1.0, which is used by itself when Graph is read and this is left as it is). Change it for a national cloud. https only, except for loopback hosts.
   */
  api_url: string;
  /**
   * Address (URL) of Entra ID, which signs the account in where there is a client_id. Change it for a national cloud. https only, except for loopback hosts.
   */
  authority_url: string;
  /**
   * What the token is asked for, for example https://graph.microsoft.com/.default. Left empty: what follows from api_url.
   */
  token_scope?: string;
}
