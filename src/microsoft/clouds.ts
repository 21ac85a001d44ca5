/** The two APIs that have message traces, as the setting `api` names them. */
export type Api = 'graph' | 'reporting_web_service';

/** Their addresses in the global cloud. */
const standardAddresses: Readonly<Record<Api, string>> = {
  graph: 'https://graph.microsoft.com/v1.0',
  reporting_web_service: 'https://reports.office365.com/ecp/reportingwebservice/reporting.svc',
};

/** The address to use: the one configured, unless it is merely the other API's, as a form has filled it in. */
export function addressOf(api: Api, configured: string): string {
  return Object.values(standardAddresses).includes(configured.replace(/\/+$/, ''))
    ? standardAddresses[api]
    : configured;
}

/**
 * The scope of a token for an API. Graph's is the API's own origin in every cloud; the Reporting Web Service belongs to
 * Exchange Online, whose host begins with `outlook.` where its own begins with `reports.`. An address on loopback
 * stands for the global cloud.
 */
export function scopeOf(api: Api, apiUrl: string): string {
  const { protocol, origin } = new URL(isLoopback(apiUrl) ? standardAddresses[api] : apiUrl);
  const resource = api === 'graph' ? origin : origin.replace(`${protocol}//reports.`, `${protocol}//outlook.`);
  return `${resource}/.default`;
}

export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
