/** The APIs that have message traces, as the setting `api` names them. */
export type Api = 'graph' | 'reporting_web_service';

interface ApiFacts {
  /** Its address in the global cloud. */
  readonly address: string;
  /** The resource that a token must be for, of the origin of the API's address. */
  readonly resourceAt: (origin: string) => string;
  /** What a token must allow: `roles` of an application or a managed identity, `scp` of an account. */
  readonly permissions: { readonly roles: string; readonly scp: string };
  /** Whether it is known to refuse a token that lacks the permission. */
  readonly refusesWithoutPermission: boolean;
}

/**
 * What is known of each API. Permissions: Microsoft's page of Graph's, which names no higher one; for the Reporting Web
 * Service other collectors, as Microsoft does not document what it takes. It belongs to Exchange Online, whose host
 * begins with `outlook.` where its own begins with `reports.`.
 */
export const APIS: Readonly<Record<Api, ApiFacts>> = {
  graph: {
    address: 'https://graph.microsoft.com/v1.0',
    resourceAt: (origin) => origin,
    permissions: { roles: 'ExchangeMessageTrace.Read.All', scp: 'ExchangeMessageTrace.Read.All' },
    refusesWithoutPermission: true,
  },
  reporting_web_service: {
    address: 'https://reports.office365.com/ecp/reportingwebservice/reporting.svc',
    resourceAt: (origin) => origin.replace(/^(https?:\/\/)reports\./, '$1outlook.'),
    permissions: { roles: 'ReportingWebService.Read.All', scp: 'ReportingWebService.Read' },
    refusesWithoutPermission: false,
  },
};

/** The address to use: the one configured, unless it is merely another API's, as a form has filled it in. */
export function addressOf(api: Api, configured: string): string {
  const plain = configured.replace(/\/+$/, '');
  return Object.values(APIS).some(({ address }) => address === plain) ? APIS[api].address : configured;
}

/** The scope of a token for an API, in every cloud. An address on loopback stands for the global cloud. */
export function scopeOf(api: Api, apiUrl: string): string {
  const { address, resourceAt } = APIS[api];
  const { origin } = new URL(isLoopback(apiUrl) ? address : apiUrl);
  return `${resourceAt(origin)}/.default`;
}

/** Microsoft Defender's portal in the cloud of an API's address. Undefined in China, where there is none. */
export function portalAt(apiUrl: string): string | undefined {
  const { hostname } = new URL(apiUrl);
  if (hostname.endsWith('.cn')) return undefined;
  if (hostname.endsWith('.mil') || hostname.startsWith('dod-')) return 'https://security.apps.mil';
  return hostname.endsWith('.us') ? 'https://security.microsoft.us' : 'https://security.microsoft.com';
}

export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
