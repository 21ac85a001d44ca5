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
   * Key of the Sekoia.io intake that receives the events. Create the intake with the format "Message Trace".
   */
  intake_key: string;
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
   * The dialect of the raw row, which is what the parser of the intake reads: message_trace for an intake of the format "Message Trace", message_trace_graph_api for one of the format "Message Trace (Graph API)".
   */
  intake_format: 'message_trace' | 'message_trace_graph_api';
  /**
   * Address (URL) of the intake. Change it for another Sekoia.io region. https only, except for loopback hosts.
   */
  intake_server: string;
  /**
   * Base address (URL) of the Reporting Web Service; the module appends /MessageTrace. Change it for a national cloud. https only, except for loopback hosts.
   */
  api_url: string;
  /**
   * Address (URL) of the service that signs accounts in (Entra ID). Not used while the account signs in with its name and password only. https only, except for loopback hosts.
   */
  authority_url: string;
}
